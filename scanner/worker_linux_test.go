package scanner

import (
	"os"
	"os/exec"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"portlight/scanner/internal/fdmessage"
)

// request and answer are what is said to a worker and back. A descriptor may
// come along with each.
type request struct {
	Verb, Kind  string
	Port, Index int
	Keep        bool
}

type answer struct{ Err string }

// worker is a process that opens, closes and gives away sockets as it is told,
// over a socket pair.
type worker struct {
	cmd  *exec.Cmd
	conn int
}

func startWorker(alive *os.File) (*worker, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	theirs := os.NewFile(uintptr(pair[1]), "requests")
	defer theirs.Close()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+modeWorker)
	cmd.ExtraFiles, cmd.Stderr = []*os.File{theirs, alive}, os.Stderr
	if err := cmd.Start(); err != nil {
		unix.Close(pair[0])
		return nil, err
	}
	w := &worker{cmd, pair[0]}
	if _, err := w.call(request{Verb: "ready"}); err != nil {
		w.kill()
		return nil, err
	}
	return w, nil
}

func (w *worker) pid() int { return w.cmd.Process.Pid }

// kill leaves the forks of the worker alone.
func (w *worker) kill() {
	unix.Close(w.conn)
	w.cmd.Process.Kill()
	w.cmd.Wait()
}

func (w *worker) call(r request) (answer, error) {
	_, a, err := w.exchange(r, -1)
	return a, err
}

// exchange sends a request, with a descriptor or -1, and gives the answer with
// the descriptor that came back, or -1.
func (w *worker) exchange(r request, give int) (got int, a answer, err error) {
	if err := fdmessage.Send(w.conn, r, give); err != nil {
		return -1, a, err
	}
	got, err = fdmessage.Receive(w.conn, &a)
	return got, a, err
}

// The descriptors of a worker.
const (
	workerConn  = 3
	workerAlive = 4
)

// servant is a worker from within.
type servant struct {
	held  []int
	forks []int
}

// runWorker serves requests until the other side closes.
func runWorker() error {
	unix.CloseOnExec(workerConn)
	unix.CloseOnExec(workerAlive)
	var s servant
	for {
		var r request
		got, err := fdmessage.Receive(workerConn, &r)
		if err != nil {
			return nil
		}
		give, err := s.serve(r, got)
		var a answer
		if err != nil {
			a.Err = err.Error()
		}
		if err := fdmessage.Send(workerConn, a, give); err != nil {
			return err
		}
		if r.Verb == "give" && !r.Keep {
			s.drop(r.Index)
		}
	}
}

// serve does what a request says, and gives the descriptor to send or -1.
func (s *servant) serve(r request, got int) (give int, err error) {
	switch r.Verb {
	case "open":
		fd, err := openSocket(r.Kind, r.Port)
		if err != nil {
			return -1, err
		}
		s.held = append(s.held, fd)
	case "take":
		s.held = append(s.held, got)
	case "give":
		if len(s.held) > 0 {
			return s.held[r.Index%len(s.held)], nil
		}
	case "close":
		s.drop(r.Index)
	case "fork":
		s.forks = append(s.forks, fork())
	case "reap":
		for _, pid := range s.forks {
			unix.Kill(pid, unix.SIGKILL)
			unix.Wait4(pid, nil, 0, nil)
		}
		s.forks = nil
	}
	return -1, nil
}

func (s *servant) drop(index int) {
	if len(s.held) > 0 {
		i := index % len(s.held)
		unix.Close(s.held[i])
		s.held = slices.Delete(s.held, i, i+1)
	}
}

// fork is a fork without exec: the child holds all sockets of this process until
// the run ends or it is killed. There is no Go runtime in it, so it makes raw
// system calls only.
//
//go:norace
func fork() int {
	pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if pid != 0 || errno != 0 {
		return int(pid)
	}
	var b [1]byte
	for {
		if _, _, errno := unix.RawSyscall(unix.SYS_READ, workerAlive, uintptr(unsafe.Pointer(&b[0])), 1); errno != unix.EINTR {
			unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
}

// openSocket opens a wildcard socket of a kind, "tcp4", "udp6" or "dual" (TCP),
// that shares its port by SO_REUSEPORT.
func openSocket(kind string, port int) (int, error) {
	family, how := unix.AF_INET6, unix.SOCK_STREAM
	if kind == "tcp4" || kind == "udp4" {
		family = unix.AF_INET
	}
	if kind == "udp4" || kind == "udp6" {
		how = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(family, how|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := bindSocket(fd, family, port, kind != "dual"); err != nil {
		unix.Close(fd)
		return -1, err
	}
	if how == unix.SOCK_STREAM {
		if err := unix.Listen(fd, 16); err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	return fd, nil
}

func bindSocket(fd, family, port int, only6 bool) error {
	if err := reusePort(fd); err != nil {
		return err
	}
	if family == unix.AF_INET {
		return unix.Bind(fd, &unix.SockaddrInet4{Port: port})
	}
	if err := v6only(map[bool]int{true: 1}[only6])(fd); err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrInet6{Port: port})
}
