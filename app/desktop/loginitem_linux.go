package desktop

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// LoginItem reports whether the desktop starts Portlight when the user logs in:
// whether an entry is in the user's autostart folder (Desktop Application
// Autostart Specification) that is not switched off.
func LoginItem() (on bool, err error) {
	path, err := autostartFile()
	if err != nil {
		return false, failed(err, triedReadLogin)
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return false, nil
	case err != nil:
		return false, failed(err, triedReadLogin)
	}
	defer f.Close()
	if on, err = parseAutostart(f); err != nil {
		return false, failed(fmt.Errorf("%s: %w", path, err), triedReadLogin)
	}
	return on, nil
}

// SetLoginItem makes the desktop start this program at login, or no more. The
// entry names the program by its path: after a move it must be set again.
func SetLoginItem(on bool) error {
	path, err := autostartFile()
	if err == nil && on {
		err = addAutostart(path)
	} else if err == nil {
		err = os.Remove(path)
	}
	if err != nil && (on || !errors.Is(err, os.ErrNotExist)) {
		return failed(err, triedSetLogin)
	}
	return nil
}

func autostartFile() (string, error) {
	dir, err := xdgDir("XDG_CONFIG_HOME", ".config")
	return filepath.Join(dir, "autostart", AppID+".desktop"), err
}

func addAutostart(path string) error {
	program, err := programPath()
	if err != nil {
		return err
	}
	entry, err := autostartEntry(program)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, entry)
}

// programPath is what starts this program again. Inside an AppImage it is the
// image, whose mount is another one at the next start.
func programPath() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return image, nil
	}
	return os.Executable()
}

func autostartEntry(program string) (string, error) {
	exec, err := quoteExec(program)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{
		"[Desktop Entry]",
		"Type=Application",
		"Name=" + wordName,
		"Comment=" + wordComment,
		"Exec=" + exec + " " + loginFlag,
		"Icon=" + AppID,
		"Terminal=false",
		"StartupNotify=false",
		"",
	}, "\n"), nil
}

// execArgument escapes inside a quoted argument (Desktop Entry Specification,
// "The Exec key"), and entryString then escapes the whole value ("Possible
// value types").
var (
	execArgument = strings.NewReplacer(`"`, `\"`, "`", "\\`", `$`, `\$`, `\`, `\\`, `%`, `%%`)
	entryString  = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`)
)

// quoteExec gives a program's path as the first word of an Exec key. A path with
// "=" in it cannot be given.
func quoteExec(program string) (string, error) {
	if strings.Contains(program, "=") {
		return "", hintEqualSign
	}
	return entryString.Replace(`"` + execArgument.Replace(program) + `"`), nil
}

// parseAutostart reads a desktop entry and reports whether it is switched on:
// it is an application to run, not hidden, nor off in GNOME's own key.
func parseAutostart(r io.Reader) (on bool, err error) {
	s := bufio.NewScanner(io.LimitReader(r, 1<<20))
	inside, runs, off := false, false, false
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		if strings.HasPrefix(line, "[") {
			inside = line == "[Desktop Entry]"
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		if !inside {
			continue
		}
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "Exec":
			runs = value != ""
		case "Hidden":
			off = off || value == "true"
		case "X-GNOME-Autostart-enabled":
			off = off || value == "false"
		}
	}
	return runs && !off, s.Err()
}
