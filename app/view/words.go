package view

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"portlight/app/alerts"
	"portlight/scanner"
)

// The words that rows, menu and sentences are made of.
const (
	wordsAway     = "While you were away"
	wordsWelcome  = "Portlight is watching"
	wordsBaseline = "%s now, %d of them open to others. You will be told when a program begins to listen where others can reach it."

	wordKernel = "kernel"
	wordHidden = "hidden"

	wordsEphemeral = "one of the ports that the system hands out"
)

// groupWords tells multicast from the limited broadcast of RFC 919, which no
// router passes on.
func groupWords(a netip.Addr) string {
	if !a.IsMulticast() && !a.Unmap().IsMulticast() {
		return "Computers that broadcast on the same link"
	}
	return "Computers in the multicast group " + Clean(a.String(), maxName)
}

func familyWord(l *scanner.Listener) string {
	switch {
	case l.DualStack:
		return ""
	case l.Addr.Unmap().Is4():
		return " (IPv4)"
	}
	return " (IPv6)"
}

// joinedWords is how many of several things a sentence names.
const joinedWords = 3

// joinWords gives "a", "a and b", "a, b and c", "a, b, c and 4 more".
func joinWords(words []string) string {
	if n := len(words); n > joinedWords {
		return strings.Join(words[:joinedWords], ", ") + " and " + strconv.Itoa(n-joinedWords) + " more"
	}
	return joinAll(words)
}

// joinAll gives "a", "a and b", "a, b, c and d".
func joinAll(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// Reason is the verdict of an event in a sentence.
func Reason(j alerts.Judgement) string {
	reason := verdictWords(j)
	if j.Away {
		reason += " (it began while Portlight was not watching)"
	}
	return reason
}

func verdictWords(j alerts.Judgement) string {
	l := &j.Event.Listener
	port := PortProto(l.Port, l.Proto.String())
	switch j.Verdict {
	case alerts.Allowed, alerts.Muted, alerts.Paused, alerts.Watched:
		return decidedWords(j)
	case alerts.Known:
		if l.Ephemeral {
			port = "ports that the system hands out"
		}
		return programName(l, j.Program) + " was seen before on " + port
	case alerts.Revealed:
		return programName(l, j.Program) + " is taken for the owner of " + port + " that could not be seen before"
	case alerts.Hidden:
		return "an owner of " + port + " cannot be seen, and none is known to be new"
	case alerts.Loopback:
		return "only this computer can reach it"
	case alerts.Ephemeral:
		return ephemeralWords(l)
	case alerts.Waiting:
		return waitingWords(l, port)
	case alerts.Contained:
		return "it is in the network of " + Clean(l.Namespace, maxName) + ", not in this computer's own"
	case alerts.Gone:
		c := clause{j.Verdict, holders(l)}
		return joinWords(c.names) + c.verb(" no longer listens at ", " no longer listen at ") + place(l)
	}
	return newsWords(j, port)
}

// decidedWords is the sentence of what a person has decided.
func decidedWords(j alerts.Judgement) string {
	was := j
	was.Verdict, was.Would = j.Would, ""
	switch j.Verdict {
	case alerts.Allowed:
		return "a rule allows it: " + verdictWords(was)
	case alerts.Muted:
		return "a rule mutes it: " + verdictWords(was)
	case alerts.Paused:
		return "alerts are paused: " + verdictWords(was)
	}
	return "a rule tells it each time: " + verdictWords(was)
}

// newsWords is the sentence of what alerts: what holds of several programs is
// said once.
func newsWords(j alerts.Judgement, port string) string {
	var parts []string
	for _, c := range clauses(j) {
		who := joinWords(c.names)
		switch c.verdict {
		case alerts.New:
			parts = append(parts, who+c.verb(" listens on ", " listen on ")+port+" where others can reach it, for the first time")
		case alerts.Exposed:
			parts = append(parts, who+c.verb(" was", " were")+" open on "+port+" to this computer only, now others can reach it")
		case alerts.Wider:
			parts = append(parts, who+c.verb(" was", " were")+" open on "+port+" over IPv6 only, now over IPv4 too")
		case alerts.Watched:
			parts = append(parts, who+c.verb(" listens on ", " listen on ")+port)
		default:
			parts = append(parts, string(c.verdict))
		}
	}
	return strings.Join(parts, "; ")
}

func ephemeralWords(l *scanner.Listener) string {
	if l.Proto == scanner.TCP {
		return wordsEphemeral + ", and gone before it was told of"
	}
	return wordsEphemeral
}

func waitingWords(l *scanner.Listener, port string) string {
	after := strconv.Itoa(int(alerts.SettleTime.Seconds())) + " s"
	if l.Ephemeral {
		return wordsEphemeral + ": told if it still stands in " + after
	}
	return "an owner of " + port + " cannot be seen: told if it is so in " + after + " still"
}

// place is where a listener listens, as exactly as is needed to tell it from
// others of its program: "0.0.0.0%wg0:53/udp".
func place(l *scanner.Listener) string {
	s := Address(l)
	if l.Proto != scanner.TCP {
		s += "/" + l.Proto.String()
	}
	if l.Namespace != "" {
		s += " in " + Clean(l.Namespace, maxName)
	}
	return s
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

	wordSupervisors = "Supervisors"

	wordNetworks = "Networks"
	wordFirewall = "Firewall"
	wordsLegacy  = "iptables-legacy has tables (%s): what is in them is not read"

	wordNames     = "Names of ports"
	wordsRegistry = "IANA's registry of "

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

// supervisorWords is "/run/docker.sock: 2 containers, answered in 1.2 ms".
func supervisorWords(s SupervisorJSON) string {
	what, noun := s.Place, "container"
	switch {
	case strings.HasPrefix(s.Name, "systemd"):
		noun = "active socket unit"
	case s.Name == "launchd":
		noun = "job"
	}
	if what != "" {
		what += ": "
	}
	switch {
	case !s.Found:
		return what + "not found"
	case !s.Answers:
		return what + s.Error
	}
	return what + Plural(s.Knows, noun) + ", answered in " + strconv.FormatFloat(s.Milliseconds, 'f', 1, 64) + " ms"
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
