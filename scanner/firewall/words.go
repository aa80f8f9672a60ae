package firewall

import "portlight/assets/words"

// What is said of a firewall beside its status.
const (
	wordNotReadable  = words.Text("not readable | a firewall")
	wordSwitchedOn   = words.Text("switched on in its configuration | a firewall")
	wordOthersHidden = words.Text("ufw is switched off, other rules are not readable")
	wordRulesNotRead = words.Text("its rules are not read | those of a firewall")
	wordNoRules      = words.Text("no rules for what comes in")
	wordDrops        = words.Text("drops what no rule lets in | a firewall")
	wordEarlyRules   = words.Text("only rules that come before routing")

	// What the Application Firewall does beside asking for each program.
	wordEssential = words.Text("refuses all that is not essential | a firewall")
	wordStealth   = words.Text("does not answer those who try ports | a firewall")
)
