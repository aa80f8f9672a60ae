package view

import (
	"portlight/app/alerts"
	"portlight/scanner"
)

// Reason is the verdict of an event in a sentence.
func Reason(j alerts.Judgement) string {
	reason := verdictWords(j)
	if j.Away {
		return wordsWhileAway.With("Reason", reason)
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
			return wordsSeenEphemeral.With("Program", programName(l, j.Program))
		}
		return wordsSeenBefore.With("Program", programName(l, j.Program), "Port", port)
	case alerts.Revealed:
		return wordsRevealed.With("Program", programName(l, j.Program), "Port", port)
	case alerts.Hidden:
		return wordsHiddenOwner.With("Port", port)
	case alerts.Loopback:
		return wordsLoopback.String()
	case alerts.Ephemeral:
		return ephemeralWords(l)
	case alerts.Waiting:
		return waitingWords(l, port)
	case alerts.Contained:
		return wordsContained.With("Place", Clean(l.Namespace, maxName))
	case alerts.Gone:
		names := holders(l)
		return wordsGoneAt.Of(len(names), "Programs", joinWords(names), "Place", place(l))
	}
	return newsWords(j, port)
}

// decidedWords is the sentence of what a person has decided.
func decidedWords(j alerts.Judgement) string {
	was := j
	was.Verdict, was.Would = j.Would, ""
	reason := verdictWords(was)
	switch j.Verdict {
	case alerts.Allowed:
		return wordsAllowed.With("Reason", reason)
	case alerts.Muted:
		return wordsMuted.With("Reason", reason)
	case alerts.Paused:
		return wordsPaused.With("Reason", reason)
	}
	return wordsWatched.With("Reason", reason)
}

// newsWords are the sentences of what alerts: what holds of several programs is
// said once.
func newsWords(j alerts.Judgement, port string) string {
	all := ""
	for _, c := range clauses(j) {
		said := string(c.verdict)
		if text, ok := newsTexts[c.verdict]; ok {
			said = text.Of(len(c.names), "Programs", joinWords(c.names), "Port", port)
		}
		if all != "" {
			said = wordsNext.With("First", all, "Next", said)
		}
		all = said
	}
	return all
}

func ephemeralWords(l *scanner.Listener) string {
	if l.Proto == scanner.TCP {
		return wordsShort.String()
	}
	return wordsEphemeral.String()
}

func waitingWords(l *scanner.Listener, port string) string {
	after := int(alerts.SettleTime.Seconds())
	if l.Ephemeral {
		return wordsMayStand.With("Seconds", after)
	}
	return wordsMayHide.With("Port", port, "Seconds", after)
}

// place is where a listener listens, as exactly as is needed to tell it from
// others of its program: "0.0.0.0%wg0:53/udp".
func place(l *scanner.Listener) string {
	s := Address(l)
	if l.Proto != scanner.TCP {
		s += "/" + l.Proto.String()
	}
	if l.Namespace != "" {
		return wordsPlaceIn.With("Address", s, "Place", Clean(l.Namespace, maxName))
	}
	return s
}
