package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
)

// maxPrograms is how many programs an error names.
const maxPrograms = 10

// findProgram gives the identity of the program that a person means: by its
// identity, by the path of its executable, or by a name that one of the programs
// that are remembered has.
func findProgram(s *history.Store, text string) (identity string, remembered bool, err error) {
	known, err := knownPrograms(s, text)
	if err != nil {
		return "", false, err
	}
	switch {
	case alerts.IsIdentity(text):
		return text, known[text] != nil, nil
	case filepath.IsAbs(text):
		return ofPath(known, text)
	}
	identity, err = ofName(known, text)
	return identity, true, err
}

// ofPath finds a program by its executable. A link is followed, as the kernel does.
// What an interpreter runs is a program of its own.
func ofPath(known programNames, file string) (identity string, remembered bool, err error) {
	identity = alerts.OfFile(file)
	if known[identity] != nil {
		return identity, true, nil
	}
	var runs []string
	for other := range known {
		if strings.HasPrefix(other, identity+" ") {
			runs = append(runs, other)
		}
	}
	switch len(runs) {
	case 0:
		return identity, false, nil
	case 1:
		return runs[0], true, nil
	}
	return "", false, fmt.Errorf(wordsManyPrograms, file, listPrograms(runs))
}

// ofName finds a program by one of its names.
func ofName(known programNames, name string) (string, error) {
	var same, like []string
	for identity, names := range known {
		switch {
		case slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }):
			same = append(same, identity)
		case strings.Contains(strings.ToLower(identity), strings.ToLower(name)):
			like = append(like, identity)
		}
	}
	switch {
	case len(same) == 1:
		return same[0], nil
	case len(same) > 1:
		return "", fmt.Errorf(wordsManyPrograms, name, listPrograms(same))
	case len(like) > 0:
		return "", unknownProgram{fmt.Errorf(wordsLikePrograms, name, listPrograms(like))}
	}
	return "", unknownProgram{fmt.Errorf(wordsNoProgram, name)}
}

func listPrograms(identities []string) string {
	slices.Sort(identities)
	more := ""
	if n := len(identities) - maxPrograms; n > 0 {
		identities, more = identities[:maxPrograms], fmt.Sprintf("\n  and %d more", n)
	}
	var b strings.Builder
	for _, i := range identities {
		b.WriteString("\n  " + view.Clean(i, maxNote))
	}
	return b.String() + more
}

// programNames are names of programs, by their identities.
type programNames map[string][]string

// add adds names to those that an identity itself tells.
func (known programNames) add(identity string, names ...string) {
	for _, n := range append(alerts.Names(identity), names...) {
		if n != "" && !slices.Contains(known[identity], n) {
			known[identity] = append(known[identity], n)
		}
	}
}

// knownPrograms gives the programs that are remembered: those that events give are of
// programs that a text is part of.
func knownPrograms(s *history.Store, text string) (programNames, error) {
	sightings, err := s.Known()
	events, errEvents := s.Events(history.Query{Program: text, Limit: pageEvents})
	if err := errors.Join(err, errEvents); err != nil {
		return nil, err
	}
	known := programNames{}
	for _, f := range sightings {
		known.add(f.Program)
	}
	for _, e := range events {
		known.add(e.Program, e.Name)
		for _, o := range e.Others {
			known.add(o.Program)
		}
	}
	return known, nil
}
