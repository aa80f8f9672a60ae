package netns

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"portlight/scanner/process"
)

// write fills a table of a process. All that are not written are missing.
func (f fixture) write(pid int, name, text string) {
	f.t.Helper()
	path := filepath.Join(string(f.procfs), strconv.Itoa(pid), "net", name)
	must(f.t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(f.t, os.WriteFile(path, []byte(text), 0o644))
}

func TestReadFixture(t *testing.T) {
	f := newFixture(t)
	f.enter("7", "a")
	f.write(7, "tcp", headTCP+web.line("0A", nobody4)+web.line("01", peer))
	f.write(7, "udp", headUDP+"?\n"+dns.line("07", nobody4))
	got, err := f.read(7)
	if err != nil || got.Namespace != f.id("a") || got.Bad != 1 || !slices.Equal(got.Sockets, []Socket{web, dns}) {
		t.Errorf("without IPv6: got %+v, %v", got, err)
	}
	f.write(7, "tcp6", headTCP+web6.line("0A", nobody6))
	f.write(7, "udp6", "")
	if got, err = f.read(7); err != nil || !slices.Equal(got.Sockets, []Socket{web, web6, dns}) {
		t.Errorf("with IPv6: got %+v, %v", got, err)
	}
}

func TestReadFails(t *testing.T) {
	f := newFixture(t)
	f.enter("7", "a")
	f.write(8, "tcp", "")
	f.write(8, "udp", "")
	must(t, os.Truncate(filepath.Join(string(f.procfs), "8", "net", "udp"), maxFile))
	if _, err := f.read(8); err == nil || errors.Is(err, process.ErrGone) {
		t.Errorf("too long a table: %v", err)
	}
	for pid, what := range map[int]string{7: "ended meanwhile", 9: "no process"} {
		if _, err := f.read(pid); !errors.Is(err, process.ErrGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestReadNamespace finds a member that is still there.
func TestReadNamespace(t *testing.T) {
	f := newFixture(t)
	for pid, namespace := range map[int]string{6: "b", 7: "a", 8: "b"} {
		f.enter(strconv.Itoa(pid), namespace)
		f.write(pid, "udp", Socket{UDP: true, Addr: dns.Addr, Port: uint16(pid)}.line("07", nobody4))
	}
	n := Namespace{ID: f.id("a"), PIDs: []int{5, 6, 7}}
	got, err := f.readNamespace(n)
	if err != nil || got.Namespace != n.ID || len(got.Sockets) != 1 || got.Sockets[0].Port != 7 {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := f.readNamespace(Namespace{ID: f.id("a"), PIDs: []int{5, 6}}); !errors.Is(err, process.ErrGone) {
		t.Errorf("no member left: %v", err)
	}
	f.write(5, "tcp/loop", "")
	if got, err = f.readNamespace(Namespace{ID: f.id("a"), PIDs: []int{5, 7}}); err != nil || got.Namespace != n.ID {
		t.Errorf("a member that cannot be read: got %+v, %v", got, err)
	}
	if _, err := f.readNamespace(Namespace{ID: f.id("a"), PIDs: []int{5, 6}}); err == nil || errors.Is(err, process.ErrGone) {
		t.Errorf("none that can be read: %v", err)
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(os.Getpid()); err != nil {
			b.Fatal(err)
		}
	}
}
