package desktop

import (
	"encoding/binary"
	"testing"
	"time"
)

// code is a four-character code as headers write it.
func code(s string) uint32 { return binary.BigEndian.Uint32([]byte(s)) }

func TestMustQuit(t *testing.T) {
	if quitReasonKeyword != code("why?") {
		t.Errorf("keyword %#x", quitReasonKeyword)
	}
	now := time.Now()
	for _, c := range []struct {
		reason    string
		announced time.Time
		want      bool
	}{
		{reason: "", want: false}, // Cmd-Q, Quit in the Dock, `tell application to quit`
		{reason: "quia", want: false},
		{reason: "logo", want: true},
		{reason: "rlgo", want: true},
		{reason: "rrst", want: true},
		{reason: "rest", want: true},
		{reason: "rsdn", want: true},
		{reason: "shut", want: true},
		{reason: "new!", want: true},
		{reason: "", announced: now, want: true},
		{reason: "quia", announced: now.Add(-logoutLasts + time.Second), want: true},
		{reason: "", announced: now.Add(-logoutLasts), want: false}, // it was cancelled meanwhile
		{reason: "rlgo", announced: now.Add(-logoutLasts), want: true},
		{reason: "", announced: now.Add(time.Second), want: false}, // the clock was set back
	} {
		var r quitReason
		if c.reason != "" {
			r = quitReason(code(c.reason))
		}
		if got := mustQuit(r, c.announced, now); got != c.want {
			t.Errorf("mustQuit(%q, %v ago) = %v", c.reason, now.Sub(c.announced), got)
		}
	}
}
