package view

import (
	"portlight/app/alerts"
	"portlight/assets/words"
	"portlight/scanner"
)

// The sentences of verdicts.
const (
	wordsWhileAway     = words.Text("{{.Reason}} (it began while Portlight was not watching)")
	wordsSeenBefore    = words.Text("{{.Program}} was seen before on {{.Port}}")
	wordsSeenEphemeral = words.Text("{{.Program}} was seen before on ports that the system hands out")
	wordsRevealed      = words.Text("{{.Program}} is taken for the owner of {{.Port}} that could not be seen before")
	wordsHiddenOwner   = words.Text("an owner of {{.Port}} cannot be seen, and none is known to be new")
	wordsLoopback      = words.Text("only this computer can reach it | a listener")
	wordsEphemeral     = words.Text("one of the ports that the system hands out")
	wordsShort         = words.Text("one of the ports that the system hands out, and gone before it was told of")
	wordsMayStand      = words.Text("one of the ports that the system hands out: told if it still stands in {{.Seconds}} s")
	wordsMayHide       = words.Text("an owner of {{.Port}} cannot be seen: told if it is so in {{.Seconds}} s still")
	wordsContained     = words.Text("it is in the network of {{.Place}}, not in this computer's own")
	wordsPlaceIn       = words.Text("{{.Address}} in {{.Place}} | where a program listens")

	wordsAllowed = words.Text("a rule allows it: {{.Reason}}")
	wordsMuted   = words.Text("a rule mutes it: {{.Reason}}")
	wordsPaused  = words.Text("alerts are paused: {{.Reason}}")
	wordsWatched = words.Text("a rule tells it each time: {{.Reason}}")

	wordsNext = words.Text("{{.First}}; {{.Next}} | two sentences")
)

// The same of programs, by how many they are.
var (
	wordsNewOn     = words.Plural{One: "{{.Programs}} listens on {{.Port}} where others can reach it, for the first time", Other: "{{.Programs}} listen on {{.Port}} where others can reach it, for the first time"}
	wordsExposedOn = words.Plural{One: "{{.Programs}} was open on {{.Port}} to this computer only, now others can reach it", Other: "{{.Programs}} were open on {{.Port}} to this computer only, now others can reach it"}
	wordsWiderOn   = words.Plural{One: "{{.Programs}} was open on {{.Port}} over IPv6 only, now over IPv4 too", Other: "{{.Programs}} were open on {{.Port}} over IPv6 only, now over IPv4 too"}
	wordsListenOn  = words.Plural{One: "{{.Programs}} listens on {{.Port}}", Other: "{{.Programs}} listen on {{.Port}}"}
	wordsGoneAt    = words.Plural{One: "{{.Programs}} no longer listens at {{.Place}}", Other: "{{.Programs}} no longer listen at {{.Place}}"}
)

// wordsOfOp says what a listener did.
var wordsOfOp = map[scanner.Op]words.Text{
	scanner.Opened:  "opened | what a listener did",
	scanner.Closed:  "closed | what a listener did",
	scanner.Changed: "changed | what a listener did",
}

// newsTexts are the sentences of what alerts.
var newsTexts = map[alerts.Verdict]words.Plural{
	alerts.New: wordsNewOn, alerts.Exposed: wordsExposedOn, alerts.Wider: wordsWiderOn, alerts.Watched: wordsListenOn,
}
