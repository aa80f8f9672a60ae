package view

import (
	"portlight/app/alerts"
	"portlight/assets/words"
)

// titleText is the title of a notification, by how many programs it is about: these
// alone, and with others beside them.
type titleText struct{ alone, with words.Plural }

// The titles of notifications.
var (
	titles = map[alerts.Verdict]titleText{
		alerts.Exposed: {
			alone: words.Plural{One: "{{.Programs}} is now open to others on {{.Port}}", Other: "{{.Programs}} are now open to others on {{.Port}}"},
			with:  words.Plural{One: "{{.Programs}} is now open to others on {{.Port}}, with {{.Others}}", Other: "{{.Programs}} are now open to others on {{.Port}}, with {{.Others}}"},
		},
		alerts.Wider: {
			alone: words.Plural{One: "{{.Programs}} is now open to IPv4 too on {{.Port}}", Other: "{{.Programs}} are now open to IPv4 too on {{.Port}}"},
			with:  words.Plural{One: "{{.Programs}} is now open to IPv4 too on {{.Port}}, with {{.Others}}", Other: "{{.Programs}} are now open to IPv4 too on {{.Port}}, with {{.Others}}"},
		},
	}
	titleOther = titleText{
		alone: wordsListenOn,
		with:  words.Plural{One: "{{.Programs}} listens on {{.Port}}, with {{.Others}}", Other: "{{.Programs}} listen on {{.Port}}, with {{.Others}}"},
	}
)

// The words of notifications.
const (
	wordsAway         = words.Text("While you were away: {{.News}}")
	wordsUnusualAlert = words.Text("Unusual: {{.Why}}")
	wordsAlertLine    = words.Text("{{.Programs}} on {{.Port}}: {{.Reach}}")
	wordsWho          = words.Text("Who can connect: {{.Who}}")
	wordsWelcome      = words.Text("Portlight is watching")
)

// The same by how many something is: other news, addresses, programs and listeners.
var (
	wordsNewsMore    = words.Plural{One: "{{.News}} and {{.N}} more", Other: "{{.News}} and {{.N}} more"}
	wordsAddresses   = words.Plural{One: "{{.Reach}}. Address: {{.Addresses}}", Other: "{{.Reach}}. Addresses: {{.Addresses}}"}
	wordsAddressList = words.Plural{One: "Address: {{.Addresses}}", Other: "Addresses: {{.Addresses}}"}
	wordsGoneFrom    = words.Plural{One: "{{.Programs}} no longer listens on {{.Port}}", Other: "{{.Programs}} no longer listen on {{.Port}}"}
	wordsBaseline    = words.Plural{
		One:   "{{.N}} listener now, {{.Open}} of them open to others. You will be told when a program begins to listen where others can reach it.",
		Other: "{{.N}} listeners now, {{.Open}} of them open to others. You will be told when a program begins to listen where others can reach it.",
	}
)
