package main

import (
	"testing"

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
// the window does what it can by itself.
func TestHandOver(t *testing.T) {
	dir := t.TempDir()
	for line, want := range map[string]string{desktop.Show: desktop.Show, clickLine("alert-7", actionAllow): desktop.Alerts} {
		if left := handOver(dir, line); left != want {
			t.Errorf("without an agent %q leaves %q, want %q", line, left, want)
		}
	}
	answer, got := answerFine, ""
	instance, err := desktop.Acquire(roleAgent, dir, func(line string) string { got = line; return answer })
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close()
	for _, line := range []string{desktop.Show, clickLine("alert-7", actionAllow)} {
		if left := handOver(dir, line); left != "" || got != line {
			t.Errorf("%q: the agent got %q, left is %q", line, got, left)
		}
	}
	answer = answerError + wordsNoWindow
	if left := handOver(dir, desktop.Show); left != desktop.Show {
		t.Errorf("of an agent that fails is left %q", left)
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
		clickLine("alert-1", "kill"):          answerError + wordsNotUnderstood,
		desktop.Clicked:                       answerError + wordsNotUnderstood,
		desktop.Clicked + " allow":            answerError + wordsNotUnderstood,
	} {
		if got := a.answer(line); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}
