package main

import (
	"testing"

	"portlight/scanner"
	"portlight/scanner/scannertest"
)

// TestNamesOfListeners: a program that holds several has all of its names.
func TestNamesOfListeners(t *testing.T) {
	var s scanner.Snapshot
	for i, text := range []string{"tcp 0.0.0.0:80 python3", "tcp 0.0.0.0:81 python3", "tcp 0.0.0.0:82 nginx"} {
		l := scannertest.Listener(t, text)
		l.Owners[0].Title = []string{"app.py", "", "nginx: master"}[i]
		s.Listeners = append(s.Listeners, l)
	}
	known := namesOf(&s)
	for name, want := range map[string]string{"app.py": "exe:/bin/python3", "python3": "exe:/bin/python3", "nginx: master": "exe:/bin/nginx"} {
		if got, err := ofName(known, name); got != want || err != nil {
			t.Errorf("%q is %q, %v, want %q", name, got, err, want)
		}
	}
}
