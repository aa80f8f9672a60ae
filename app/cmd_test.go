package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/scannertest"
)

// remembered makes a data folder in which an agent has recorded ticks.
func remembered(t testing.TB, ticks ...history.Tick) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s, err := history.Open(dir, history.Agent, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tick := range ticks {
		if err := s.Record(tick); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// opened is a tick in which listeners opened that are news.
func opened(t testing.TB, at time.Time, v alerts.Verdict, listeners ...string) history.Tick {
	tick := history.Tick{Time: at}
	for _, text := range listeners {
		l := scannertest.Listener(t, text)
		tick.Seen = append(tick.Seen, alerts.Fingerprints(&l)...)
		tick.Judgements = append(tick.Judgements, alerts.Judgement{
			Event: scanner.Event{Op: scanner.Opened, Time: at, Listener: l}, Verdict: v, Program: alerts.Program(&l, &l.Owners[0]),
		})
	}
	return tick
}

// in runs a command on a data folder, which must succeed, and gives what it prints.
func in(t testing.TB, dir, command string, more ...string) string {
	t.Helper()
	code, stdout, stderr := portlight(slices.Concat(strings.Fields(command), more, []string{"--data-dir", dir})...)
	if code != exitFine {
		t.Fatalf("%s: exit %d, %s", command, code, stderr)
	}
	return stdout
}

// fails runs a command that must end with a code and say something.
func fails(t testing.TB, dir string, code int, said, command string, more ...string) {
	t.Helper()
	got, stdout, stderr := portlight(slices.Concat(strings.Fields(command), more, []string{"--data-dir", dir})...)
	if got != code || !strings.Contains(stderr, said) || (code == exitUsage) != strings.Contains(stderr, "Usage:") {
		t.Errorf("%s %q: exit %d, stdout %q, stderr %q", command, more, got, stdout, stderr)
	}
}

func parsed[T any](t testing.TB, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

func listed(t testing.TB, dir string) string {
	var words []string
	for _, r := range parsed[[]view.RuleJSON](t, in(t, dir, "rules --json")) {
		words = append(words, r.Words)
	}
	return strings.Join(words, "; ")
}

// isEmpty checks that nothing was made in a folder.
func isEmpty(t testing.TB, dir string) {
	t.Helper()
	if all, err := os.ReadDir(dir); err == nil && len(all) > 0 {
		t.Errorf("there is %v", all)
	}
}

func TestBadInputOfMemoryCommands(t *testing.T) {
	withStdin(t, "") // no terminal
	dir := filepath.Join(t.TempDir(), "none")
	for _, c := range []struct{ said, command string }{
		{`action "deny" is none of`, "rules add deny --port 80"},
		{"accepts 1 arg", "rules add"},
		{`ports "0"`, "rules add allow --port 0"},
		{`ports "443-80"`, "rules add allow --port 443-80"},
		{`ports "http"`, "rules add allow --port http"},
		{"--all", "rules add allow"},
		{"--all", "rules add mute --all --udp"},
		{"--all", "rules add mute --all --program nginx"},
		{"not a length", "rules add allow --port 80 --for soon"},
		{"not a length", "rules add allow --port 80 --for -1h"},
		{"not a length", "rules add allow --port 80 --for 99999999999999999999d"},
		{"is not understood", "rules add allow --port 80 --until someday"},
		{"is not in the future", "rules add allow --port 80 --until 2001-01-01"},
		{"is not understood", "rules add allow --port 80 --until 0001-01-01"},
		{"none of the others", "rules add allow --port 80 --for 1h --until tomorrow"},
		{"none of the others", "rules add allow --port 80 --first --last"},
		{"none of the others", "rules add allow --port 80 --network --loopback"},
		{"a text is longer", "rules add allow --port 80 --note " + strings.Repeat("x", 5000)},
		{"requires at least 1", "rules remove"},
		{`"first" is no id`, "rules remove first"},
		{`"0" is no id`, "rules remove 0"},
		{"accepts 1 arg", "rules import"},
		{`unknown command "nonsense"`, "rules nonsense"},
		{"is not understood", "history --since someday"},
		{"port 0 is not between", "history --port 0"},
		{"--limit 0", "history --limit 0"},
		{"--until is before --since", "history --since 1h --until 2h"},
		{"at least one of the flags", "history delete --yes"},
		{"none of the others", "history delete --all --program nginx"},
		{"say --yes", "history delete --all"},
		{`unknown command "nonsense"`, "history nonsense"},
		{"name the alerts", "alerts seen"},
		{"name the alerts", "alerts seen 1 --all"},
		{`"x" is no id`, "alerts allow x"},
		{"requires at least 1", "alerts mute"},
		{"is not understood", "alerts pause until someday"},
		{"is not in the future", "alerts pause until now"},
		{"is not understood", "alerts pause until"},
		{`unknown command "nonsense"`, "alerts nonsense"},
	} {
		fails(t, dir, exitUsage, c.said, c.command)
	}
	isEmpty(t, filepath.Dir(dir))
}

// TestNothingRemembered: who reads makes nothing, and says so in words.
func TestNothingRemembered(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	for command, want := range map[string]string{
		"rules": "", "rules list": "", "rules --json": "[]\n", "history": "", "history --json": "[]\n", "alerts": "", "alerts --all": "", "alerts --json": "[]\n",
	} {
		code, stdout, stderr := portlight(append(strings.Fields(command), "--data-dir", dir)...)
		if code != exitFine || stdout != want || !strings.Contains(stderr, errNoMemory.Error()) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", command, code, stdout, stderr)
		}
	}
	for _, command := range []string{"rules remove 1", "history delete --all --yes", "alerts seen 1", "alerts seen --all", "alerts allow 1"} {
		fails(t, dir, exitError, errNoMemory.Error(), command)
	}
	isEmpty(t, filepath.Dir(dir))
	dir = remembered(t)
	for command, want := range map[string]string{
		"rules": wordsNoRules, "history": wordsNoEvents, "alerts": wordsNoNews, "alerts --all": wordsNoAlerts,
	} {
		code, stdout, stderr := portlight(append(strings.Fields(command), "--data-dir", dir)...)
		if code != exitFine || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", command, code, stdout, stderr)
		}
	}
}

// memoryCommands is one of each that reads, and one that writes.
func memoryCommands() []string {
	return []string{"rules", "history", "alerts", "rules add allow --port 80", "alerts pause", "history delete --all --yes", "rules export"}
}

func TestUnusableMemory(t *testing.T) {
	newer := remembered(t)
	file := filepath.Join(newer, history.FileName)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(b[60:], 1000) // user_version
	damaged, unreadable := t.TempDir(), t.TempDir()
	for name, write := range map[string]error{
		"newer":      os.WriteFile(file, b, 0o600),
		"damaged":    os.WriteFile(filepath.Join(damaged, history.FileName), []byte(strings.Repeat("no database", 100)), 0o600),
		"unreadable": os.Mkdir(filepath.Join(unreadable, history.FileName), 0o700), // to root, too
	} {
		if write != nil {
			t.Fatalf("%s: %v", name, write)
		}
	}
	for dir, want := range map[string]error{newer: history.ErrNewer, damaged: history.ErrDamaged, unreadable: history.ErrReadOnly} {
		for _, command := range memoryCommands() {
			fails(t, dir, exitError, want.Error(), command)
		}
		if d := parsed[view.Diagnosis](t, in(t, dir, "doctor --json")); !d.Memory.Found || !strings.Contains(d.Memory.Error, want.Error()[:20]) {
			t.Errorf("doctor: %+v", d.Memory)
		}
	}
}

// TestMemoryCommandsOnAFullDisk: that nothing can be printed is an error.
func TestMemoryCommandsOnAFullDisk(t *testing.T) {
	dir := remembered(t, opened(t, time.Now(), alerts.New, "tcp 0.0.0.0:80 nginx"))
	in(t, dir, "rules add allow --port 80")
	for _, command := range []string{
		"rules", "rules --json", "rules add allow --port 80", "rules export", "history", "history --json", "alerts", "alerts --json",
		"alerts allow 1", "alerts seen 1", "alerts pause", "alerts resume", "rules remove 1", "doctor", "history delete --all --yes",
	} {
		var stderr bytes.Buffer
		code := run(append(strings.Fields(command), "--data-dir", dir), full{}, &stderr)
		if code != exitError || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%s: exit %d, stderr %q", command, code, stderr.String())
		}
	}
}

func TestFlagsOfSubcommandsNameTheirValues(t *testing.T) {
	root := newRoot(newProgram(io.Discard, io.Discard))
	for _, cmd := range root.Commands() {
		for _, sub := range cmd.Commands() {
			if strings.Contains(sub.LocalFlags().FlagUsages(), "`") || sub.Short == "" {
				t.Errorf("%s: %q", sub.CommandPath(), sub.LocalFlags().FlagUsages())
			}
		}
	}
}

func TestDoctorTellsOfTheMemory(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	dir := filepath.Join(t.TempDir(), "none")
	d := parsed[view.Diagnosis](t, in(t, dir, "doctor --json"))
	if d.Memory.Found || d.Memory.Error != "" || d.Memory.Path != filepath.Join(dir, history.FileName) || d.Memory.KeepDays != 90 {
		t.Errorf("%+v", d.Memory)
	}
	if n := d.Notifications; n.Agent || n.Works || !strings.Contains(n.Error, "/nonexistent") {
		t.Errorf("%+v", n)
	}
	isEmpty(t, filepath.Dir(dir))
}

func TestDoctorCountsTheMemory(t *testing.T) {
	begin := time.Now().Add(-72 * time.Hour).Truncate(time.Second)
	var ticks []history.Tick
	for i := range 5 {
		ticks = append(ticks, opened(t, begin.Add(time.Duration(i)*time.Hour), alerts.New, fmt.Sprintf("tcp 0.0.0.0:%d nginx", 80+i)))
	}
	dir := remembered(t, ticks...)
	in(t, dir, "rules add allow --port 80")
	s, err := history.Open(dir, history.Agent, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SetAll(map[string]string{keeper.SettingSilent: "no service", "history.days": "7"}); err != nil {
		t.Fatal(err)
	}
	instance, err := desktop.Acquire(roleAgent, dir, func(string) string { return answerFine })
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close()
	d := parsed[view.Diagnosis](t, in(t, dir, "doctor --json"))
	if m := d.Memory; !m.Found || m.Error != "" || m.Events != 5 || m.Programs != 1 || m.Rules != 1 || m.Unseen != 5 || m.Bytes < 4096 || m.KeepDays != 7 ||
		m.KeepEvents != 200_000 || m.Oldest == nil || !m.Oldest.Equal(begin) || m.Skipped != 0 {
		t.Errorf("%+v", m)
	}
	if n := d.Notifications; !n.Agent || n.LastError != "no service" {
		t.Errorf("%+v", n)
	}
}

func TestOldestEvent(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	for n := range 12 {
		var ticks []history.Tick
		for i := range n {
			ticks = append(ticks, opened(t, now.Add(time.Duration(i)*time.Minute), alerts.Known, "tcp 0.0.0.0:80 nginx"))
		}
		s, err := history.Open(remembered(t, ticks...), history.Agent, history.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := time.Time{}
		if n > 0 {
			want = now
		}
		if got, err := oldestEvent(s); err != nil || !got.Equal(want) {
			t.Errorf("of %d: %v, %v", n, got, err)
		}
		s.Close()
	}
}

func TestParseMoment(t *testing.T) {
	now := time.Date(2026, 11, 24, 15, 30, 0, 0, time.FixedZone("there", 3*3600))
	for _, c := range []struct {
		text         string
		past, future string // "" is an error
	}{
		{"24h", "2026-11-23 15:30:00", "2026-11-25 15:30:00"},
		{"2d", "2026-11-22 15:30:00", "2026-11-26 15:30:00"},
		{"1w", "2026-11-17 15:30:00", "2026-12-01 15:30:00"},
		{"90s", "2026-11-24 15:28:30", "2026-11-24 15:31:30"},
		{"2026-11-01", "2026-11-01 00:00:00", "2026-11-01 00:00:00"},
		{"2026-11-01 08:05", "2026-11-01 08:05:00", "2026-11-01 08:05:00"},
		{"2026-11-01T08:05:07", "2026-11-01 08:05:07", "2026-11-01 08:05:07"},
		{"2026-11-01T08:05:07Z", "2026-11-01 11:05:07", "2026-11-01 11:05:07"},
		{"15:30", "2026-11-24 15:30:00", "2026-11-25 15:30:00"},
		{"15:31", "2026-11-23 15:31:00", "2026-11-24 15:31:00"},
		{"08:00:01", "2026-11-24 08:00:01", "2026-11-25 08:00:01"},
		{"now", "2026-11-24 15:30:00", "2026-11-24 15:30:00"},
		{"Today", "2026-11-24 00:00:00", "2026-11-24 00:00:00"},
		{"yesterday", "2026-11-23 00:00:00", "2026-11-23 00:00:00"},
		{"tomorrow", "2026-11-25 00:00:00", "2026-11-25 00:00:00"},
		{"", "", ""}, {"-1h", "", ""}, {"0s", "", ""}, {"2026-13-01", "", ""}, {"0001-01-01", "", ""}, {"24:00", "", ""}, {"d", "", ""}, {"1.5d", "", ""}, {"40000d", "", ""},
	} {
		for past, want := range map[bool]string{true: c.past, false: c.future} {
			got, err := parseMoment(c.text, now, past)
			if text := got.In(now.Location()).Format(time.DateTime); (err == nil) != (want != "") || err == nil && text != want {
				t.Errorf("%q, past %v: %v, %v, want %q", c.text, past, got, err, want)
			}
		}
	}
}

// FuzzParseMoment: a time that is understood can be stored.
func FuzzParseMoment(f *testing.F) {
	for _, seed := range []string{"24h", "7d", "2026-11-01 15:04", "15:04", "2026-11-01T08:05:07+03:00", "9999999d"} {
		f.Add(seed, true)
	}
	now := time.Date(2026, 11, 24, 15, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string, past bool) {
		if got, err := parseMoment(s, now, past); err == nil && (got.Year() < 1900 || got.Year() > 9999) {
			t.Errorf("%q is %v", s, got)
		}
	})
}

// withStdin has commands read a text.
func withStdin(t testing.TB, text string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = old; r.Close() })
	if _, err := w.WriteString(text); err != nil { // less than a pipe holds
		t.Fatal(err)
	}
	w.Close()
}

// interrupted is a context that has ended.
func interrupted() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
