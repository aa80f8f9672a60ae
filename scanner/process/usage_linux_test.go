package process

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// folderLen is how many entries a folder of a process has.
func folderLen(t *testing.T, pid int, name string) int {
	t.Helper()
	all, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), name))
	must(t, err)
	return len(all)
}

func TestMeasureOwnChild(t *testing.T) {
	for name, measure := range measures {
		c := start(t, "files", nil)
		u, err := measure(idBy(t, measure, c))
		must(t, err)
		if u.OpenFiles < some || u.OpenFiles != folderLen(t, c.id.PID, "fd") || u.Threads < 1 || u.Threads != folderLen(t, c.id.PID, "task") {
			t.Errorf("%s: %d files, %d threads", name, u.OpenFiles, u.Threads)
		}
		st, err := ReadStat(c.id.PID)
		must(t, err)
		if is := st.Pages * uint64(os.Getpagesize()); is < 1<<20 || u.Memory < is/2 || u.Memory > is*2 {
			t.Errorf("%s: %d bytes in memory, now %d", name, u.Memory, is)
		}
		if len(u.Missing) > 0 {
			t.Errorf("%s: %v", name, u.Missing)
		}
	}
}

// TestOpenFilesByTheList counts as kernels before 6.2 make it necessary.
func TestOpenFilesByTheList(t *testing.T) {
	c := start(t, "files", nil)
	d, err := proc.open(c.id.PID)
	must(t, err)
	defer d.close()
	quick, err := d.openFiles()
	must(t, err)
	if listed, err := d.count("fd"); err != nil || listed != quick {
		t.Errorf("%d by the list, %v, not %d", listed, err, quick)
	}
}

func TestMeasureWithoutFirstThread(t *testing.T) {
	c := start(t, "headless", nil)
	u, err := Measure(c.id)
	must(t, err)
	if u.Threads < 2 || u.Missing[FieldThreads] != "" || u.Missing[FieldMemory] != wordUntold.String() || u.Missing[FieldOpenFiles] != wordUntold.String() {
		t.Errorf("got %+v", u)
	}
}

// checkUsageFromAbroad allows the number of files to be hidden only where the kernel
// does not give it as a size.
func checkUsageFromAbroad(t *testing.T, owner string, u *Usage) {
	t.Helper()
	if u.Threads < 1 || u.Memory == 0 || u.Missing[FieldCPU] != "" {
		t.Errorf("got %+v", u)
	}
	own, err := os.Stat("/proc/self/fd")
	must(t, err)
	if why := u.Missing[FieldOpenFiles]; own.Size() > 0 && (u.OpenFiles < 1 || why != "") || own.Size() == 0 && why != foreignWords(owner) {
		t.Errorf("%d files, %q", u.OpenFiles, why)
	}
}

func TestMeasureAFixture(t *testing.T) {
	p := fixture(t, map[string]string{"9/stat": statLine(Stat{PID: 9, Comm: "k", State: 'S', Kernel: true, CPU: 1<<64 - 1, Threads: 1, Start: 1})})
	u, err := p.measure(ID{PID: 9, Start: 1})
	must(t, err)
	if u.Missing[FieldMemory] != wordKernel.String() || u.Missing[FieldOpenFiles] != wordKernel.String() || u.Missing[FieldCPU] != wordUntold.String() || u.Threads != 1 {
		t.Errorf("got %+v", u)
	}
	if _, err := fixture(t, map[string]string{"9/stat": "9 (x"}).measure(ID{PID: 9}); err == nil {
		t.Error("malformed state was taken")
	}
}

func BenchmarkMeasure(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Measure(ID{PID: os.Getppid()}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChildren(b *testing.B) {
	for b.Loop() {
		proc.children(1)
	}
}
