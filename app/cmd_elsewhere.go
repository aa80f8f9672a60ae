package main

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// unknownProgram is an error that says that no program is remembered by a name.
type unknownProgram struct{ error }

// findAnyProgram is findProgram for programs that need not have been seen: one that
// listens now, or a file of that name in PATH or where services are, is found too.
func findAnyProgram(ctx context.Context, s *history.Store, text string) (identity string, remembered bool, err error) {
	identity, remembered, err = findProgram(s, text)
	if !errors.As(err, new(unknownProgram)) {
		return identity, remembered, err
	}
	now, errNow := ofName(listening(ctx), text)
	switch file := inPath(text); {
	case errNow == nil:
		return now, false, nil
	case !errors.As(errNow, new(unknownProgram)): // it is several
		return "", false, errNow
	case file != "":
		return ofPath(nil, file)
	}
	return "", false, err
}

// listening gives the programs that listen now, with their names; none where nothing
// tells.
func listening(ctx context.Context) programNames {
	snap, err := scan(ctx, false)
	if err != nil {
		return nil
	}
	return namesOf(snap)
}

func namesOf(s *scanner.Snapshot) programNames {
	known := programNames{}
	for i := range s.Listeners {
		l := &s.Listeners[i]
		for j := range l.Owners {
			p := &l.Owners[j]
			known.add(alerts.Program(l, p), p.Name, p.Title)
		}
	}
	return known
}

// inPath finds a program as a shell does, and where services are that a user's PATH
// may lack; "" if there is none.
func inPath(name string) string {
	if strings.ContainsRune(name, filepath.Separator) {
		return ""
	}
	for _, file := range []string{name, "/usr/local/sbin/" + name, "/usr/sbin/" + name, "/sbin/" + name} {
		if found, err := exec.LookPath(file); err == nil && filepath.IsAbs(found) {
			return found
		}
	}
	return ""
}
