package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"portlight/app/view"
)

// portlight runs the program in this process.
func portlight(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(args, &out, &err)
	return code, out.String(), err.String()
}

func TestUsageErrorsExitWith2(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--nonsense", "unknown flag: --nonsense"},
		{"nonsense", `unknown command "nonsense"`},
		{"list --nonsense", "unknown flag: --nonsense"},
		{"list extra", `unknown command "extra"`},
		{"list --port 70000", "port 70000 is not between"},
		{"list --port 0", "port 0 is not between"},
		{"help nonsense", `unknown command "nonsense"`},
		{"completion nonsense", `unknown command "nonsense"`},
		{"watch --interval 1ms", "--interval 1ms is not between"},
		{"service", "accepts 1 arg"},
		{"service 0", "port 0 is not between"},
		{"service 65536", "port 65536 is not between"},
		{"service 99999999999999999999", "is not between"},
		{"service 22/sctp", "neither tcp nor udp"},
	} {
		code, stdout, stderr := portlight(strings.Fields(c.args)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "Usage:") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
}

func TestUnknownServiceExitsWith1(t *testing.T) {
	code, stdout, stderr := portlight("service", "no-such-service-name")
	if code != exitError || stdout != "" || strings.Contains(stderr, "Usage:") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestServiceBothWays(t *testing.T) {
	for _, query := range []string{"22", "22/tcp", "ssh", "SSH"} {
		code, stdout, stderr := portlight("service", query, "--json")
		var found []view.ServiceJSON
		if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != exitFine {
			t.Fatalf("%s: exit %d, error %v, stderr %q", query, code, err, stderr)
		}
		ok := false
		for _, s := range found {
			ok = ok || s.Name == "ssh" && s.Port == 22 && s.Proto == "tcp" && s.Source == "iana"
		}
		if !ok {
			t.Errorf("%s: no ssh on 22 by IANA in %v", query, found)
		}
	}
}

func TestListFindsAnOwnListener(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	list := func(args ...string) []view.ListenerJSON {
		t.Helper()
		code, stdout, stderr := portlight(append([]string{"list", "--json", "--port", port}, args...)...)
		var s view.SnapshotJSON
		if err := json.Unmarshal([]byte(stdout), &s); err != nil || code != exitFine {
			t.Fatalf("exit %d, error %v, stderr %q", code, err, stderr)
		}
		return s.Listeners
	}
	found := list("--tcp")
	if len(found) != 1 || len(found[0].Processes) != 1 || found[0].Processes[0].PID != os.Getpid() || found[0].External {
		t.Fatalf("got %+v", found)
	}
	if got := list("--process", strings.ToUpper(found[0].Processes[0].Name[:3])); len(got) != 1 {
		t.Errorf("--process with the beginning of the name finds %d", len(got))
	}
	for _, args := range [][]string{{"--udp"}, {"--external"}, {"--process", "no-such-program"}} {
		if got := list(args...); len(got) != 0 {
			t.Errorf("%v finds %v", args, got)
		}
	}
	if code, stdout, _ := portlight("list", "--port", port); code != exitFine || strings.Count(stdout, "\t") != 6 || strings.Contains(stdout, "\x1b") {
		t.Errorf("piped text: exit %d, %q", code, stdout)
	}
}

func TestListWithoutAMatch(t *testing.T) {
	code, stdout, stderr := portlight("list", "--process", "no-such-program")
	if code != exitFine || stdout != "" || !strings.Contains(stderr, wordsNoMatch) {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestWindowArgs(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"show", ""},
		{"settings", "--settings"},
		{"show tcp:[::]:80", "--show=tcp:[::]:80"},
		{"stop tcp:0.0.0.0:80", "--stop=tcp:0.0.0.0:80"},
	} {
		if got := strings.Join(windowArgs(c.line), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.line, got, c.want)
		}
	}
}

// TestDoctor tries the sources of this system.
func TestDoctor(t *testing.T) {
	code, stdout, stderr := portlight("doctor", "--json")
	var d view.Diagnosis
	if err := json.Unmarshal([]byte(stdout), &d); err != nil || code != exitFine {
		t.Fatalf("exit %d, error %v, stderr %q", code, err, stderr)
	}
	if d.Source != d.Sources[0].Name || !d.Sources[0].Works || d.Seen.Listeners != d.Seen.WithOwner+d.Seen.Hidden || d.Notes == nil {
		t.Errorf("got %+v", d)
	}
	if code, stdout, _ := portlight("doctor"); code != exitFine || !strings.Contains(stdout, d.Source) {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
}
