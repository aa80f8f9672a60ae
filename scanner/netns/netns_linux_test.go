package netns

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"portlight/scanner/process"
)

// nobody is a user without rights.
const nobody = 65534

func asNobody() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}}
}

// startContainer starts a child that listens in a namespace of its own. It is
// not ok where the system lets this user make none: in most containers, and for
// ordinary users where user namespaces are switched off.
func startContainer(t *testing.T) (pid int, c container, end func(), ok bool) {
	t.Helper()
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	child, err := helper("listen", attr)
	for _, refusal := range []error{syscall.EPERM, syscall.EACCES, syscall.ENOSPC, syscall.EUSERS, syscall.EINVAL, syscall.ENOSYS} {
		if errors.Is(err, refusal) {
			t.Logf("this user can make no network namespace: %v", err)
			return 0, container{}, nil, false
		}
	}
	must(t, err)
	t.Cleanup(child.end)
	must(t, json.Unmarshal(child.report, &c))
	for i := range c.Sockets {
		c.Sockets[i].UID = uint32(os.Geteuid())
	}
	return child.cmd.Process.Pid, c, child.end, true
}

// TestContainer looks from outside at listeners in a new namespace. Root lets an
// ordinary user look as well, and do the whole test.
func TestContainer(t *testing.T) {
	pid, c, _, ok := startContainer(t)
	if ok {
		checkSight(t, "same user", look(pid), pid, c)
	}
	if os.Geteuid() != 0 || !mapped(t, nobody) {
		return
	}
	if ok {
		spy, err := helper("look", asNobody(), strconv.Itoa(pid))
		must(t, err)
		defer spy.end()
		var got sight
		must(t, json.Unmarshal(spy.report, &got))
		checkSight(t, "another user", got, pid, c)
	}
	again := exec.Command("/proc/self/exe", "-test.run=^(TestContainer|TestContainerEnds)$", "-test.v")
	again.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	again.Dir, again.SysProcAttr = "/", asNobody()
	out, err := again.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS: ") != 2 {
		t.Errorf("as an ordinary user: %v\n%s", err, out)
	}
}

func checkSight(t *testing.T, who string, got sight, pid int, c container) {
	t.Helper()
	if got.Error != "" || got.Table.Bad != 0 || got.Table.Namespace != got.Namespace.ID {
		t.Errorf("%s: %+v", who, got)
	}
	if want := []int{pid, c.Second}; !slices.Equal(got.Namespace.PIDs, want) {
		t.Errorf("%s: members %v, want %v", who, got.Namespace.PIDs, want)
	}
	if want := []netip.Addr{netip.MustParseAddr(ownAddress)}; !slices.Equal(got.Table.Addrs, want) {
		t.Errorf("%s: addresses %v, want %v", who, got.Table.Addrs, want)
	}
	byInode := func(a, b Socket) int { return int(a.Inode) - int(b.Inode) }
	slices.SortFunc(got.Table.Sockets, byInode)
	slices.SortFunc(c.Sockets, byInode)
	if !slices.Equal(got.Table.Sockets, c.Sockets) {
		t.Errorf("%s: listeners\n%+v, want\n%+v", who, got.Table.Sockets, c.Sockets)
	}
}

// mapped reports whether a user exists in this user namespace, user_namespaces(7).
func mapped(t *testing.T, uid int) bool {
	t.Helper()
	b, err := os.ReadFile("/proc/self/uid_map")
	must(t, err)
	for line := range strings.Lines(string(b)) {
		var inside, outside, count int
		if _, err := fmt.Sscan(line, &inside, &outside, &count); err == nil && uid >= inside && uid-inside < count {
			return true
		}
	}
	return false
}

// TestContainerEnds has a namespace vanish.
func TestContainerEnds(t *testing.T) {
	pid, c, end, ok := startContainer(t)
	if !ok {
		return
	}
	finder, err := NewFinder()
	must(t, err)
	before := finder.Namespaces([]int{os.Getpid(), pid, c.Second}, false)
	if len(before) != 1 || len(before[0].PIDs) != 2 {
		t.Fatalf("got %v", before)
	}
	end()
	if got := finder.Namespaces([]int{os.Getpid(), pid, c.Second}, true); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	if _, err := before[0].Read(); !errors.Is(err, process.ErrGone) {
		t.Errorf("got %v", err)
	}
}

// TestOwnNamespace has all processes of the own namespace be no other's, and
// what is read there be that of this process.
func TestOwnNamespace(t *testing.T) {
	neighbour, err := helper("wait", nil)
	must(t, err)
	defer neighbour.end()
	finder, err := NewFinder()
	must(t, err)
	if got := finder.Namespaces([]int{os.Getpid(), neighbour.cmd.Process.Pid}, false); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	own, err := Read(os.Getpid())
	must(t, err)
	other, err := Read(neighbour.cmd.Process.Pid)
	must(t, err)
	if own.Namespace != finder.own || other.Namespace != finder.own {
		t.Errorf("%d and %d, want %d", own.Namespace, other.Namespace, finder.own)
	}
}
