package alerts

import (
	"strings"
	"testing"
	"time"

	"portlight/scanner"
)

// TestParseMenuSettings: what is out of range, or no choice, is the default, and said.
func TestParseMenuSettings(t *testing.T) {
	for _, c := range []struct {
		key, stored string
		set         func(*Settings)
		problem     string
	}{
		{keyInterval, "", nil, ""},
		{keyInterval, "2s", func(s *Settings) { s.Interval = 2 * time.Second }, ""},
		{keyInterval, "250ms", func(s *Settings) { s.Interval = scanner.MinInterval }, ""},
		{keyInterval, "1m0s", func(s *Settings) { s.Interval = scanner.MaxInterval }, ""},
		{keyInterval, "249ms", nil, "249ms is not between 250ms and 1m0s"},
		{keyInterval, "61s", nil, "1m1s is not between 250ms and 1m0s"},
		{keyInterval, "-1s", nil, "not between"},
		{keyInterval, "5", nil, "is no time; 1s holds instead"},
		{keyInterval, "9999999999999h", nil, "scan.interval"},
		{keyRow, "program port", func(s *Settings) { s.Row = ProgramPort }, ""},
		{keyRow, "Program port", nil, `"Program port" is none of the choices: port service program, port program, program port`},
		{keyRow, strings.Repeat("\x1b", 1000), nil, `\x1b`},
		{keyTitle, "nothing", func(s *Settings) { s.Title = TitleNothing }, ""},
		{keyTitle, "all", nil, `"all" is none of the choices: nothing, new, reachable`},
	} {
		want := DefaultSettings()
		if c.set != nil {
			c.set(&want)
		}
		got, problems := ParseSettings(map[string]string{c.key: c.stored})
		if got != want {
			t.Errorf("%s %.20q: %+v", c.key, c.stored, got)
		}
		switch {
		case c.problem == "" && problems == nil:
		case len(problems) != 1 || c.problem == "":
			t.Errorf("%s %.20q: %v", c.key, c.stored, problems)
		case !strings.Contains(problems[0].Error(), c.problem) || !strings.Contains(problems[0].Error(), c.key) || len(problems[0].Error()) > 400:
			t.Errorf("%s %.20q: %v, want %q", c.key, c.stored, problems[0], c.problem)
		}
	}
}

// FuzzParseSettings gives settings that are stored as they are, whatever is in the store.
func FuzzParseSettings(f *testing.F) {
	f.Add("true", "90", "2s", "program port", "new")
	f.Add("perhaps", "0", "-1ns", "", "\xff")
	f.Fuzz(func(t *testing.T, loopback, days, interval, row, title string) {
		s, _ := ParseSettings(map[string]string{keyLoopback: loopback, SettingKeepDays: days, keyInterval: interval, keyRow: row, keyTitle: title})
		if again, problems := ParseSettings(s.Values()); again != s || problems != nil {
			t.Errorf("%+v becomes %+v, %v", s, again, problems)
		}
	})
}
