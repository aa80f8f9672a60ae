// Package launchd names the job behind a socket that launchd, pid 1 on macOS,
// holds on its behalf until someone connects.
//
// It reads the jobs' property lists as launchd.plist(5) describes them, not
// launchd itself: a job is a candidate for a socket, not its proven owner. It runs
// on every system, on files and bytes.
package launchd

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Job is what a property list says of a job. Its texts come from a file and may
// hold any bytes.
type Job struct {
	Label     string   // the job's name, "com.openssh.sshd"
	Program   string   // the executable that launchd starts: Program, else the first of Arguments; "" if neither is there
	Arguments []string // ProgramArguments
	Sockets   []Socket // those that listen on TCP and UDP
	Path      string   // the file; "" from Parse
	Agent     bool     // of a user's session, not of the system; false from Parse
}

// Socket is one entry of a job's Sockets. launchd makes one or several sockets of it.
type Socket struct {
	Name    string // its key in Sockets, such as "Listeners"
	Proto   string // "tcp" or "udp"
	Service string // a name in services(5), "" if Port is given
	Port    uint16 // 0 if Service is given
	Node    string // SockNodeName, the address or host; "" is every address
	Family  Family
}

// Family is the version of IP that a socket is made for.
type Family uint8

// The families.
const (
	AnyFamily Family = iota // one socket for each version
	IPv4
	IPv6
)

var (
	errNotDict = errors.New("no dictionary")
	errLabel   = errors.New("no label")
)

// Parse reads the property list of a job, XML or binary, of at most MaxSize
// bytes. Entries of Sockets that do not listen on a port of TCP or UDP, or that
// are malformed, are left out. The key Disabled is ignored: launchd's own
// database decides, see ParseDisabled.
func Parse(b []byte) (Job, error) {
	dict, err := decodeDict(b)
	if err != nil {
		return Job{}, fmt.Errorf("parse job: %w", err)
	}
	j := Job{Label: text(dict["Label"]), Program: text(dict["Program"]), Arguments: texts(dict["ProgramArguments"])}
	if j.Label == "" {
		return Job{}, fmt.Errorf("parse job: %w", errLabel)
	}
	if j.Program == "" && len(j.Arguments) > 0 {
		j.Program = j.Arguments[0]
	}
	j.Sockets = sockets(dict["Sockets"])
	return j, nil
}

// text gives a string of its own: that of the decoder keeps the whole file.
func text(value any) string {
	s, _ := value.(string)
	return strings.Clone(s)
}

func texts(value any) []string {
	list, _ := value.([]any)
	var all []string
	for _, v := range list {
		if _, ok := v.(string); ok {
			all = append(all, text(v))
		}
	}
	return all
}

// sockets takes a dictionary whose values are sockets or lists of sockets.
func sockets(value any) []Socket {
	dict, _ := value.(map[string]any)
	var all []Socket
	for _, name := range sortedKeys(dict) {
		list, ok := dict[name].([]any)
		if !ok {
			list = []any{dict[name]}
		}
		for _, v := range list {
			if s, ok := socket(v); ok {
				s.Name = strings.Clone(name)
				all = append(all, s)
			}
		}
	}
	return all
}

// socket takes one dictionary; ok is false for one that does not listen on a port.
func socket(value any) (s Socket, ok bool) {
	dict, _ := value.(map[string]any)
	if passive, set := dict["SockPassive"].(bool); set && !passive || dict["SockPathName"] != nil {
		return Socket{}, false
	}
	var isProto, isFamily, isPort bool
	s.Proto, isProto = proto(text(dict["SockType"]))
	s.Family, isFamily = family(text(dict["SockFamily"]))
	s.Port, s.Service, isPort = service(dict["SockServiceName"])
	s.Node = text(dict["SockNodeName"])
	return s, isProto && isFamily && isPort
}

func proto(sockType string) (string, bool) {
	switch strings.ToLower(sockType) {
	case "", "stream":
		return "tcp", true
	case "dgram":
		return "udp", true
	}
	return "", false
}

func family(name string) (Family, bool) {
	switch strings.ToLower(name) {
	case "", "ipv4v6":
		return AnyFamily, true
	case "ipv4":
		return IPv4, true
	case "ipv6":
		return IPv6, true
	}
	return 0, false
}

// service takes a port as a number, as digits or as a name.
func service(value any) (port uint16, name string, ok bool) {
	switch v := value.(type) {
	case uint64:
		return uint16(v), "", v > 0 && v <= 65535
	case string:
		if n, err := strconv.ParseUint(v, 10, 64); err == nil {
			return uint16(n), "", n > 0 && n <= 65535
		}
		return 0, text(v), v != ""
	}
	return 0, "", false
}
