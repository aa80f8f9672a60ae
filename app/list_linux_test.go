package main

import (
	"encoding/json"
	"net"
	"os"
	"strconv"
	"testing"

	"portlight/app/view"
)

// TestListByShortName finds a program by the kernel's short name, which
// `lsof -c` looks at, where that is not the name of the executable.
func TestListByShortName(t *testing.T) {
	const comm = "/proc/self/comm"
	before, err := os.ReadFile(comm)
	if err != nil {
		t.Fatal(err)
	}
	defer os.WriteFile(comm, before, 0)
	if err := os.WriteFile(comm, []byte("plight-worker"), 0); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	for name, want := range map[string]int{"plight-w": 1, "PLIGHT-WORKER": 1, "worker": 0, "plight-workers": 0} {
		code, stdout, stderr := portlight("list", "--json", "--port", port, "--process", name)
		var s view.SnapshotJSON
		if err := json.Unmarshal([]byte(stdout), &s); err != nil || code != exitFine {
			t.Fatalf("exit %d, error %v, stderr %q", code, err, stderr)
		}
		if len(s.Listeners) != want {
			t.Errorf("%s finds %d, want %d", name, len(s.Listeners), want)
		}
	}
}
