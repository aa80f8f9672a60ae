package view

import (
	"strconv"

	"portlight/app/alerts"
	"portlight/scanner"
)

// The words that rows, menu and sentences are made of.
const (
	wordKernel = "kernel"
	wordHidden = "hidden"
)

// Reach says in a short sentence who can reach a listener, from its address
// alone: a firewall may still be in the way.
func Reach(l *scanner.Listener) string {
	if l.Namespace != "" {
		return "Inside its container only"
	}
	on := "any network"
	if l.Device != "" {
		on = Clean(l.Device, maxName)
	}
	switch l.Scope() {
	case scanner.ScopeLoopback:
		return "Only this computer"
	case scanner.ScopeLinkLocal:
		return "Computers on the same link"
	case scanner.ScopeInterface:
		return "Anyone who can reach " + Clean(l.Addr.String(), maxName)
	case scanner.ScopeMulticast:
		return "Computers in the multicast group " + Clean(l.Addr.String(), maxName)
	}
	return "Anyone on " + on + familyWord(l)
}

func familyWord(l *scanner.Listener) string {
	switch {
	case l.DualStack:
		return ""
	case l.Addr.Is4():
		return " (IPv4)"
	}
	return " (IPv6)"
}

// Reason is the verdict of an event in a sentence.
func Reason(j alerts.Judgement) string {
	l := &j.Event.Listener
	program := Program(l)
	port := PortProto(l.Port, l.Proto.String())
	switch j.Verdict {
	case alerts.New:
		return program + " listens on " + port + " for the first time, and others can reach it"
	case alerts.Exposed:
		return program + " was open on " + port + " to this computer only, now others can reach it"
	case alerts.Known:
		return program + " was seen on " + port + " before"
	case alerts.Loopback:
		return "only this computer can reach it"
	case alerts.Ephemeral:
		return "a port of short life, chosen by the system"
	case alerts.Contained:
		return "only its own container can reach it"
	case alerts.Gone:
		return program + " no longer listens on " + port
	}
	return string(j.Verdict)
}

// Alert is what a notification says.
type Alert struct {
	ID          string // of the listener that it is about first
	Title, Body string
	Urgent      bool
}

// NewAlert words the notification of some judgements that alert, at least one:
// the most urgent first, the others counted.
func NewAlert(js []alerts.Judgement, names Namer) Alert {
	first := js[0]
	for _, j := range js {
		if j.Verdict == alerts.Exposed {
			first = j
			break
		}
	}
	r := NewRow(first.Event.Listener, names)
	a := Alert{ID: r.ID, Title: r.Program + " listens on " + r.PortService(), Body: r.Reach + " can connect. Address: " + r.Address}
	if first.Verdict == alerts.Exposed {
		a.Urgent = true
		a.Title = r.Program + " is now open to others on " + r.PortService()
	}
	if n := len(js) - 1; n > 0 {
		a.Title += " and " + strconv.Itoa(n) + " more"
	}
	return a
}

// PortService is "8080 (http-alt)", "5353/udp (mdns)" or "8080".
func (r Row) PortService() string {
	port := PortProto(r.Listener.Port, r.Proto)
	if r.Service == "" {
		return port
	}
	return port + " (" + r.Service + ")"
}

// PortProto is a port as people write it: "22" for TCP, "53/udp" else.
func PortProto(port uint16, proto string) string {
	if proto == "tcp" {
		return strconv.Itoa(int(port))
	}
	return strconv.Itoa(int(port)) + "/" + proto
}
