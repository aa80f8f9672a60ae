package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/view"
)

// states tells the ids of all alerts with their states.
func states(t testing.TB, dir string) string {
	var words []string
	for _, a := range parsed[[]view.ReportedJSON](t, in(t, dir, "alerts --all --json")) {
		words = append(words, fmt.Sprint(a.ID, " ", a.State))
	}
	return strings.Join(words, ", ")
}

// newsOf is a data folder with four alerts.
func newsOf(t testing.TB) string {
	now := time.Now()
	return remembered(t,
		opened(t, now.Add(-3*time.Hour), alerts.New, "tcp 0.0.0.0:80 nginx", "tcp 0.0.0.0:22 sshd"),
		opened(t, now.Add(-2*time.Hour), alerts.New, "udp 0.0.0.0:443 nginx"),
		opened(t, now.Add(-time.Hour), alerts.New, "tcp 0.0.0.0:40000 tool ephemeral"))
}

func TestAlerts(t *testing.T) {
	dir := newsOf(t)
	if got := states(t, dir); got != "4 new, 3 new, 1 new, 2 new" {
		t.Errorf("%s", got)
	}
	list := parsed[[]view.ReportedJSON](t, in(t, dir, "alerts --json"))
	if a := list[1]; a.Program != "nginx" || a.Identity != "exe:/bin/nginx" || a.Count != 1 || a.Listener.Port != 443 || a.Listener.Proto != "udp" || a.Verdict != "new" ||
		a.Reason != "nginx listens on 443/udp where others can reach it, for the first time" {
		t.Errorf("%+v", a)
	}
	if got := in(t, dir, "alerts"); strings.Count(got, "\n") != 4 || strings.Count(got, "\t") != 40 {
		t.Errorf("%q", got)
	}
	in(t, dir, "rules add mute --program", list[1].Identity) // as it was printed
	if got := in(t, dir, "alerts seen 3 2"); got != "2 alerts marked as seen\n" {
		t.Errorf("%q", got)
	}
	if got := states(t, dir); got != "4 new, 1 new, 3 seen, 2 seen" {
		t.Errorf("%s", got)
	}
	fails(t, dir, exitError, "no such alert: 99", "alerts seen 1 99")
	if got := in(t, dir, "alerts seen --all") + in(t, dir, "alerts seen --all"); got != "2 alerts marked as seen\n0 alerts marked as seen\n" {
		t.Errorf("%q", got)
	}
	if got := in(t, dir, "alerts --json"); got != "[]\n" {
		t.Errorf("%q", got)
	}
}

func TestDecideAboutAlerts(t *testing.T) {
	dir := newsOf(t)
	if got := in(t, dir, "alerts allow 1"); got != "Alert 1 is allowed. Rule 1: Allow nginx (/bin/nginx) on tcp 80\n" {
		t.Errorf("%q", got)
	}
	if got := in(t, dir, "alerts mute 4 3"); got != "Alert 4 is muted. Rule 2: Mute tool (/bin/tool) on the tcp ports that the system hands out\nAlert 3 is muted. Rule 3: Mute nginx (/bin/nginx) on udp 443\n" {
		t.Errorf("%q", got)
	}
	in(t, dir, "alerts mute 3") // again
	in(t, dir, "alerts seen 3 1")
	if got := states(t, dir); got != "2 new, 4 muted, 3 muted, 1 allowed" {
		t.Errorf("%s", got)
	}
	const want = "Mute nginx (/bin/nginx) on udp 443; Mute tool (/bin/tool) on the tcp ports that the system hands out; Allow nginx (/bin/nginx) on tcp 80"
	if got := listed(t, dir); got != want {
		t.Errorf("%s", got)
	}
	fails(t, dir, exitError, "no such alert: 5", "alerts allow 2 5")
	if got := listed(t, dir); got != want {
		t.Errorf("a rule was made: %s", got)
	}
}

func TestPause(t *testing.T) {
	dir := remembered(t)
	s, err := history.Open(dir, history.Agent, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Set("history.days", "7"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Changed(); err != nil {
		t.Fatal(err)
	}
	paused := func() time.Time {
		t.Helper()
		changed, err := s.Changed()
		stored, errRead := s.Settings()
		settings, problems := alerts.ParseSettings(stored)
		if err != nil || errRead != nil || !changed || len(problems) > 0 || settings.KeepDays != 7 || len(stored) != 2 {
			t.Errorf("changed %v, %v, %v, %v, %v", changed, err, errRead, problems, stored)
		}
		return settings.Paused
	}
	for _, c := range []struct {
		args string
		want time.Time
	}{
		{"", time.Now().Add(time.Hour)},
		{"2h", time.Now().Add(2 * time.Hour)},
		{"until 9000-01-01 12:30", time.Date(9000, 1, 1, 12, 30, 0, 0, time.Local)},
	} {
		got := in(t, dir, "alerts pause "+c.args)
		if at := paused(); at.Sub(c.want).Abs() > time.Minute || got != "Alerts are paused until "+view.MinuteWords(at)+".\n" {
			t.Errorf("%q: %v, %q", c.args, at, got)
		}
	}
	if _, _, stderr := portlight("alerts", "--data-dir", dir); !strings.Contains(stderr, "alerts are paused until 9000-01-01 12:30") {
		t.Errorf("%q", stderr)
	}
	if got := in(t, dir, "alerts resume"); got != wordsResumed+"\n" || !paused().IsZero() {
		t.Errorf("%q", got)
	}
}

// TestAlertsSayThatNothingIsShown: the reason of the agent, as far as it lets it be shown.
func TestAlertsSayThatNothingIsShown(t *testing.T) {
	dir := newsOf(t)
	said := func(why string) string {
		t.Helper()
		s, err := history.Open(dir, history.Agent, history.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Set(keeper.SettingSilent, why); err != nil {
			t.Fatal(err)
		}
		_, _, stderr := portlight("alerts", "--data-dir", dir)
		return stderr
	}
	if got := said("no \x1b[31mservice"); !strings.HasPrefix(got, "note: notifications are not shown: no ") || strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
	if got := said(""); got != "" {
		t.Errorf("%q where they are shown", got)
	}
}
