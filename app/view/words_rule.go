package view

import (
	"portlight/app/alerts"
	"portlight/assets/words"
)

// ruleTexts are the sentences of rules.
var ruleTexts = map[alerts.Action]map[alerts.Where]words.Text{
	alerts.Allow: {
		alerts.Anywhere: "Allow {{.Program}} on {{.Ports}}",
		alerts.Network:  "Allow {{.Program}} on {{.Ports}} where others can reach it",
		alerts.Local:    "Allow {{.Program}} on {{.Ports}} where only this computer can reach it",
	},
	alerts.Mute: {
		alerts.Anywhere: "Mute {{.Program}} on {{.Ports}}",
		alerts.Network:  "Mute {{.Program}} on {{.Ports}} where others can reach it",
		alerts.Local:    "Mute {{.Program}} on {{.Ports}} where only this computer can reach it",
	},
	alerts.Always: {
		alerts.Anywhere: "Tell each time of {{.Program}} on {{.Ports}}",
		alerts.Network:  "Tell each time of {{.Program}} on {{.Ports}} where others can reach it",
		alerts.Local:    "Tell each time of {{.Program}} on {{.Ports}} where only this computer can reach it",
	},
}

const wordsUntil = words.Text("{{.Rule}}, until {{.Time}}")

// The programs of rules, as they stand in their sentences.
const (
	wordsEveryProgram   = words.Text("every program | in a rule")
	wordsOfMacOS        = words.Text("{{.Name}} (a part of macOS)")
	wordsOfTeam         = words.Text("{{.Name}} (of team {{.Team}})")
	wordsTheContainer   = words.Text("the container {{.Name}} | in a rule")
	wordsTheService     = words.Text("the service {{.Name}} | in a rule")
	wordsUserService    = words.Text("the service {{.Name}} of user {{.User}} | in a rule")
	wordsHiddenPrograms = words.Text("the hidden programs of user {{.User}} | in a rule")
	wordsWithoutFile    = words.Text("{{.Name}} of user {{.User}} (its file cannot be seen)")
)

// The ports of rules, as they stand in their sentences.
const (
	wordsPortsHandedOut     = words.Text("the ports that the system hands out | in a rule")
	wordsProtoHandedOut     = words.Text("the {{.Proto}} ports that the system hands out | in a rule")
	wordsSomeHandedOut      = words.Text("those ports of {{.Ports}} that the system hands out | in a rule")
	wordsSomeProtoHandedOut = words.Text("those {{.Proto}} ports of {{.Ports}} that the system hands out | in a rule")
	wordsEveryPort          = words.Text("every port | in a rule")
	wordsEveryProtoPort     = words.Text("every {{.Proto}} port | in a rule")
	wordsBothProtos         = words.Text("tcp and udp {{.Ports}} | ports in a rule")
)
