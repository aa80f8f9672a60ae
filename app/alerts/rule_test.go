package alerts

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"portlight/scanner"
)

func TestRuleFile(t *testing.T) {
	rules := []Rule{
		{Action: Allow, Program: "exe:/usr/bin/a \"b\" \x1b.", Proto: scanner.TCP, FirstPort: 80, LastPort: 443, Where: Network, Note: "of the team"},
		{Action: Mute, FirstPort: 22, LastPort: 22, Until: time.Unix(1e9, 0).UTC()},
		{Action: Always, Ephemeral: true, Where: Local},
	}
	var b strings.Builder
	if err := WriteRules(&b, rules); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRules(strings.NewReader(b.String()))
	if err != nil || !reflect.DeepEqual(got, rules) {
		t.Errorf("%v\n%+v\n%s", err, got, b.String())
	}
	if got, err := ReadRules(strings.NewReader(ruleFileHead)); err != nil || got != nil {
		t.Errorf("no rules: %v, %v", got, err)
	}
}

func TestBadRuleFiles(t *testing.T) {
	for text, want := range map[string]string{
		"[[rule]]\naction = \"deny\"":                                                                `rule 1: action "deny"`,
		"[[rule]]\naction = \"allow\"\nporst = \"80\"":                                               `"rule.porst" is not known`,
		"[[rule]]\naction = \"allow\"\nports = \"443-80\"":                                           `ports "443-80"`,
		"[[rule]]\naction = \"allow\"\nports = \"0\"":                                                `ports "0"`,
		"[[rule]]\naction = \"allow\"\nports = \"70000\"":                                            `ports "70000"`,
		"[[rule]]\naction = \"allow\"\nproto = \"sctp\"":                                             `"sctp"`,
		"[[rule]]\naction = \"allow\"\nwhere = \"abroad\"":                                           `"abroad"`,
		"[[rule]]\naction = \"allow\"\nprogram = \"nginx\"":                                          `"nginx" is no identity`,
		"[[rule]]\naction = \"allow\"\nprogram = \"exe:" + strings.Repeat("a", maxRuleText+1) + "\"": "longer than",
		"\n\nrule = ":                      "line 3",
		"[[rule]]\naction = 1":             "line 2",
		strings.Repeat("#", maxRuleFile+1): "more than",
	} {
		rules, err := ReadRules(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %+v, %v", text, rules, err)
		}
	}
}

// FuzzRules: a file that is read says the same when it is written.
func FuzzRules(f *testing.F) {
	f.Add("[[rule]]\naction = \"allow\"\nports = \"80-443\"\nuntil = 2026-01-02T03:04:05Z")
	f.Add("[[rule]]\naction = \"mute\"\nprogram = \"exe:/\"\n[[rule]]\naction = \"alert\"\nports = \"ephemeral\"")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ReadRules(strings.NewReader(text))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := WriteRules(&b, rules); err != nil {
			t.Fatal(err)
		}
		again, err := ReadRules(strings.NewReader(b.String()))
		if err != nil || len(again) != len(rules) {
			t.Fatalf("%v\n%s", err, b.String())
		}
		for i := range rules {
			rules[i].Until, again[i].Until = rules[i].Until.UTC(), again[i].Until.UTC()
			if rules[i] != again[i] {
				t.Fatalf("%+v is %+v", rules[i], again[i])
			}
		}
	})
}

func TestRuleIncludes(t *testing.T) {
	later := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	all, nginx := Rule{}, Rule{Program: "exe:/bin/nginx"}
	web := Rule{Program: "exe:/bin/nginx", Proto: scanner.TCP, FirstPort: 80, LastPort: 443, Where: Network}
	http := web
	http.FirstPort, http.LastPort = 80, 80
	ended := http
	ended.Until = later
	handed := Rule{Program: "exe:/bin/nginx", Ephemeral: true}
	for i, c := range []struct {
		r, o Rule
		want bool
	}{
		{all, web, true}, {web, all, false}, {nginx, web, true}, {web, nginx, false}, {web, http, true}, {http, web, false}, {web, web, true},
		{http, ended, true}, {ended, http, false}, {ended, ended, true}, {nginx, handed, true}, {handed, nginx, false}, {handed, web, false},
		{Rule{Where: Local}, web, false}, {Rule{Where: Network}, Rule{}, false}, {Rule{Program: "exe:/bin/nc"}, web, false}, {Rule{Proto: scanner.UDP}, web, false},
	} {
		if got := c.r.Includes(&c.o); got != c.want {
			t.Errorf("%d: %+v includes %+v: %v", i, c.r, c.o, got)
		}
	}
}
