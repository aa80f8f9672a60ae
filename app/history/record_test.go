package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
	"portlight/scanner/supervisor"
)

// TestEverythingComesBack writes a judgement with every field, and reads it by
// another process's connection.
func TestEverythingComesBack(t *testing.T) {
	dir := t.TempDir()
	agent := store(t, dir, Agent)
	before := filled(100)
	j := alerts.Judgement{
		Event:   scanner.Event{Op: scanner.Changed, Time: start(), Listener: filled(0), Before: &before},
		Verdict: alerts.Exposed, Would: alerts.New, Rule: 7, Away: true,
		Others: []alerts.Finding{{Verdict: alerts.New, Program: "unit:b.service", Would: alerts.Watched, Rule: 3}},
	}
	j.Program = alerts.Program(&j.Event.Listener, &j.Event.Listener.Owners[0])
	seen := alerts.Fingerprint{Program: j.Program, Proto: scanner.UDP, Port: 5353, Reach: alerts.ReachIPv6}
	check(t, agent.Record(Tick{Time: start(), Judgements: []alerts.Judgement{j}, Seen: []alerts.Fingerprint{seen}, Baseline: true}))

	other := store(t, dir, Other)
	events := must[[]Event](t)(other.Events(Query{}))
	wantSame(t, "events", events, []Event{{ID: 1, Judgement: j, Name: j.Event.Listener.Owners[0].Title}})
	wantSame(t, "known", must[[]alerts.Sighting](t)(other.Known()), []alerts.Sighting{{Fingerprint: seen, First: start(), Last: start()}})

	l := j.Event.Listener
	a := Alert{
		ID: 1, Program: j.Program, Name: l.Owners[0].Title, Proto: l.Proto, Ephemeral: true, Verdict: alerts.Exposed, Would: alerts.New,
		First: start(), Last: start(), Count: 1, State: StateNew, Listener: l, Away: true,
	}
	b := a
	b.ID, b.Program, b.Name, b.Verdict, b.Would = 2, "unit:b.service", "b.service", alerts.New, alerts.Watched
	wantSame(t, "alerts", must[[]Alert](t)(other.Alerts("", 0, 0)), []Alert{b, a})
}

func TestKnownIsSeenAgain(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	f := alerts.Fingerprint{Program: "exe:/a", Proto: scanner.TCP, Port: 80, Reach: alerts.ReachIPv4}
	g := f
	g.Port = 81
	check(t, s.Record(Tick{Time: start(), Seen: []alerts.Fingerprint{f, g}}))
	later := start().Add(time.Hour)
	check(t, s.Record(Tick{Time: later, Seen: []alerts.Fingerprint{f}}))
	want := []alerts.Sighting{{Fingerprint: f, First: start(), Last: later}, {Fingerprint: g, First: start(), Last: start()}}
	wantSame(t, "known", must[[]alerts.Sighting](t)(s.Known()), want)
}

func TestBaselineIsRecordedOnce(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	for i, want := range []bool{true, false} {
		if first := must[bool](t)(s.First()); first != want {
			t.Errorf("before tick %d first is %v", i, first)
		}
		check(t, s.Record(Tick{Time: start(), Baseline: true}))
	}
}

// TestAlertsAreExtended has one row for a program and port until it is looked at.
func TestAlertsAreExtended(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	l, loopback := listener("web", 80), listener("web", 81)
	record := func(l scanner.Listener, v, would alerts.Verdict, minute int, away bool) {
		t.Helper()
		j := judged(scanner.Opened, l, v, start().Add(time.Duration(minute)*time.Minute))
		j.Would, j.Away = would, away
		check(t, s.Record(tick(j.Event.Time, j)))
	}
	record(l, alerts.Paused, alerts.New, 0, true)
	record(loopback, alerts.Loopback, "", 1, false)
	record(l, alerts.Exposed, "", 2, false)
	record(l, alerts.New, "", 3, true)
	all := must[[]Alert](t)(s.Alerts(StateNew, 0, 0))
	if len(all) != 1 || all[0].Count != 3 || all[0].Verdict != alerts.Exposed || all[0].Away || !all[0].Last.Equal(start().Add(3*time.Minute)) || !all[0].First.Equal(start()) {
		t.Errorf("%+v", all)
	}
	check(t, s.SetAlertState([]int64{all[0].ID, 999}, StateMuted))
	record(l, alerts.New, "", 4, false)
	if n := must[int](t)(s.Unseen()); n != 1 {
		t.Errorf("%d alerts are new", n)
	}
	check(t, s.SetAlertState([]int64{all[0].ID}, StateNew)) // one about the same is new: it stays as it is
	check(t, s.MarkAllSeen())
	got := ""
	for _, a := range must[[]Alert](t)(s.Alerts("", 0, 0)) {
		got += fmt.Sprintf("%d %s %d, ", a.ID, a.State, a.Count)
	}
	if want := "2 seen 1, 1 muted 3, "; got != want {
		t.Errorf("alerts %s, want %s", got, want)
	}
	if err := s.SetAlertState([]int64{1}, "lost"); err == nil {
		t.Error("a state that is none was set")
	}
}

// TestSpans plays what happens to one listener. What is left out of a step does not
// matter in it.
func TestSpans(t *testing.T) {
	at := func(minute int) time.Time { return start().Add(time.Duration(minute) * time.Minute) }
	l := listener("web", 80)
	event := func(op scanner.Op, minute int, away bool) func(*Store) error {
		return func(s *Store) error {
			j := judged(op, l, alerts.Known, at(minute))
			j.Away = away
			return s.Record(tick(at(minute), j))
		}
	}
	resume := func(minute int, open ...scanner.Listener) func(*Store) error {
		return func(s *Store) error { return s.Resume(at(minute), open) }
	}
	heartbeat := func(minute int) func(*Store) error {
		return func(s *Store) error { return s.Heartbeat(at(minute)) }
	}
	for name, c := range map[string]struct {
		steps []func(*Store) error
		want  string
	}{
		"seen":                    {[]func(*Store) error{event(scanner.Opened, 1, false), event(scanner.Closed, 5, false)}, "1-5"},
		"stands":                  {[]func(*Store) error{event(scanner.Opened, 1, false), heartbeat(15)}, "1-"},
		"stood when it began":     {[]func(*Store) error{resume(2, l), event(scanner.Closed, 5, false)}, "~2-5"},
		"restart":                 {[]func(*Store) error{event(scanner.Opened, 1, false), event(scanner.Changed, 5, false)}, "1-"},
		"nobody saw the end":      {[]func(*Store) error{event(scanner.Opened, 1, false), heartbeat(15), resume(60)}, "1-~15"},
		"nobody watched":          {[]func(*Store) error{event(scanner.Opened, 1, false), heartbeat(15), resume(60, l)}, "1-"},
		"away":                    {[]func(*Store) error{resume(60, l), event(scanner.Opened, 60, true)}, "~60-"},
		"closed away":             {[]func(*Store) error{event(scanner.Opened, 1, false), heartbeat(15), event(scanner.Closed, 60, true)}, "1-~15"},
		"the end was lost":        {[]func(*Store) error{event(scanner.Opened, 1, false), event(scanner.Opened, 9, false)}, "9- 1-~1"},
		"changed, never seen":     {[]func(*Store) error{event(scanner.Changed, 3, false)}, "~3-"},
		"closed, never seen":      {[]func(*Store) error{event(scanner.Closed, 3, false)}, ""},
		"clock back by a year":    {[]func(*Store) error{event(scanner.Opened, 1, false), event(scanner.Closed, -525600, false)}, "1-1"},
		"clock back, unseen":      {[]func(*Store) error{event(scanner.Opened, 1, false), heartbeat(-525600), resume(-525600)}, "1-~1"},
		"clock to before 1970":    {[]func(*Store) error{event(scanner.Opened, 1, false), event(scanner.Closed, -99_000_000, false)}, "1-1"},
		"again, and twice closed": {[]func(*Store) error{event(scanner.Opened, 1, false), event(scanner.Closed, 2, false), event(scanner.Closed, 3, false), event(scanner.Opened, 4, false)}, "4- 1-2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := store(t, t.TempDir(), Agent)
			for _, step := range c.steps {
				check(t, step(s))
			}
			if got := spans(must[[]Span](t)(s.Spans(l.ID(), 0))); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// spans tells spans in minutes since start.
func spans(all []Span) string {
	mark := func(inexact bool) string {
		if inexact {
			return "~"
		}
		return ""
	}
	var b []string
	for _, s := range all {
		text := fmt.Sprintf("%s%.0f-", mark(!s.Exact), s.Opened.Sub(start()).Minutes())
		if !s.Closed.IsZero() {
			text += fmt.Sprintf("%s%.0f", mark(s.Unseen), s.Closed.Sub(start()).Minutes())
		}
		b = append(b, text)
	}
	return strings.Join(b, " ")
}

// TestClockJump has events in the order in which they were recorded.
func TestClockJump(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	for i, at := range []time.Time{start(), start().AddDate(-1, 0, 0), start().Add(time.Minute), time.Unix(0, 0).AddDate(-3, 0, 0)} {
		j := judged(scanner.Opened, listener("web", 80), alerts.Known, at)
		j.Rule = int64(i)
		check(t, s.Record(tick(at, j)))
	}
	order := func(q Query) (s2 string) {
		for _, e := range must[[]Event](t)(s.Events(q)) {
			s2 += fmt.Sprint(e.Rule)
		}
		return s2
	}
	for q, want := range map[Query]string{
		{}:               "3210",
		{Since: start()}: "20",
		{Until: start()}: "310",
		{Since: start().AddDate(-2, 0, 0), Until: start().Add(-time.Hour)}: "1",
	} {
		if got := order(q); got != want {
			t.Errorf("%v: %s, want %s", q, got, want)
		}
	}
}

// TestHostileTexts has texts of any bytes and lengths: those that are short come
// back as they are, long ones are cut.
func TestHostileTexts(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	for _, text := range []string{"a\x00b", "\xff\xfe\x80", "\u202e<b>&\u2028", "'; DROP TABLE events; --", "\\u0000", "😀" + strings.Repeat("é", 10)} {
		l := listener(text, 80)
		l.Owners[0].Title, l.Device, l.User = text, text, text
		j := judged(scanner.Opened, l, alerts.New, start())
		j.Others = []alerts.Finding{{Verdict: alerts.New, Program: "exe:/b" + text}}
		f := alerts.Fingerprint{Program: j.Program, Proto: scanner.TCP, Port: 80, Reach: alerts.ReachIPv4}
		check(t, s.Record(Tick{Time: start(), Judgements: []alerts.Judgement{j}, Seen: []alerts.Fingerprint{f}}))
		events := must[[]Event](t)(s.Events(Query{Program: text, Limit: 1}))
		if len(events) != 1 {
			t.Fatalf("%q: not found", text)
		}
		wantSame(t, "event", events[0].Judgement, j)
		if known := must[[]alerts.Sighting](t)(s.Known()); !containsPrint(known, f) {
			t.Errorf("%q: the program is not known", text)
		}
		check(t, s.ForgetProgram("exe:/b"+text))
		if left := must[[]Event](t)(s.Events(Query{})); len(left) != 0 {
			t.Errorf("%q: not forgotten", text)
		}
	}
}

func containsPrint(all []alerts.Sighting, f alerts.Fingerprint) bool {
	for _, s := range all {
		if s.Fingerprint == f {
			return true
		}
	}
	return false
}

func TestLongTextsAreCut(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	for _, text := range []string{strings.Repeat("x", 1<<20), strings.Repeat("é", 1<<19), strings.Repeat("\xff", 1<<20), strings.Repeat("\x00", 1<<20)} {
		l := listener(text, 80)
		l.Owners[0].Title = text
		j := judged(scanner.Opened, l, alerts.New, start())
		for range 100 {
			j.Others = append(j.Others, alerts.Finding{Verdict: alerts.New, Program: text})
		}
		check(t, s.Record(tick(start(), j)))
	}
	for _, e := range must[[]Event](t)(s.Events(Query{})) {
		if o := e.Event.Listener.Owners[0]; len(o.Title) > maxText || len(o.Title) < maxText-1 || len(e.Program) > maxName || len(e.Program) < maxName-1 || len(e.Others) == 0 {
			t.Errorf("title of %d bytes, program of %d, %d others", len(o.Title), len(e.Program), len(e.Others))
		}
	}
	if i := must[Info](t)(s.Info()); i.Events != 4 || i.Size > 8<<20 {
		t.Errorf("%+v", i)
	}
}

// TestDisplayName is that of the owner that is the program, of several.
func TestDisplayName(t *testing.T) {
	l := scanner.Listener{UID: 1000, Owners: []scanner.Process{
		{Name: "sh", Path: "/bin/sh"}, {Name: "node", Path: "/home/u/.nvm/versions/node/v20.1.0/bin/node"},
		{Name: "node", Title: "shop", Path: "/home/u/.nvm/versions/node/v20.1.0/bin/node", Script: "/srv/shop/index.js"},
		{Name: "guard", UID: 7}, {Name: "perl", Title: "what one process calls itself", Path: "/usr/bin/perl"},
	}}
	for identity, want := range map[string]string{
		"exe:/bin/sh": "sh",
		"exe:/home/u/.nvm/versions/node/*/bin/node":                    "node",
		"exe:/home/u/.nvm/versions/node/*/bin/node /srv/shop/index.js": "shop",
		"exe:/usr/bin/perl": "perl",
		"hidden:7/guard":    "guard",
		"hidden:1000/":      "1000",
		"unit:cups.service": "cups.service",
	} {
		if got := displayName(identity, &l); got != want {
			t.Errorf("%s is named %q, want %q", identity, got, want)
		}
	}
	l.Owners = l.Owners[1:3]
	l.Behind = &supervisor.Manager{Kind: supervisor.Contained, Container: supervisor.Container{Image: "shop:1"}}
	if got := displayName(alerts.Program(&l, &l.Owners[0]), &l); got != "node" {
		t.Errorf("the container's is named %q", got)
	}
}

// TestManyOwnersStay: a server with a thousand workers is one row that loses none.
func TestManyOwnersStay(t *testing.T) {
	l := listener("web", 80)
	for i := range 999 {
		o := l.Owners[0]
		o.PID += i + 1
		l.Owners = append(l.Owners, o)
	}
	b := must[[]byte](t)(encodeListener(&l))
	back := must[scanner.Listener](t)(decodeListener(b))
	wantSame(t, "listener", back, l)
	for i := range l.Owners {
		l.Owners[i].Path = "/" + strings.Repeat("x", 4000)
	}
	back = must[scanner.Listener](t)(decodeListener(must[[]byte](t)(encodeListener(&l))))
	if n := len(back.Owners); n < 30 || n == 1000 {
		t.Errorf("%d owners with long paths", n)
	}
}
