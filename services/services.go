// Package services gives ports their names, and names their ports.
//
// Names come from several sources; the best one is named first and the others
// are kept, each with where it is from. A name says what a port is registered
// or usual for: it never vouches for the process that holds it.
package services

// Source is where a name is from.
type Source string

// The sources, best first.
const (
	User   Source = "user"   // the user's own name
	Hint   Source = "hint"   // what this program uses this port for
	Common Source = "common" // usual, registered or not
	System Source = "system" // the live /etc/services, services(5)
	IANA   Source = "iana"   // IANA Service Name and Transport Protocol Port Number Registry
)

// Name is one name of a port.
type Name struct {
	Port        uint16
	Proto       string // "tcp" or "udp"
	Name        string // as registered: "ssh", "commplex-main"
	Description string // in a few words, or ""
	Source      Source
}

// Table looks names up. It is safe for concurrent use.
type Table struct{}

// Lookup gives the best name of a port and all of them, best first. Without a
// name best is the zero Name and all is empty. Process is the name of the
// program that holds the port, "" if unknown.
func (t *Table) Lookup(proto string, port uint16, process string) (best Name, all []Name) {
	return Name{}, nil
}
