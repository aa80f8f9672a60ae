package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"portlight/app/view"
)

// program builds the app without its window.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "port light")
	cmd := exec.Command("go", "build", "-tags", "nowindow", "-o", path, "portlight/app")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// TestSmoke tries the real program, which needs no desktop for `watch --record`.
func TestSmoke(t *testing.T) {
	path, doctor := program(t), filepath.Join(t.TempDir(), "doctor.json")
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	var out strings.Builder
	if err := smoke(context.Background(), &out, doctor, path, []string{"watch", "--record"}); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^version: portlight version \S+
list: \d+ listeners by sockdiag, with those of this process
doctor: sockdiag is in use; sockdiag works.*
agent: answers after \S+, and ends when it is asked to
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("said\n%s", &out)
	}
	data, err := os.ReadFile(doctor)
	if err != nil {
		t.Fatal(err)
	}
	var d view.Diagnosis
	if err := json.Unmarshal(data, &d); err != nil || d.Source == "" {
		t.Errorf("doctor's answer %q, %v", data, err)
	}
}

// TestSmokeFails: each step fails where it should.
func TestSmokeFails(t *testing.T) {
	path := program(t)
	blind := filepath.Join(t.TempDir(), "blind")
	if err := os.WriteFile(blind, []byte("#!/bin/sh\n[ $1 != list ] || echo '{\"source\":\"eyes\",\"listeners\":[]}'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path  string
		agent []string
		want  string
	}{
		{"/none", nil, "version: "},
		{"/bin/false", nil, "version: exit status 1"},
		{blind, nil, "is not among the 0 listeners by eyes"},
		{path, []string{"nonsense"}, "agent: it ended by itself"},
	} {
		err := smoke(context.Background(), &strings.Builder{}, "", tc.path, tc.agent)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s %q: %v, want %q", tc.path, tc.agent, err, tc.want)
		}
	}
}
