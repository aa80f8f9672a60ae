package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "\nUsage: portlight") || strings.Count(stderr, "\n") > 4 || !strings.HasSuffix(stderr, " --help\n") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
}

func TestUnknownServiceExitsWith1(t *testing.T) {
	for query, said := range map[string]string{
		"no-such-service-name": `no service is known as "no-such-service-name"`,
		"64999":                "port 64999 has no name: ports from 49152 on",
		"64999/udp":            "port 64999/udp has no name: ports from 49152 on",
		"4":                    "port 4 has no name\n",
	} {
		for flag, want := range map[string]string{"--json=false": "", "--json": "[]\n"} {
			code, stdout, stderr := portlight("service", query, flag)
			if code != exitError || stdout != want || !strings.Contains(stderr, said) || strings.Contains(stderr, "Usage:") {
				t.Errorf("%s %s: exit %d, stdout %q, stderr %q", query, flag, code, stdout, stderr)
			}
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestFullDiskExitsWith1(t *testing.T) {
	for _, args := range []string{
		"--version", "--help", "help list", "completion", "completion bash", "completion zsh",
		"list", "list --json", "service ssh", "service ssh --json", "service 64999 --json", "doctor", "doctor --json",
	} {
		var stderr bytes.Buffer
		code := run(strings.Fields(args), full{}, &stderr)
		if code != exitError || !strings.Contains(stderr.String(), "portlight: ") || !strings.Contains(stderr.String(), "no space left") || strings.Contains(stderr.String(), "Usage:") {
			t.Errorf("%s: exit %d, stderr %q", args, code, stderr.String())
		}
	}
}

// until is a standard error that does something as soon as it holds a text.
type until struct {
	bytes.Buffer
	want string
	then func()
}

func (u *until) Write(b []byte) (int, error) {
	n, err := u.Buffer.Write(b)
	if u.then != nil && strings.Contains(u.String(), u.want) {
		u.then()
		u.then = nil
	}
	return n, err
}

// watch runs `portlight watch`, and begun when it watches. It ends by itself or
// with the context.
func watch(ctx context.Context, stdout io.Writer, services string, begun func(), args ...string) (code int, stderr string) {
	u := &until{want: ", every ", then: begun}
	p := newProgram(stdout, u)
	p.services = services
	code = p.run(ctx, append([]string{"watch", "--interval", "250ms"}, args...))
	return code, u.String()
}

func TestWatchEndsOnAFullDisk(t *testing.T) {
	for _, args := range [][]string{nil, {"--json"}} {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		open := func() {
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { l.Close() })
		}
		code, stderr := watch(ctx, full{}, "", open, args...)
		if code != exitError || !strings.Contains(stderr, "portlight: ") || !strings.Contains(stderr, "no space left") || ctx.Err() != nil {
			t.Errorf("%v: exit %d, stderr %q", args, code, stderr)
		}
	}
}

// TestProblemsOfNamesAreSaid by every command that gives names.
func TestProblemsOfNamesAreSaid(t *testing.T) {
	const missing = "/nonexistent/services"
	ctx, cancel := context.WithCancel(context.Background())
	if code, stderr := watch(ctx, io.Discard, missing, cancel); code != exitFine || !strings.Contains(stderr, missing) {
		t.Errorf("watch: exit %d, stderr %q", code, stderr)
	}
	for _, args := range []string{"list", "service ssh", "service ssh --json"} {
		var stdout, stderr bytes.Buffer
		p := newProgram(&stdout, &stderr)
		p.services = missing
		if code := p.run(context.Background(), strings.Fields(args)); code != exitFine || !strings.Contains(stderr.String(), missing) {
			t.Errorf("%s: exit %d, stderr %q", args, code, stderr.String())
		}
	}
	var stdout, stderr bytes.Buffer
	p := newProgram(&stdout, &stderr)
	p.services = missing
	var s view.SnapshotJSON
	if code := p.run(context.Background(), []string{"list", "--json"}); code != exitFine || stderr.Len() > 0 {
		t.Errorf("list --json: exit %d, stderr %q", code, stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), &s); err != nil || !strings.Contains(strings.Join(s.Visibility.Notes, "\n"), missing) {
		t.Errorf("list --json: error %v, notes %q", err, s.Visibility.Notes)
	}
}

// TestFlagsNameTheirValues by a word: a text in backquotes would be taken for
// one.
func TestFlagsNameTheirValues(t *testing.T) {
	flag := regexp.MustCompile(`^ +(-\w, |    )--[\w-]+( \w+)?   +\S`)
	root := newRoot(newProgram(io.Discard, io.Discard))
	for _, cmd := range append(root.Commands(), root) {
		for line := range strings.Lines(cmd.LocalFlags().FlagUsages()) {
			if !flag.MatchString(line) {
				t.Errorf("%s: %q", cmd.CommandPath(), line)
			}
		}
	}
}

func TestLastWords(t *testing.T) {
	for said, want := range map[string]string{
		"time=1 level=WARN\nportlight: open the window: no GL\n":   "open the window: no GL",
		strings.Repeat("x", 2*maxLastWords) + "\nportlight: why\n": "why",
		"panic: a fault\n\ngoroutine 1":                            "the window ended by an error: exit status 2",
		"":                                                         "the window ended by an error: exit status 2",
	} {
		var l lastWords
		for part := range strings.Lines(said) {
			l.Write([]byte(part))
		}
		if got := l.reason(errors.New("exit status 2")).Error(); got != want || len(l.text) > maxLastWords {
			t.Errorf("%.40q: %q, want %q", said, got, want)
		}
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
			ok = ok || s.Name == "ssh" && s.Port == 22 && s.Proto == "tcp" && slices.Contains(append(s.Also, s.Source), "iana")
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
	if !d.Works || len(d.SelfTest) != 3 || !d.SelfTest[0].Owner || d.System.Kernel == "" {
		t.Errorf("works %v, self-test %+v, %+v", d.Works, d.SelfTest, d.System)
	}
	if code, stdout, _ := portlight("doctor"); code != exitFine || !strings.Contains(stdout, d.Source) {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
}
