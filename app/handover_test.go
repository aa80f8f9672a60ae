package main

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"portlight/app/desktop"
	"portlight/app/notify"
)

func TestClickLine(t *testing.T) {
	for _, action := range []string{notify.Default, actionDetails, actionAllow, actionMute} {
		for _, key := range []string{"alert-7", "welcome", "closed-tcp 0.0.0.0:80"} {
			verb, argument := desktop.Split(clickLine(key, action))
			k, a, ok := parseClick(argument)
			if verb != desktop.Clicked || k != key || a != action || !ok {
				t.Errorf("%s of %q: %s, %q, %s, %v", action, key, verb, k, a, ok)
			}
		}
	}
	for _, bad := range []string{"", " ", "allow", "allow ", "kill alert-7", " alert-7", "ALLOW alert-7"} {
		if key, action, ok := parseClick(bad); ok {
			t.Errorf("parseClick(%q) = %q, %q", bad, key, action)
		}
	}
}

// TestHandOver: an agent takes what came to the window; without one, or where it cannot,
// the window does what it can by itself. Only a start of the app starts an agent.
func TestHandOver(t *testing.T) {
	dir, started := t.TempDir(), 0
	fault := errors.New("no room")
	start := func() error { started++; return fault }
	for line, want := range map[string]string{desktop.Show: desktop.Show, clickLine("alert-7", actionAllow): desktop.Alerts} {
		started = 0
		left, err := handOver(dir, line, start)
		if left != want || started == 1 != (line == desktop.Show) || errors.Is(err, fault) != (started == 1) || err == nil {
			t.Errorf("without an agent %q leaves %q, want %q; started %d, %v", line, left, want, started, err)
		}
	}
	answer, got := answerFine, ""
	instance, err := desktop.Acquire(roleAgent, dir, func(line string) string { got = line; return answer })
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close()
	started = 0
	for _, line := range []string{desktop.Show, clickLine("alert-7", actionAllow)} {
		if left, err := handOver(dir, line, start); left != "" || err != nil || got != line {
			t.Errorf("%q: the agent got %q, left is %q, %v", line, got, left, err)
		}
	}
	answer = answerError + errNoWindow().Error()
	if left, err := handOver(dir, desktop.Show, start); left != desktop.Show || err == nil || started != 0 {
		t.Errorf("of an agent that fails is left %q, %v; started %d", left, err, started)
	}
}

// TestCommand: another face is told of the same folder and the same pace.
func TestCommand(t *testing.T) {
	p := newProgram(nil, nil)
	p.interval = 2 * time.Second
	cmd, err := p.command("/tmp/a folder", "window", "--alerts")
	if err != nil {
		t.Fatal(err)
	}
	self, _ := os.Executable()
	if want := []string{self, "window", "--alerts", "--data-dir", "/tmp/a folder", "--interval", "2s"}; !slices.Equal(cmd.Args, want) {
		t.Errorf("%q, want %q", cmd.Args, want)
	}
}

// TestAnswerClick: the agent takes only clicks that there can be.
func TestAnswerClick(t *testing.T) {
	ended := make(chan struct{})
	close(ended)
	a := newAgent(newProgram(nil, nil))
	a.ended = ended
	for line, want := range map[string]string{
		clickLine(keyFailure, notify.Default): answerFine, // nothing is done then
		clickLine("alert-1", "kill"):          answerError + wordsNotUnderstood.String(),
		desktop.Clicked:                       answerError + wordsNotUnderstood.String(),
		desktop.Clicked + " allow":            answerError + wordsNotUnderstood.String(),
	} {
		if got := a.answer(line); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}
