package window

import (
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/view"
	"portlight/scanner"
)

func someRule() alerts.Rule { return alerts.Rule{Action: alerts.Allow} }

func TestRuleForm(t *testing.T) {
	known := newPrograms([]string{"exe:/usr/sbin/nginx", "exe:/usr/bin/python3 /srv/shop.py", "exe:/opt/python3", "exe:/usr/sbin/nginx"}, map[string]string{"exe:/usr/sbin/nginx": "Web"})
	for _, c := range []struct {
		change func(*ruleForm)
		want   string // in words, or what is wrong
	}{
		{func(*ruleForm) {}, errSilence.Error()},
		{func(f *ruleForm) { f.proto = 2 }, "Allow every program on every udp port"},
		{func(f *ruleForm) { f.action, f.proto, f.where = 2, 2, 1 }, "Tell each time of every program on every udp port where others can reach it"},
		{func(f *ruleForm) { f.program, f.ports = "nginx", " 80 " }, "Allow nginx (/usr/sbin/nginx) on tcp and udp 80"},
		{func(f *ruleForm) { f.program, f.ports = "web", "8000 – 8100" }, "Allow nginx (/usr/sbin/nginx) on tcp and udp 8000-8100"},
		{func(f *ruleForm) { f.program, f.ports = "/usr/sbin/nginx", "Ephemeral" }, "Allow nginx (/usr/sbin/nginx) on the ports that the system hands out"},
		{func(f *ruleForm) { f.program = "/usr/bin/python3 /srv/shop.py" }, "Allow " + view.ProgramWords("exe:/usr/bin/python3 /srv/shop.py") + " on every port"},
		{func(f *ruleForm) { f.program, f.ports = "/not/there", "all" }, "Allow there (/not/there) on every port"},
		{func(f *ruleForm) { f.program = "container:shop/web" }, "Allow the container shop/web on every port"},
		{func(f *ruleForm) { f.program = "python3" }, errManyPrograms.Error()},
		{func(f *ruleForm) { f.program = "ngin" }, errNoProgram.Error()},
		{func(f *ruleForm) { f.ports = "80, 443" }, errManyPorts.Error()},
		{func(f *ruleForm) { f.ports = "443-80" }, errPorts.Error()},
		{func(f *ruleForm) { f.ports = "0" }, errPorts.Error()},
		{func(f *ruleForm) { f.ports = "70000" }, errPorts.Error()},
		{func(f *ruleForm) { f.until = untilHour }, "Allow every program on every port, until 2026-11-02 10:30"},
		{func(f *ruleForm) { f.until = untilTomorrow }, "Allow every program on every port, until 2026-11-03 06:00"},
		{func(f *ruleForm) { f.until, f.date = untilDate, " 2026-12-24  18:00" }, "Allow every program on every port, until 2026-12-24 18:00"},
		{func(f *ruleForm) { f.until, f.date = untilDate, "2026-12-24" }, "Allow every program on every port, until 2026-12-24 00:00"},
		{func(f *ruleForm) { f.until, f.date = untilDate, "2026-11-02" }, errPast.Error()},
		{func(f *ruleForm) { f.until, f.date = untilDate, "Christmas" }, errDate.Error()},
		{func(f *ruleForm) { f.note = strings.Repeat("long", 300) }, errLongNote.Error()},
	} {
		f := newRuleForm(someRule(), known)
		c.change(&f)
		r, err := f.rule(known, morning)
		got := view.RuleWords(r)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// TestRuleFormKeeps changes nothing of a rule that nobody edits, however odd it is.
func TestRuleFormKeeps(t *testing.T) {
	for _, r := range []alerts.Rule{
		{ID: 3, Action: alerts.Mute, Program: "unit:1000/sync.service", Proto: scanner.UDP, FirstPort: 40000, LastPort: 50000, Ephemeral: true, Created: morning},
		{ID: 4, Action: alerts.Always, Program: "exe:/opt/evil\x1b[31m\u202e", Where: alerts.Local, Until: morning.Add(-time.Minute + 7*time.Second), Note: "past"},
		{ID: 5, Action: alerts.Allow, FirstPort: 1, LastPort: 65535, Until: morning.Add(time.Hour + 30*time.Second)},
	} {
		known := newPrograms(nil, nil)
		f := newRuleForm(r, known)
		if got, err := f.rule(known, morning); err != nil || got != r {
			t.Errorf("%+v became\n%+v, %v", r, got, err)
		}
	}
}

// FuzzRuleForm makes only rules that the store takes, of whatever is typed.
func FuzzRuleForm(f *testing.F) {
	f.Add("nginx", "80-443", "2026-12-24 18:00", "note", 3)
	f.Add("exe:/a", "ephemeral", "2026-12-24", "", 0)
	f.Add("/a/../b\x00", "1–2", "\xff", "\u202e", 3)
	f.Add("Every program", "all", "", "", 1)
	f.Fuzz(func(t *testing.T, program, ports, date, note string, until int) {
		known := newPrograms([]string{program, "exe:/usr/sbin/nginx"}, nil)
		form := ruleForm{program: program, ports: ports, date: date, note: note, until: until & 3, was: someRule()}
		r, err := form.rule(known, morning)
		if err != nil {
			if sentence(err.Error()) == "" {
				t.Error("nothing says what is wrong")
			}
			return
		}
		if err := r.Check(); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
		coverWords(r)
	})
}
