//go:build e2e && linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ownDisk gives a desktop a small disk for Portlight's data, that no other test sees; see
// ownNetwork. The folder is its root.
func (d *desktop) ownDisk(size string) (dir string) {
	d.t.Helper()
	if !nested() {
		d.t.Fatal("nothing can be mounted here: these tests need a namespace")
	}
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		d.t.Fatalf("make a namespace of mounts: %v", err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		d.t.Fatalf("keep mounts to this test: %v", err)
	}
	dir = filepath.Join(d.dir, "data", "portlight")
	if err := os.Mkdir(dir, 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+size); err != nil {
		d.t.Fatalf("mount a disk: %v", err)
	}
	d.t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fillUp writes a file until the disk is full.
func fillUp(t testing.TB, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := bytes.Repeat([]byte{1}, 4096)
	for err == nil {
		_, err = f.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
}

// saysNoMemory reports whether the menu says that nothing is remembered.
func (d *desktop) saysNoMemory() bool {
	return slices.ContainsFunc(d.mustMenu().children, func(e entry) bool { return strings.HasPrefix(e.label, "Nothing is remembered") })
}

// TestFullDisk: on a full disk the agent goes on and says so; what it has seen meanwhile is
// written when there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	dir := d.ownDisk("3m")
	agent := d.agent("--interval", "250ms")
	d.opened("portly-room")
	ballast := filepath.Join(dir, "ballast")
	fillUp(t, ballast)
	n := freePort(t)
	daemon(t, program(t, "portly-full"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.wantNote("portly-full", n)
	waitFor(t, "the menu says it", soon, d.saysNoMemory)
	d.waitNews("portly-full")
	if !agent.running() {
		t.Fatalf("the agent has ended: %s", agent.log.String())
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the menu no longer says it", 15*time.Second, func() bool { return !d.saysNoMemory() })
	for _, name := range []string{"portly-room", "portly-full"} {
		if states := d.alertStates(name); len(states) != 1 {
			t.Errorf("the alert of %s is %v", name, states)
		}
	}
	d.waitNews("portly-full")
	if all := d.notes.with("portly-full"); len(all) != 1 {
		t.Errorf("told %d times", len(all))
	}
	checkCalm(t, agent)
}

// TestReadOnlyFolder: where Portlight may only read it goes on without memory and says so.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	dir := d.ownDisk("3m")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	agent := d.start("--interval", "250ms")
	d.waitMenu(agent)
	waitFor(t, "the menu says it", soon, d.saysNoMemory)
	n := freePort(t)
	daemon(t, program(t, "portly-unwritten"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.wantNote("portly-unwritten", n)
	d.waitNews("portly-unwritten")
	if all := d.titled(anyTitle); len(all) > 0 {
		t.Errorf("a welcome that cannot be remembered opens %v", all)
	}
	checkCalm(t, agent)
}
