package services

// Source is where a name is from.
type Source string

// The sources, best first.
const (
	User   Source = "user"   // the user's own name
	Hint   Source = "hint"   // what this program uses this port for, or what it is known for
	Common Source = "common" // usual, registered or not
	System Source = "system" // the live /etc/services, services(5)
	IANA   Source = "iana"   // IANA Service Name and Transport Protocol Port Number Registry
	Apple  Source = "apple"  // "TCP and UDP ports used by Apple software products", Apple support article 103229
)

// Sources is a set of sources.
type Sources uint8

// Has reports whether the source is in the set.
func (s Sources) Has(one Source) bool { return s&setOf(one) != 0 }

// List gives the sources of the set, best first; none is nil.
func (s Sources) List() []Source {
	var all []Source
	for _, one := range [...]Source{User, Hint, Common, System, IANA, Apple} {
		if s.Has(one) {
			all = append(all, one)
		}
	}
	return all
}

// setOf is the set of one source; one that is unknown is in no set.
func setOf(one Source) Sources {
	switch one {
	case User:
		return 1 << 0
	case Hint:
		return 1 << 1
	case Common:
		return 1 << 2
	case System:
		return 1 << 3
	case IANA:
		return 1 << 4
	case Apple:
		return 1 << 5
	}
	return 0
}

// fold makes one of those names of a port that say the same; the better one,
// which stands first, stays and tells the sources of the others. All names of a
// port and protocol stand together.
func fold(all []Name) []Name {
	kept := all[:0]
	for i := range all {
		if !merge(kept, &all[i]) {
			kept = append(kept, all[i])
		}
	}
	return kept
}

// merge adds a name to one of those before it that says the same, if there is one.
func merge(kept []Name, n *Name) bool {
	for i := len(kept) - 1; i >= 0 && kept[i].Port == n.Port && kept[i].Proto == n.Proto; i-- {
		k := &kept[i]
		if !sameName(k.Name, n.Name) || n.Program != "" && n.Program != k.Program {
			continue
		}
		if k.Source != n.Source {
			k.Also |= setOf(n.Source)
		}
		if k.Description == "" {
			k.Description = n.Description
		}
		return true
	}
	return false
}

// sameName reports whether two names differ in no more than the case of ASCII
// letters and in which of "-", "_" and "." they are spelled with: services(5)
// of macOS has dec_dlm for the registry's dec-dlm.
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && plainByte(a[i]) != plainByte(b[i]) {
			return false
		}
	}
	return true
}

func plainByte(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == '_' || c == '.':
		return '-'
	}
	return c
}
