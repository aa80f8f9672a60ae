package launchd

import (
	"errors"
	"strings"
)

var errNoDatabase = errors.New("parse disabled jobs: the answer has no such list")

// ParseDisabled reads what "launchctl print-disabled" prints of a domain, as system or
// gui/501: for each label in launchd's database whether the job is switched off. A job that is not
// in it is as its property list says. Lines that say something else are skipped
// and counted. macOS writes "disabled" and "enabled", older ones "true" and "false";
// the list of login modes that follows is another matter.
func ParseDisabled(b []byte) (disabled map[string]bool, skipped int, err error) {
	_, list, ok := strings.Cut(string(b), "disabled services = {")
	if !ok {
		return nil, 0, errNoDatabase
	}
	list, _, ok = strings.Cut(list, "\n\t}")
	if !ok {
		list, _, _ = strings.Cut(list, "\n}")
	}
	disabled = map[string]bool{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if label, off, ok := parseOverride(line); ok {
			disabled[label] = off
		} else {
			skipped++
		}
	}
	return disabled, skipped, nil
}

// parseOverride reads a line as `"com.apple.smbd" => disabled`.
func parseOverride(line string) (label string, off, ok bool) {
	at := strings.LastIndex(line, `" => `)
	if at < 1 || line[0] != '"' {
		return "", false, false
	}
	label = line[1:at]
	switch line[at+len(`" => `):] {
	case "disabled", "true":
		return label, true, true
	case "enabled", "false":
		return label, false, true
	}
	return "", false, false
}
