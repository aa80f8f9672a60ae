package main

import (
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

// TestPins keeps modules at or above the version that first works: go-m1cpu
// before v0.2.1 crashes on newer Macs before main begins.
func TestPins(t *testing.T) {
	for module, least := range map[string]string{"github.com/shoenig/go-m1cpu": "v0.2.1"} {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module).Output()
		if err != nil {
			t.Fatalf("go list -m %s: %v", module, err)
		}
		if v := strings.TrimSpace(string(out)); semver.Compare(v, least) < 0 {
			t.Errorf("%s is at %s, want %s or newer", module, v, least)
		}
	}
}
