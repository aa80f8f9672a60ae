package desktop

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"portlight/scanner/supervisor/launchd"
)

// TestLaunchAgent: what is written is a job that the parser of launchd's jobs knows.
func TestLaunchAgent(t *testing.T) {
	path := launchAgentFile(t.TempDir())
	program := "/Users/u/My <Apps>/Portlight & co.app/Contents/MacOS/portlight"
	for _, on := range []bool{false, true, true, false, false} {
		if err := setLaunchAgent(path, program, on); err != nil {
			t.Fatal(err)
		}
		if got, err := readLaunchAgent(path); got != on || err != nil {
			t.Errorf("on %v: %v, %v", on, got, err)
		}
		if !on {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if job, err := launchd.Parse(b); err != nil || job.Label != AppID {
			t.Errorf("%+v, %v", job, err)
		}
		dict, err := launchd.ReadDict(path)
		if arguments, _ := dict["ProgramArguments"].([]any); err != nil || len(arguments) != 2 || arguments[0] != program || arguments[1] != "--login" {
			t.Errorf("%v, %v", dict, err)
		}
		if left, err := os.ReadDir(filepath.Dir(path)); len(left) != 1 || err != nil {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

func TestLaunchAgentByOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job.plist")
	const head, tail = `<?xml version="1.0"?><plist version="1.0"><dict>`, `</dict></plist>`
	const program = `<key>ProgramArguments</key><array><string>/p</string></array>`
	for text, want := range map[string]bool{
		head + program + `<key>RunAtLoad</key><true/>` + tail:                           true,
		head + program + `<key>RunAtLoad</key><true/><key>Disabled</key><true/>` + tail: false,
		head + program + `<key>RunAtLoad</key><string>yes</string>` + tail:              false,
		head + program + tail: false,
		head + `<key>RunAtLoad</key><true/><key>ProgramArguments</key><true/>` + tail: false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if on, err := readLaunchAgent(path); on != want || err != nil {
			t.Errorf("%s: %v, %v", text, on, err)
		}
	}
	if err := os.WriteFile(path, []byte("no list"), 0o600); err != nil {
		t.Fatal(err)
	}
	if on, err := readLaunchAgent(path); on || err == nil {
		t.Errorf("damaged: %v, %v", on, err)
	}
	if err := setLaunchAgent(filepath.Join(path, "below"), "/p", true); err == nil {
		t.Error("below a file: no error")
	}
}

// TestServiceStatus: macOS may refuse and wait for approval at once, and may keep silent.
func TestServiceStatus(t *testing.T) {
	refusal := errors.New("operation not permitted")
	for _, c := range []struct {
		now   serviceStatus
		on    bool
		fault error
		want  string
	}{
		{serviceOn, true, nil, ""},
		{serviceOn, true, refusal, ""},
		{serviceUnapproved, true, refusal, hintUnapproved.Error()},
		{serviceUnapproved, true, nil, hintUnapproved.Error()},
		{serviceOff, true, refusal, refusal.Error()},
		{serviceNotFound, true, nil, hintNotChanged.Error()},
		{serviceOff, false, nil, ""},
		{serviceNotFound, false, refusal, ""},
		{serviceOn, false, refusal, refusal.Error()},
		{serviceUnapproved, false, nil, hintNotChanged.Error()},
		{42, true, nil, hintNotChanged.Error()},
	} {
		got := ""
		if err := c.now.after(c.on, c.fault); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%d, on %v, %v: %q, want %q", c.now, c.on, c.fault, got, c.want)
		}
	}
}
