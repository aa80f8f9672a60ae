package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
		return "Only inside its container, " + Clean(l.Namespace, maxName)
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
	program := decider(j)
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

// alertLines is how many listeners one notification names.
const alertLines = 3

// NewAlert words the notification of some judgements that alert, at least one:
// the most urgent first, each in a line, the others counted.
func NewAlert(js []alerts.Judgement, names Namer) Alert {
	js = slices.Clone(js)
	slices.SortStableFunc(js, func(a, b alerts.Judgement) int { return urgency(b) - urgency(a) })
	first := NewRow(js[0].Event.Listener, names)
	a := Alert{ID: first.ID, Title: alertTitle(js[0], first.PortService()), Urgent: js[0].Verdict == alerts.Exposed}
	if len(js) == 1 {
		a.Body = first.Reach + " can connect. Address: " + first.Address
		return a
	}
	a.Title += " and " + strconv.Itoa(len(js)-1) + " more"
	var lines []string
	for _, j := range js[:min(len(js), alertLines)] {
		r := NewRow(j.Event.Listener, names)
		lines = append(lines, decider(j)+" on "+r.PortService()+": "+r.Reach)
	}
	if n := len(js) - alertLines; n > 0 {
		lines = append(lines, MoreLabel(n))
	}
	a.Body = strings.Join(lines, "\n")
	return a
}

func urgency(j alerts.Judgement) int {
	if j.Verdict == alerts.Exposed {
		return 1
	}
	return 0
}

func alertTitle(j alerts.Judgement, port string) string {
	if j.Verdict == alerts.Exposed {
		return decider(j) + " is now open to others on " + port
	}
	return decider(j) + " listens on " + port
}

// decider names the program that a judgement is about, alone even where others
// hold the listener too.
func decider(j alerts.Judgement) string {
	l := j.Event.Listener
	for i := range l.Owners {
		if alerts.Program(&l, &l.Owners[i]) == j.Program {
			l.Owners = l.Owners[i : i+1]
			break
		}
	}
	return Program(&l)
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

// Plural gives "1 listener", "2 listeners".
func Plural(n int, noun string) string {
	if n != 1 && strings.HasSuffix(noun, "s") {
		noun += "e"
	}
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// The words of the diagnosis.
const (
	wordSources = "Sources"
	wordSeen    = "What is seen"
	wordEvents  = "Events"
	wordsSeen   = "%s: %d with their processes, %d of the kernel itself, %d hidden"
	wordsUnseen = "Nothing: no source works"
)

func sourceWords(t SourceJSON, inUse string) string {
	if !t.Works {
		return "does not work: " + t.Error
	}
	state := "works"
	if t.Name == inUse {
		state = "in use"
	}
	return state + ", " + Plural(t.Listeners, "listener") + " in " + strconv.FormatFloat(t.Milliseconds, 'f', 1, 64) + " ms"
}

func seenWords(d Diagnosis) string {
	if d.Source == "" {
		return wordsUnseen
	}
	return fmt.Sprintf(wordsSeen, Plural(d.Seen.Listeners, "listener"), d.Seen.WithOwner-d.Seen.Kernel, d.Seen.Kernel, d.Seen.Hidden)
}

func eventsWords(e EventsJSON) string {
	if e.Exec {
		return "the kernel tells when a program is started: what it listens on is noticed within half a second"
	}
	return "the kernel does not tell when a program is started (" + e.Error + "): what listens is looked for at each interval"
}
