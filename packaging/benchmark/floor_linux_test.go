package main

import (
	"bytes"
	"encoding/binary"
	"net"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestBareDumps takes dumps of this computer, again and again over one socket,
// and sees an own listener in the answer.
func TestBareDumps(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := openDumps()
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	for range 3 {
		if err := b.take(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := unix.Write(b.fd, b.requests[0]); err != nil {
		t.Fatal(err)
	}
	n, err := unix.Read(b.fd, b.buf)
	if err != nil {
		t.Fatal(err)
	}
	port := binary.BigEndian.AppendUint16(nil, uint16(l.Addr().(*net.TCPAddr).Port))
	if !bytes.Contains(b.buf[:n], port) {
		t.Error("an own listener is not in the first dump")
	}
}

func TestBareDumpsOfARefusedRequest(t *testing.T) {
	b, err := openDumps()
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	b.requests = [][]byte{familyRequest(unix.AF_INET, 255, listening)}
	if err := b.take(); err == nil {
		t.Error("a dump of a protocol that is not there succeeds")
	}
}

func TestEndOfDump(t *testing.T) {
	done := make([]byte, doneLen)
	binary.NativeEndian.PutUint32(done, doneLen)
	binary.NativeEndian.PutUint16(done[4:], unix.NLMSG_DONE)
	other, failed := bytes.Clone(done), bytes.Clone(done)
	binary.NativeEndian.PutUint16(other[4:], byFamily)
	binary.NativeEndian.PutUint32(failed[16:], ^uint32(unix.ENOENT)+1)
	for _, c := range []struct {
		b    []byte
		done bool
		err  error
	}{
		{nil, false, nil},
		{done[:19], false, nil},
		{done, true, nil},
		{other, false, nil},
		{slices.Concat(other, done), true, nil},
		{slices.Concat(done, other), false, nil},
		{failed, true, unix.ENOENT},
	} {
		if done, err := endOfDump(c.b); done != c.done || err != c.err {
			t.Errorf("%x: %v, %v", c.b, done, err)
		}
	}
}

// TestBareWalk reads more links when there are more descriptors, also in a
// directory that takes several calls to read.
func TestBareWalk(t *testing.T) {
	w := &bareWalk{}
	pid := []byte("self\x00")
	count := func() int {
		proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(proc)
		w.links = 0
		w.process(proc, pid)
		return w.links
	}
	before := count()
	const more = 2000
	for range more {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
	}
	if got := count() - before; got != more {
		t.Errorf("%d more links, want %d", got, more)
	}
	if err := w.take(); err != nil {
		t.Fatal(err)
	}
	if w.links < before+more {
		t.Errorf("%d links of all processes, and this one alone has %d", w.links, before+more)
	}
}
