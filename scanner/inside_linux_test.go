package scanner

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner/supervisor"
)

// runInside listens in the network that it is in.
func runInside() error {
	if err := loopbackUp(); err != nil {
		return err
	}
	for _, kind := range []string{"tcp4", "dual", "udp4"} {
		if _, err := openSocket(kind, 2000); err != nil {
			return err
		}
	}
	return hold()
}

// startInside starts a process with a network namespace of its own.
func startInside(t *testing.T) (pid int) {
	t.Helper()
	pid, _ = startMode(t, modeInside, func(cmd *exec.Cmd) { cmd.SysProcAttr = ownNetwork() })
	return pid
}

func TestShowContainers(t *testing.T) {
	pid := startInside(t)
	s, err := Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	host, err := s.Scan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := insideOf(host, pid); len(got) > 0 {
		t.Errorf("without being asked: %v", got)
	}
	s.ShowContainers()
	all, err := s.Scan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := insideOf(all, pid), []string{"tcp 0.0.0.0 2000 ipv4", "tcp :: 2000 ipv6", "udp 0.0.0.0 2000 ipv4"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	inside := slices.DeleteFunc(slices.Clone(all.Listeners), func(l Listener) bool { return l.Namespace == "" })
	if v, want := all.Visibility, len(all.Listeners)-len(inside); v.Listeners != want {
		t.Errorf("the ledger counts %d listeners, and %d are the host's own", v.Listeners, want)
	}
	if !slices.IsSortedFunc(all.Listeners, func(a, b Listener) int { return a.Compare(b.Key) }) {
		t.Error("the listeners are not sorted")
	}
}

// TestContainerInside has a real process in a real cgroup of a container's name, where
// this user may make one, with a network of its own.
func TestContainerInside(t *testing.T) {
	slice := makeSlice(t)
	if slice == "" {
		return
	}
	id := fmt.Sprintf("%064x", os.Getpid())
	fd := makeCgroup(t, filepath.Join(slice, "docker-"+id+".scope"))
	pid, _ := startMode(t, modeInside, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = ownNetwork()
		cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, fd
	})
	i := newInside()
	i.refresh(time.Now())
	want := supervisor.Manager{Kind: supervisor.Contained, Place: supervisor.Contained, Container: supervisor.Container{Engine: "docker", ID: id}}
	found := 0
	for _, l := range i.known.listeners {
		if !slices.Contains(pidsOf(&l), pid) {
			continue
		}
		found++
		if *l.Manager() != want || l.Namespace != "container "+want.Container.Label() {
			t.Errorf("in %q, manager %+v, want %+v", l.Namespace, *l.Manager(), want)
		}
	}
	if found != 3 {
		t.Errorf("%d listeners, want 3, note %q", found, i.note)
	}
}

// insideOf lists what a process holds in another network namespace.
func insideOf(s *Snapshot, pid int) []string {
	var lines []string
	for i := range s.Listeners {
		l := &s.Listeners[i]
		if l.Namespace == "" || !slices.Contains(pidsOf(l), pid) {
			continue
		}
		line := fmt.Sprint(l.Proto, " ", l.Addr, " ", l.Port, " ", l.Family())
		if l.External() || !strings.Contains(l.Namespace, fmt.Sprint("(pid ", pid, ")")) {
			line += fmt.Sprintf(" external %v in %s", l.External(), l.Namespace)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestInsidePace reads seldom, keeps what it knows when that fails, and says so.
func TestInsidePace(t *testing.T) {
	found := []Listener{{Key: Key{Namespace: "web (pid 7)", Proto: TCP, Port: 80}}}
	var failure error
	reads := 0
	web := map[string][]netip.Addr{"web (pid 7)": {netip.MustParseAddr("10.0.0.2")}}
	i := &inside{read: func() (insight, error) { reads++; return insight{slices.Clone(found), web}, failure }}
	now := time.Unix(1000, 0)
	step := func(later time.Duration) bool { now = now.Add(later); return i.refresh(now) }
	if !step(0) || step(insidePeriod/2) || step(insidePeriod) || reads != 2 {
		t.Errorf("%d reads", reads)
	}
	failure = errors.New("no descriptors left")
	if !step(insidePeriod) || len(i.known.listeners) != 1 || len(i.known.addrs) != 1 {
		t.Errorf("after a failure: %+v", i)
	}
	s := i.with(&Snapshot{}, now)
	if len(s.Listeners) != 1 || len(s.Visibility.Notes) != 1 || !strings.Contains(s.Visibility.Notes[0], "no descriptors left") {
		t.Errorf("snapshot %+v", s)
	}
	failure, web = nil, map[string][]netip.Addr{"web (pid 7)": {netip.MustParseAddr("10.0.0.3")}}
	if !step(insidePeriod) || step(insidePeriod) || len(i.known.listeners) != 1 {
		t.Errorf("with another address: %+v", i)
	}
	found = nil
	if !step(insidePeriod) || len(i.known.listeners) != 0 || i.note != "" {
		t.Errorf("after the container's end: %+v", i)
	}
}

func TestNamespaceLabel(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	for path, want := range map[string]string{
		"/system.slice/docker-" + id + ".scope":                                     "container 0123456789ab",
		"/docker/" + id:                                                             "container 0123456789ab",
		"/user.slice/libpod-" + id + ".scope/container":                             "container 0123456789ab",
		"/kubepods.slice/kubepods-besteffort.slice/cri-containerd-" + id + ".scope": "container 0123456789ab",
		"/lxc.payload.web/init.scope":                                               "container web",
		"/system.slice/ssh.service":                                                 "sshd (pid 7)",
		"/" + id + "0":                                                              "sshd (pid 7)",
		"":                                                                          "sshd (pid 7)",
	} {
		if got := namespaceLabel(supervisor.ParseCgroup(path), "sshd", 7); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
