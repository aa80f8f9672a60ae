package netns

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// maxFile bounds what is read of one table: some 400,000 sockets.
const maxFile = 64 << 20

// files gives the tables of listeners. The first is always there and names the
// namespace, those of IPv6 are missing in a kernel without it.
func files() []file {
	return []file{{"tcp", false, false}, {"tcp6", false, true}, {"udp", true, false}, {"udp6", true, true}}
}

// Read gives the listeners of the namespace through the oldest member that is
// still in it and can be read. The error is process.ErrGone when none is in it.
func (n Namespace) Read() (Table, error) { return proc.readNamespace(n) }

func (p procfs) readNamespace(n Namespace) (Table, error) {
	cause := error(process.ErrGone)
	for _, pid := range n.PIDs {
		t, err := p.read(pid)
		switch {
		case err == nil && t.Namespace == n.ID:
			return t, nil
		case err != nil && !errors.Is(err, process.ErrGone):
			cause = err
		}
	}
	return Table{}, fmt.Errorf("read network namespace %d: %w", n.ID, cause)
}

// Read gives the listeners of the network namespace that a process is in, by its
// first thread. The error is process.ErrGone when the process has ended or left
// the namespace meanwhile, and matches os.ErrPermission where /proc hides it. On
// an error the table is incomplete and nothing may be concluded from it.
func Read(pid int) (Table, error) { return proc.read(pid) }

func (p procfs) read(pid int) (t Table, err error) {
	dir, err := unix.Open(string(p)+"/"+strconv.Itoa(pid)+"/net", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		defer unix.Close(dir)
		err = t.read(dir)
	}
	if err != nil {
		return t, fmt.Errorf("read sockets around process %d: %w", pid, orGone(err))
	}
	return t, nil
}

// orGone turns the errors for an ended process, and that for a namespace that is
// just being taken down, into ErrGone.
func orGone(err error) error {
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) || errors.Is(err, unix.ENXIO) {
		return process.ErrGone
	}
	return err
}

// read takes all tables of /proc/PID/net. The directory stays with the process,
// whoever gets the pid; looking at the first table again makes sure that all are
// of one namespace.
func (t *Table) read(dir int) (err error) {
	if t.Namespace, err = inode(dir, files()[0].name); err != nil {
		return err
	}
	buf := bufio.NewReaderSize(nil, 8<<10)
	for _, f := range files() {
		err := readFile(dir, f.name, func(r io.Reader) error {
			buf.Reset(r)
			return t.parse(buf, f)
		})
		if err != nil && !(f.v6 && errors.Is(err, unix.ENOENT)) {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		parse func(io.Reader) error
	}{{"fib_trie", t.parseRoutes}, {"if_inet6", t.parseInet6}} {
		if err := readFile(dir, f.name, f.parse); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	after, err := inode(dir, files()[0].name)
	if err == nil && after != t.Namespace {
		err = process.ErrGone
	}
	return err
}

func inode(dir int, name string) (uint64, error) {
	var st unix.Stat_t
	err := unix.Fstatat(dir, name, &st, 0)
	return st.Ino, err
}

func readFile(dir int, name string, parse func(io.Reader) error) error {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	bounded := io.LimitedReader{R: descriptor(fd), N: maxFile}
	if err := parse(&bounded); err != nil {
		return err
	}
	if bounded.N <= 0 {
		return fmt.Errorf("table %s is longer than %d MiB", name, maxFile>>20)
	}
	return nil
}

// descriptor reads a file that needs no waiting for.
type descriptor int

func (d descriptor) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(d), b)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case n == 0 && len(b) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}
