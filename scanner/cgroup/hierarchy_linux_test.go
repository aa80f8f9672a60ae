package cgroup

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// helperMode makes the test binary a child that lives until its standard input
// ends.
const helperMode = "PORTLIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(helperMode) != "" {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestHierarchy looks at the real one, as whatever user: at the cgroup of this
// process, and at a new one where this user may make it.
func TestHierarchy(t *testing.T) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	must(t, err)
	tree, err := Open(0)
	if mounted := strings.Contains(string(mounts), " - cgroup2 "); mounted != (err == nil) {
		t.Fatalf("mounted %v, error %v", mounted, err)
	}
	if err != nil {
		return
	}
	own := ownCgroup(t)
	if _, err := os.Stat(tree.root + own); errors.Is(err, os.ErrNotExist) {
		checkHidden(t, tree, own)
		return
	}
	checkMember(t, tree, own, os.Getpid())
	name := path.Join(own, "portlight-test-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(tree.root+name, 0o755); err != nil {
		t.Logf("this user can make no cgroup: %v", err)
		return
	}
	checkNew(t, tree, own, name)
}

// ownCgroup is that of this process, cgroups(7).
func ownCgroup(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/self/cgroup")
	must(t, err)
	for line := range strings.Lines(string(b)) {
		if own, ok := strings.CutPrefix(line, "0::"); ok {
			return strings.TrimSuffix(own, "\n")
		}
	}
	t.Fatal("no cgroup of version 2")
	return ""
}

// checkHidden is for a mount that shows other cgroups than the own one.
func checkHidden(t *testing.T, tree *Tree, own string) {
	t.Helper()
	if pids, err := tree.Processes(own); err == nil {
		t.Errorf("own cgroup %s has members %v, yet it is not there", own, pids)
	}
}

// checkMember gives the id of a cgroup.
func checkMember(t *testing.T, tree *Tree, cgroup string, pid int) (id uint64) {
	t.Helper()
	id, _, err := tree.stat(cgroup)
	must(t, err)
	if got, ok := tree.Path(id); got != cgroup || !ok {
		t.Errorf("id %d: got %q, %v, want %q", id, got, ok, cgroup)
	}
	if pids, err := tree.Processes(cgroup); err != nil || !slices.Contains(pids, pid) {
		t.Errorf("%s: got %v, %v, without %d", cgroup, pids, err, pid)
	}
	return id
}

// checkNew moves a child into a cgroup, which it removes at the end.
func checkNew(t *testing.T, tree *Tree, own, cgroup string) {
	t.Helper()
	t.Cleanup(func() { os.Remove(tree.root + cgroup) })
	child := exec.Command("/proc/self/exe")
	child.Env = append(os.Environ(), helperMode+"=wait", "GORACE=atexit_sleep_ms=0")
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := child.StdinPipe()
	must(t, err)
	must(t, child.Start())
	defer child.Wait()
	defer in.Close()
	must(t, os.WriteFile(tree.root+cgroup+"/cgroup.procs", strconv.AppendInt(nil, int64(child.Process.Pid), 10), 0))
	id := checkMember(t, tree, cgroup, child.Process.Pid)
	checkMember(t, tree, own, child.Process.Pid)
	in.Close()
	child.Wait()
	remove(t, tree.root+cgroup)
	checkRemoved(t, tree, cgroup, id)
}

// remove waits for the kernel to take the last process out.
func remove(t *testing.T, dir string) {
	t.Helper()
	err := os.Remove(dir)
	for deadline := time.Now().Add(20 * time.Second); errors.Is(err, unix.EBUSY) && time.Now().Before(deadline); err = os.Remove(dir) {
		time.Sleep(5 * time.Millisecond)
	}
	must(t, err)
}

func checkRemoved(t *testing.T, tree *Tree, cgroup string, id uint64) {
	t.Helper()
	if got, ok := tree.Path(id); ok {
		t.Errorf("removed, yet id %d is %q", id, got)
	}
	if pids, err := tree.Processes(cgroup); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("removed, yet got %v, %v", pids, err)
	}
}
