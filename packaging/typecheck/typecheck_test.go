package main

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const (
		name = "broken/name_darwin.go:3:16: cannot use \"darwin\""
		half = "broken/inner/inner_darwin_amd64.go:3:26: cannot use Size / 2.5"
		miss = "broken/name_darwin_test.go:5:36: t.Missing undefined"
	)
	tests := []struct {
		dir, os, arch string
		faults        []string // what each line of the error holds, in order
	}{
		{"sound", "darwin", "arm64", nil},
		{"broken", "linux", "amd64", nil},
		{"broken", "darwin", "arm64", []string{name, miss}},
		{"broken", "darwin", "amd64", []string{half, name, miss}},
	}
	for _, tt := range tests {
		t.Run(tt.dir+"/"+tt.os+"/"+tt.arch, func(t *testing.T) {
			err := check("testdata/"+tt.dir, target{OS: tt.os, Arch: tt.arch}, []string{"."})
			if got := lines(err); !matches(got, tt.faults) {
				t.Errorf("faults:\n%s\nwant lines with %q", strings.Join(got, "\n"), tt.faults)
			}
		})
	}
}

func TestCheckNoSuchPackage(t *testing.T) {
	err := check("testdata/sound", target{OS: "darwin", Arch: "arm64"}, []string{"./missing"})
	if err == nil || !strings.Contains(err.Error(), "go list for darwin/arm64") {
		t.Errorf("error %v, want one of go list", err)
	}
}

func lines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func matches(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if !strings.Contains(got[i], want[i]) {
			return false
		}
	}
	return true
}
