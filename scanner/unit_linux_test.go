package scanner

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/supervisor"
)

// runUnits prints the managers of all listeners, by port.
func runUnits() error {
	s, err := Scan(context.Background())
	if err != nil {
		return err
	}
	all := map[uint16]supervisor.Manager{}
	for i := range s.Listeners {
		all[s.Listeners[i].Port] = *s.Listeners[i].Manager()
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

// TestUnitOfListener has a real process in a real cgroup of a service's name, where
// this user may make one, seen by root and by a user without rights.
func TestUnitOfListener(t *testing.T) {
	slice := makeSlice(t)
	if slice == "" {
		return
	}
	unit := "portlight-test-" + strconv.Itoa(os.Getpid()) + ".service"
	fd := makeCgroup(t, filepath.Join(slice, unit))
	pid, _ := startMode(t, modeListen, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: fd, Pdeathsig: syscall.SIGKILL}
	})
	s := scanned(t)
	i := slices.IndexFunc(s.Listeners, func(l Listener) bool {
		return slices.ContainsFunc(l.Owners, func(p Process) bool { return p.PID == pid })
	})
	if i < 0 {
		t.Fatalf("process %d has no listener", pid)
	}
	want := supervisor.Manager{Kind: supervisor.Service, Place: supervisor.Service, Unit: unit}
	if got := *s.Listeners[i].Manager(); got != want {
		t.Errorf("manager %+v, want %+v", got, want)
	}
	if got := managersAsNobody(t)[s.Listeners[i].Port]; got != want {
		t.Errorf("without rights: manager %+v, want %+v", got, want)
	}
}

// makeCgroup gives a descriptor of a new one.
func makeCgroup(t *testing.T, dir string) (fd int) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeCgroup(t, dir) })
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// makeSlice gives the folder of a slice at the root of the cgroups, "" where this
// user may make no cgroup there.
func makeSlice(t *testing.T) string {
	t.Helper()
	for _, root := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		var st unix.Statfs_t
		if unix.Statfs(root, &st) != nil || st.Type != unix.CGROUP2_SUPER_MAGIC {
			continue
		}
		slice := filepath.Join(root, "system.slice")
		switch err := os.Mkdir(slice, 0o755); {
		case err == nil:
			t.Cleanup(func() { removeCgroup(t, slice) })
			return slice
		case os.IsExist(err) && unix.Access(slice, unix.W_OK) == nil:
			return slice
		default:
			t.Logf("this user can make no slice: %v", err)
			return ""
		}
	}
	t.Log("there are no cgroups of version 2")
	return ""
}

// managersAsNobody is what runUnits prints for a user without rights.
func managersAsNobody(t *testing.T) map[uint16]supervisor.Manager {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+modeUnits)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[uint16]supervisor.Manager{}
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(fmt.Errorf("%w: %s", err, out))
	}
	return all
}

// removeCgroup waits for the kernel to take the last process out.
func removeCgroup(t *testing.T, dir string) {
	t.Helper()
	err := os.Remove(dir)
	for deadline := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(deadline); err = os.Remove(dir) {
		time.Sleep(5 * time.Millisecond)
	}
	if err != nil {
		t.Error(err)
	}
}
