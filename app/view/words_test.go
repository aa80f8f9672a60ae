package view

import (
	"slices"
	"strings"
	"testing"

	"portlight/app/alerts"
	"portlight/scanner"
)

// TestTextsAreFilledIn goes through the texts that are chosen by a value: whatever is
// chosen has its names.
func TestTextsAreFilledIn(t *testing.T) {
	var said []string
	for action, texts := range ruleTexts {
		for where := range texts {
			said = append(said, RuleWords(alerts.Rule{Action: action, Where: where}))
		}
	}
	web := at(scanner.TCP, "0.0.0.0", 80, "a", "b", "c")
	for _, v := range []alerts.Verdict{alerts.New, alerts.Exposed, alerts.Wider, alerts.Watched} {
		one, more := judged(v, web), judged(v, web, finding(v, "b"))
		with := judged(v, web, finding(alerts.Wider, "a"), finding(alerts.New, "b"))
		for _, j := range []alerts.Judgement{one, more, with} {
			said = append(said, Reason(j), news{j}.title("80"))
		}
	}
	titles := slices.Clone(said)
	slices.Sort(titles)
	if len(said) != 9+4*3*2 || len(slices.Compact(titles)) < 20 {
		t.Errorf("%d texts: %q", len(said), said)
	}
	for _, s := range said {
		if strings.Contains(s, "{{") || strings.Contains(s, " | ") || s == "" {
			t.Errorf("%q", s)
		}
	}
}

// TestReachSentences: what a row says and what the sentence says have the same names.
func TestReachSentences(t *testing.T) {
	names := []any{"Network", "eth0", "Networks", "eth0", "Address", "192.0.2.7", "Place", "web", "Group", "224.0.0.251"}
	all := []reachText{reachOwn, reachLink, reachLinkOn, reachAddress, reachAddressDown, reachAddressOn, reachAddressIn, reachGroup, reachGroupOn, reachBroadcast, reachBroadcastOn, reachBroadcastsOf}
	for f := range reachAll {
		all = append(all, reachAll[f], reachNetworks[f])
	}
	for _, r := range all {
		row, sentence := r.row.With(names...), r.sentence.With(names...)
		if strings.Contains(row+sentence, "{{") || !strings.Contains(sentence, " can connect") {
			t.Errorf("%q, %q", row, sentence)
		}
		for name := range strings.SplitSeq("eth0 192.0.2.7 web 224.0.0.251", " ") {
			if strings.Contains(row, name) != strings.Contains(sentence, name) {
				t.Errorf("%q and %q differ in %s", row, sentence, name)
			}
		}
	}
}
