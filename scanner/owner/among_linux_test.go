package owner

import (
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// TestAmong has a process hold a socket by two descriptors, one share it, one
// that is not asked, and one that has ended.
func TestAmong(t *testing.T) {
	a, b, other, ended := hire(t), hire(t), hire(t), hire(t)
	x, y, unwanted := a.open(), b.open(), a.open()
	a.dup(x)
	a.give(x, b)
	a.give(x, other)
	ended.kill()
	got, err := Among([]int{1, a.pid, ended.pid, b.pid, -1}, func(inode uint32) bool { return inode == x.Inode || inode == y.Inode })
	must(t, err)
	want := map[uint32][]*worker{x.Inode: {a, b}, y.Inode: {b}}
	if len(got) != len(want) || got[unwanted.Inode] != nil {
		t.Errorf("got %+v", got)
	}
	for inode, workers := range want {
		var holders []process.Summary
		for _, w := range workers {
			s, err := process.Summarize(w.pid)
			must(t, err)
			holders = append(holders, s)
		}
		if !slices.Equal(got[inode], holders) {
			t.Errorf("%d: got %+v, want %+v", inode, got[inode], holders)
		}
	}
}

func TestAmongLarge(t *testing.T) {
	x, file := openSocket(t)
	for range 3000 {
		fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		must(t, err)
		defer unix.Close(fd)
	}
	got, err := Among([]int{os.Getpid()}, func(inode uint32) bool { return inode == x.Inode })
	if err != nil || len(got) != 1 || len(got[x.Inode]) != 1 || got[x.Inode][0].PID != os.Getpid() {
		t.Errorf("got %d, %v", len(got[x.Inode]), err)
	}
}

func TestPIDs(t *testing.T) {
	w := hire(t)
	pids, err := PIDs()
	if err != nil || !slices.IsSorted(pids) || !slices.Contains(pids, w.pid) || !slices.Contains(pids, os.Getpid()) {
		t.Errorf("got %v, %v", pids, err)
	}
}
