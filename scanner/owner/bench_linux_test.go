package owner

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// BenchmarkReadPerDescriptor reads this process with many sockets, none of which
// is wanted.
func BenchmarkReadPerDescriptor(b *testing.B) {
	d, err := openProc("/proc")
	must(b, err)
	defer d.close()
	_, file := openSocket(b)
	for range 1000 {
		fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		must(b, err)
		defer unix.Close(fd)
	}
	w, count := new(walker), 0
	for b.Loop() {
		count, _, err = w.read(d, os.Getpid(), func(uint32) (keep, last bool) { return false, false })
		must(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/fd")
}

func BenchmarkListPerProcess(b *testing.B) {
	d, err := openProc("/proc")
	must(b, err)
	defer d.close()
	var entries []entry
	buf := make([]byte, 32<<10)
	for b.Loop() {
		entries, err = d.list(buf, entries[:0])
		must(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(entries)), "ns/process")
}

func BenchmarkCount(b *testing.B) {
	d, err := openProc("/proc")
	must(b, err)
	defer d.close()
	for b.Loop() {
		_, err := d.count(os.Getpid())
		must(b, err)
	}
}

// BenchmarkWorkWithoutCause is what a scan pays that finds nothing new.
func BenchmarkWorkWithoutCause(b *testing.B) {
	s := newScene(b, Options{})
	s.crew(3)
	b.ReportAllocs()
	for b.Loop() {
		s.step(0)
	}
}

// BenchmarkUpkeep is a second's checks.
func BenchmarkUpkeep(b *testing.B) {
	s := newScene(b, Options{})
	s.crew(3)
	s.quiet()
	b.ReportAllocs()
	for b.Loop() {
		s.step(1e9)
	}
}

// BenchmarkKnownOwner is a new socket of a known owner among several.
func BenchmarkKnownOwner(b *testing.B) {
	s := newScene(b, Options{})
	workers, sockets := s.crew(10)
	w, x := workers[4], sockets[4]
	for b.Loop() {
		b.StopTimer()
		w.close(x)
		y := w.open()
		b.StartTimer()
		s.Forget(x.Cookie)
		s.Track(y)
		s.step(0)
		x = y
	}
	s.expect("found", x, w)
}

// BenchmarkAllProcesses is the first search on this computer.
func BenchmarkAllProcesses(b *testing.B) {
	for b.Loop() {
		f, err := New(Options{})
		must(b, err)
		f.Track(bogus)
		_, err = f.Work(f.now)
		must(b, err)
		f.Close()
	}
}
