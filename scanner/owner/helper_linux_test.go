package owner

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/internal/fdmessage"

	"portlight/scanner/process"
)

// helperMode makes the test binary a helper of the tests.
const helperMode = "PORTLIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperMode); mode != "" {
		helperMain(mode)
		os.Exit(0)
	}
	// Whom a worker leaves behind is collected here, whatever pid 1 does.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func helperMain(mode string) {
	var err error
	switch mode {
	case "worker":
		err = runWorker()
	case "headless":
		err = runHeadless()
	case "scarce":
		err = runScarce()
	case "unheld":
		err = runUnheld()
	default:
		err = errors.New("unknown mode " + mode)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, mode+":", err)
		os.Exit(1)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits for a condition of the system.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}

// awaken waits until somebody is woken.
func awaken(t testing.TB, wake <-chan struct{}) {
	t.Helper()
	select {
	case <-wake:
	case <-time.After(20 * time.Second):
		t.Fatal("nobody was woken")
	}
}

// request and answer are what is said to a worker and back. A descriptor may
// come along with each.
type request struct {
	Verb  string
	Inode uint32
	Path  string
}

type answer struct {
	PID   int
	Inode uint32
	Err   string
}

// worker is a process that opens, closes and gives away sockets as it is told,
// over a socket pair. It lives until that is closed.
type worker struct {
	testing.TB
	cmd      *exec.Cmd // nil for the child of another worker
	pid      int
	conn     int
	children []*worker
	ended    bool
}

// hire starts a worker; inherited are sockets that it holds from the start.
func hire(t testing.TB, inherited ...*os.File) *worker {
	t.Helper()
	return hireAs(t, os.Geteuid(), inherited...)
}

// hireAs is hire as another user.
func hireAs(t testing.TB, uid int, inherited ...*os.File) *worker {
	t.Helper()
	conn, theirs := pair(t)
	cmd := workerCommand("/proc/self/exe", append([]*os.File{theirs}, inherited...))
	if uid != os.Geteuid() {
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid), NoSetGroups: true}}
	}
	must(t, cmd.Start())
	theirs.Close()
	w := &worker{TB: t, cmd: cmd, pid: cmd.Process.Pid, conn: conn}
	t.Cleanup(w.dismiss)
	w.receive() // it is ready
	return w
}

func workerCommand(path string, files []*os.File) *exec.Cmd {
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), helperMode+"=worker")
	cmd.ExtraFiles, cmd.Stderr = files, os.Stderr
	return cmd
}

func pair(t testing.TB) (conn int, theirs *os.File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	return fds[0], os.NewFile(uintptr(fds[1]), "requests")
}

// kill ends a worker and collects it, but not its children. That one of another
// worker can be collected after that has ended.
func (w *worker) kill() {
	w.Helper()
	w.signal()
	w.reap()
}

// signal ends a worker and leaves a zombie.
func (w *worker) signal() {
	w.Helper()
	must(w.TB, unix.Kill(w.pid, unix.SIGKILL))
}

func (w *worker) reap() {
	if w.ended = true; w.cmd != nil {
		w.cmd.Wait()
		return
	}
	for {
		if _, err := unix.Wait4(w.pid, nil, 0, nil); err != unix.EINTR {
			return
		}
	}
}

// dismiss ends all that was begun with a worker.
func (w *worker) dismiss() {
	if !w.ended {
		w.kill()
	}
	unix.Close(w.conn)
	for _, c := range w.children {
		c.dismiss()
	}
}

func (w *worker) call(r request) answer {
	w.Helper()
	a, _ := w.exchange(r, -1)
	return a
}

// exchange sends a request, with a descriptor or -1, and gives the answer with
// the descriptor that came back, or -1.
func (w *worker) exchange(r request, give int) (answer, int) {
	w.Helper()
	must(w.TB, fdmessage.Send(w.conn, r, give))
	return w.receive()
}

func (w *worker) receive() (answer, int) {
	w.Helper()
	var a answer
	got, err := fdmessage.Receive(w.conn, &a)
	must(w.TB, err)
	if a.Err != "" {
		w.Fatal(a.Err)
	}
	return a, got
}

// open opens a socket. Its inode also serves as its cookie in the tests.
func (w *worker) open() Socket {
	w.Helper()
	return socketOf(w.call(request{Verb: "open"}).Inode)
}

func socketOf(inode uint32) Socket {
	return Socket{Cookie: uint64(inode) | 1<<40, Inode: inode, UID: uint32(os.Geteuid())}
}

// close closes one descriptor of a socket.
func (w *worker) close(s Socket) { w.call(request{Verb: "close", Inode: s.Inode}) }

// dup opens one descriptor more.
func (w *worker) dup(s Socket) { w.call(request{Verb: "dup", Inode: s.Inode}) }

// give hands a socket over; the giver keeps it too.
func (w *worker) give(s Socket, to *worker) {
	w.Helper()
	_, fd := w.exchange(request{Verb: "give", Inode: s.Inode}, -1)
	defer unix.Close(fd)
	to.exchange(request{Verb: "take"}, fd)
}

// shut closes a worker to its own user, or opens it again (PR_SET_DUMPABLE).
func (w *worker) shut(shut bool) {
	w.Helper()
	w.call(request{Verb: map[bool]string{true: "shut", false: "unshut"}[shut]})
}

// spawn starts a child of the worker, that inherits its sockets.
func (w *worker) spawn() *worker {
	w.Helper()
	conn, theirs := pair(w.TB)
	defer theirs.Close()
	a, _ := w.exchange(request{Verb: "spawn"}, int(theirs.Fd()))
	c := &worker{TB: w.TB, pid: a.PID, conn: conn}
	w.children = append(w.children, c)
	c.receive()
	return c
}

// exec has the worker run another program file, with the sockets kept.
func (w *worker) exec(path string) {
	w.Helper()
	must(w.TB, fdmessage.Send(w.conn, request{Verb: "exec", Path: path}, -1))
	w.receive()
}

// workerConn is where a worker gets its requests; sockets from there to
// maxInherited were given to it.
const workerConn, maxInherited = 3, 256

// servant is a worker from within.
type servant struct{ held []hold }

// runWorker serves requests until the other side closes.
func runWorker() error {
	unix.CloseOnExec(workerConn)
	var s servant
	for fd := workerConn + 1; fd < maxInherited; fd++ {
		if s.add(fd) == nil {
			unix.CloseOnExec(fd)
		}
	}
	a, give := answer{PID: os.Getpid()}, -1
	for {
		if err := fdmessage.Send(workerConn, a, give); err != nil {
			return err
		}
		var r request
		got, err := fdmessage.Receive(workerConn, &r)
		if err != nil {
			return nil
		}
		if a, give, err = s.serve(r, got); err != nil {
			a.Err = r.Verb + ": " + err.Error()
		}
	}
}

// add takes a socket over.
func (s *servant) add(fd int) error {
	inode, err := inodeOf(fd)
	if err == nil {
		s.held = append(s.held, hold{fd, inode})
	}
	return err
}

func inodeOf(fd int) (uint32, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return 0, unix.ENOTSOCK
	}
	return uint32(st.Ino), nil
}

// serve does what a request says, and gives the descriptor to send or -1.
func (s *servant) serve(r request, got int) (a answer, give int, err error) {
	i := slices.IndexFunc(s.held, func(h hold) bool { return h.inode == r.Inode })
	fd := -1
	if i >= 0 {
		fd = s.held[i].fd
	}
	switch r.Verb {
	case "open":
		if fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err == nil {
			a.Inode, err = inodeOf(fd)
			s.held = append(s.held, hold{fd, a.Inode})
		}
	case "dup":
		if fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0); err == nil {
			err = s.add(fd)
		}
	case "close":
		if err = unix.Close(fd); err == nil {
			s.held = slices.Delete(s.held, i, i+1)
		}
	case "give":
		return a, fd, nil
	case "take":
		err = s.add(got)
	case "shut":
		err = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	case "unshut":
		err = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
	case "spawn":
		a.PID, err = s.spawn(got)
	case "exec":
		err = s.exec(r.Path)
	default:
		err = errors.ErrUnsupported
	}
	return a, -1, err
}

// spawn does not wait for the child: it is somebody else's after the end of this
// process.
func (s *servant) spawn(conn int) (int, error) {
	files := []*os.File{os.NewFile(uintptr(conn), "requests")}
	for _, h := range s.held {
		fd, err := unix.FcntlInt(uintptr(h.fd), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return 0, err
		}
		files = append(files, os.NewFile(uintptr(fd), "socket"))
	}
	defer func() {
		for _, f := range files {
			f.Close()
		}
	}()
	cmd := workerCommand("/proc/self/exe", files)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}

func (s *servant) exec(path string) error {
	for _, h := range append(s.held, hold{fd: workerConn}) {
		if _, err := unix.FcntlInt(uintptr(h.fd), unix.F_SETFD, 0); err != nil {
			return err
		}
	}
	return syscall.Exec(path, []string{path}, os.Environ())
}

// openSocket opens a socket of this process.
func openSocket(t testing.TB) (Socket, *os.File) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	f := os.NewFile(uintptr(fd), "socket")
	t.Cleanup(func() { f.Close() })
	inode, err := inodeOf(fd)
	must(t, err)
	return socketOf(inode), f
}

// procOf is a proc file system that shows some processes only.
func procOf(t testing.TB, pids ...int) string {
	t.Helper()
	root := t.TempDir()
	must(t, os.Symlink("/proc/loadavg", root+"/loadavg"))
	for _, pid := range pids {
		must(t, os.Symlink("/proc/"+strconv.Itoa(pid), root+"/"+strconv.Itoa(pid)))
	}
	return root
}

// wholeOf is procOf as the first pid namespace of a system, which has a pid 1, and
// no other processes than that and those.
func wholeOf(t testing.TB, pids ...int) string {
	t.Helper()
	root := procOf(t, pids...)
	must(t, os.MkdirAll(root+"/self/ns", 0o755))
	must(t, os.Symlink(initPIDNamespace, root+"/self/ns/pid"))
	must(t, os.Symlink("/proc/"+strconv.Itoa(hire(t).pid), root+"/1"))
	return root
}

// scene is a Finder with a clock of its own.
type scene struct {
	testing.TB
	*Finder
	clock time.Time
}

func newScene(t testing.TB, o Options) *scene {
	t.Helper()
	f, err := New(o)
	must(t, err)
	t.Cleanup(f.Close)
	return &scene{t, f, time.Unix(1_700_000_000, 0)}
}

// track tracks sockets and works.
func (s *scene) track(sockets ...Socket) {
	s.Helper()
	for _, x := range sockets {
		s.Track(x)
	}
	s.work(0)
}

// step lets some time pass and works.
func (s *scene) step(later time.Duration) []uint64 {
	s.clock = s.clock.Add(later)
	changed, err := s.Work(s.clock)
	if err != nil {
		s.Helper()
		s.Fatal(err)
	}
	return changed
}

// work is step with the cookies in order and without doubles.
func (s *scene) work(later time.Duration) []uint64 {
	s.Helper()
	changed := slices.Clone(s.step(later))
	slices.Sort(changed)
	return slices.Compact(changed)
}

// pass lets scans pass that find nothing new, so that what was just looked into
// is left alone.
func (s *scene) pass() {
	s.Helper()
	s.work(time.Millisecond)
	s.work(time.Millisecond)
}

// until works each second of at most so much time, until a condition holds, and
// tells how long that took.
func (s *scene) until(what string, most time.Duration, holds func() bool) (passed time.Duration) {
	s.Helper()
	for ; !holds(); passed += time.Second {
		if passed >= most {
			s.Fatalf("not within %v: %s", most, what)
		}
		s.work(time.Second)
	}
	return passed
}

// pids are those that hold a socket.
func (s *scene) pids(x Socket) []int {
	var pids []int
	for _, p := range s.Holders(x.Cookie) {
		pids = append(pids, p.PID)
	}
	return pids
}

func (s *scene) expect(when string, x Socket, workers ...*worker) {
	s.Helper()
	var want []int
	for _, w := range workers {
		want = append(want, w.pid)
	}
	slices.Sort(want)
	if got := s.pids(x); !slices.Equal(got, want) {
		s.Errorf("%s: held by %v, want %v", when, got, want)
	}
}

// looked gives the processes that the last search has looked into.
func (s *scene) looked() []int {
	var pids []int
	for pid, p := range s.procs {
		if p.round == s.round {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// Holders gives those that hold a socket, nil for one that is not tracked.
func (f *Finder) Holders(cookie uint64) []process.Summary {
	if f.cookies[cookie] == nil {
		return nil
	}
	return f.AppendHolders([]process.Summary{}, cookie)
}
