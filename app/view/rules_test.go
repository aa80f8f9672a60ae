package view

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

func noon() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.Local) }

func exampleRules() []alerts.Rule {
	return []alerts.Rule{
		{ID: 7, Action: alerts.Allow, Program: "exe:/usr/sbin/nginx", Proto: scanner.TCP, FirstPort: 80, LastPort: 443, Where: alerts.Network, Until: noon(), Note: "of the team"},
		{ID: 3, Action: alerts.Mute, Ephemeral: true, Proto: scanner.UDP},
		{ID: 9, Action: alerts.Always, Program: "exe:/usr/bin/evil\x1b[31m\u202e", Note: "a\tb\x1b"},
		{ID: 10, Action: alerts.Mute},
	}
}

func TestRuleWords(t *testing.T) {
	rule := func(change func(*alerts.Rule)) alerts.Rule {
		r := alerts.Rule{Action: alerts.Allow}
		change(&r)
		return r
	}
	for _, c := range []struct {
		rule alerts.Rule
		want string
	}{
		{exampleRules()[0], "Allow nginx (/usr/sbin/nginx) on tcp 80-443 where others can reach it, until 2026-11-01 12:00"},
		{exampleRules()[1], "Mute every program on the udp ports that the system hands out"},
		{exampleRules()[3], "Mute every program on every port"},
		{alerts.Rule{Action: alerts.Always, Program: "unit:smbd.service", FirstPort: 445, LastPort: 445}, "Tell each time of the service smbd.service on tcp and udp 445"},
		{rule(func(r *alerts.Rule) { r.Program, r.Where = "unit:1000/app.service", alerts.Local }), "Allow the service app.service of user 1000 on every port where only this computer can reach it"},
		{rule(func(r *alerts.Rule) { r.Program, r.Proto = "container:shop/web", scanner.TCP }), "Allow the container shop/web on every tcp port"},
		{rule(func(r *alerts.Rule) { r.Program, r.Ephemeral = "exe:/usr/bin/python3.11 python3 app.py", true }), "Allow python3.11 python3 app.py (/usr/bin/python3.11 python3 app.py) on the ports that the system hands out"},
		{rule(func(r *alerts.Rule) { r.Program = "hidden:0/cupsd" }), "Allow cupsd of user 0 (its file cannot be seen) on every port"},
		{rule(func(r *alerts.Rule) { r.Program = "sign:9BNSXJN65R/com.docker.backend" }), "Allow com.docker.backend (of team 9BNSXJN65R) on every port"},
		{rule(func(r *alerts.Rule) { r.Program = "sign:apple/com.apple.python3 /srv/x.py" }), "Allow com.apple.python3 /srv/x.py (a part of macOS) on every port"},
		{rule(func(r *alerts.Rule) { r.Program = "hidden:0/" }), "Allow the hidden programs of user 0 on every port"},
		{rule(func(r *alerts.Rule) { r.Program = "odd" }), "Allow odd on every port"},
		{rule(func(r *alerts.Rule) { r.Ephemeral, r.FirstPort, r.LastPort = true, 40000, 50000 }), "Allow every program on those ports of 40000-50000 that the system hands out"},
	} {
		if got := RuleWords(c.rule); got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.rule, got, c.want)
		}
	}
}

// TestLongIdentity: what is cut would name another program.
func TestLongIdentity(t *testing.T) {
	long := "/opt/" + strings.Repeat("long/", 800) + "end"
	if got := RuleWords(alerts.Rule{Action: alerts.Allow, Program: "exe:" + long}); !strings.Contains(got, "("+long+")") {
		t.Errorf("%q", got)
	}
}

func TestRulesText(t *testing.T) {
	golden(t, "rules-terminal.txt", RulesText(exampleRules(), Style{Columns: true}, noon()))
	golden(t, "rules-pipe.txt", RulesText(exampleRules(), Style{}, noon().Add(-time.Second)))
}

func TestRulesJSON(t *testing.T) {
	rules := exampleRules()
	rules[0].Until, rules[0].Created = noon().UTC(), noon().UTC()
	var b bytes.Buffer
	if err := WriteJSON(&b, NewRulesJSON(rules, noon()), "  "); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(b.String(), noon().UTC().Format(time.RFC3339), "NOON")
	golden(t, "rules.json", got)
}
