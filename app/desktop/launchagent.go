package desktop

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"howett.net/plist"

	"portlight/scanner/supervisor/launchd"
)

// launchAgent is a job of launchd for a user's session, launchd.plist(5).
type launchAgent struct {
	Label                  string
	ProgramArguments       []string
	RunAtLoad              bool
	LimitLoadToSessionType string // launchctl(1): Aqua is one with a desktop
	ProcessType            string
}

// launchAgentFile is where a home folder has the job that starts Portlight at login.
func launchAgentFile(home string) string {
	return filepath.Join(home, "Library", "LaunchAgents", AppID+".plist")
}

// readLaunchAgent reports whether there is a job that starts something at login.
func readLaunchAgent(path string) (on bool, err error) {
	job, err := launchd.ReadDict(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	}
	arguments, _ := job["ProgramArguments"].([]any)
	return job["RunAtLoad"] == true && job["Disabled"] != true && len(arguments) > 0, nil
}

// setLaunchAgent writes the job that starts a program at login, or removes it.
func setLaunchAgent(path, program string, on bool) error {
	if !on {
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	var b bytes.Buffer
	job := launchAgent{
		Label: AppID, ProgramArguments: []string{program, loginFlag}, RunAtLoad: true,
		LimitLoadToSessionType: "Aqua", ProcessType: "Interactive",
	}
	encoder := plist.NewEncoderForFormat(&b, plist.XMLFormat)
	encoder.Indent("\t")
	if err := encoder.Encode(job); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, b.String())
}
