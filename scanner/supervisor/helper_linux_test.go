package supervisor

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"portlight/scanner/process"

	"github.com/godbus/dbus/v5"
)

// helperMode makes the test binary a child that lives until its standard input
// ends, whatever its arguments.
const helperMode = "PORTLIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(helperMode) != "" {
		fmt.Println("ready")
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hire starts a child with these arguments, the first of which is its name, and
// gives it as a holder.
func hire(t testing.TB, args ...string) (h Holder, end func()) {
	t.Helper()
	child := &exec.Cmd{
		Path: "/proc/self/exe", Args: args, Env: append(os.Environ(), helperMode+"=wait", "GORACE=atexit_sleep_ms=0"),
		SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}
	in, err := child.StdinPipe()
	must(t, err)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	end = sync.OnceFunc(func() {
		in.Close()
		child.Wait()
	})
	t.Cleanup(end)
	_, err = bufio.NewReader(out).ReadString('\n')
	must(t, err)
	st, err := process.ReadStat(child.Process.Pid)
	must(t, err)
	return Holder{process.ID{PID: child.Process.Pid, Start: st.Start}, filepath.Base(args[0])}, end
}

// shortDir is a folder whose sockets have paths that are short enough.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// fakeEngine is an API socket that gives a text, and counts.
type fakeEngine struct {
	path   string
	asked  atomic.Int64
	answer atomic.Pointer[http.HandlerFunc]
}

func startEngine(t testing.TB, name, answer string) *fakeEngine {
	t.Helper()
	e := &fakeEngine{path: filepath.Join(shortDir(t), name)}
	e.say(answer)
	l, err := net.Listen("unix", e.path)
	must(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		if r.Method != http.MethodGet || r.URL.String() != "/containers/json" {
			t.Errorf("asked %s %s", r.Method, r.URL)
		}
		(*e.answer.Load())(w, r)
	})}
	done := make(chan error)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return e
}

func (e *fakeEngine) say(answer string) {
	e.handle(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })
}

func (e *fakeEngine) handle(h http.HandlerFunc) { e.answer.Store(&h) }

// bus is a dbus-daemon of the test's own.
type bus struct {
	address string
	cmd     *exec.Cmd
}

const busConfig = `<busconfig>
  <type>session</type>
  <listen>unix:path=%s/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

func startBus(t testing.TB) *bus {
	t.Helper()
	dir := shortDir(t)
	config := filepath.Join(dir, "bus.conf")
	must(t, os.WriteFile(config, fmt.Appendf(nil, busConfig, dir), 0o600))
	b := &bus{cmd: exec.Command("dbus-daemon", "--nofork", "--print-address=1", "--config-file="+config)}
	var said bytes.Buffer
	b.cmd.Stderr = &said
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := b.cmd.StdoutPipe()
	must(t, err)
	must(t, b.cmd.Start())
	t.Cleanup(b.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the bus names no address: %v: %s", err, said.String())
	}
	b.address = strings.TrimSpace(line)
	return b
}

func (b *bus) stop() {
	if b.cmd.ProcessState == nil {
		b.cmd.Process.Kill()
		b.cmd.Wait()
	}
}

// manager is a systemd that answers on a bus.
type manager struct {
	conn  *dbus.Conn
	mu    sync.Mutex
	units map[string]*fakeUnit
	asked atomic.Int64 // lists
}

// fakeUnit has the properties of a socket unit.
type fakeUnit struct{ listen, accept, triggers any }

type listenPair struct{ Kind, Address string }

func startManager(t testing.TB, b *bus) *manager {
	t.Helper()
	conn, err := dbus.Connect(b.address)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	m := &manager{conn: conn, units: map[string]*fakeUnit{}}
	must(t, conn.Export(m, "/org/freedesktop/systemd1", systemdManager))
	reply, err := conn.RequestName(systemdName, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("own the name: %v, %v", reply, err)
	}
	return m
}

func unitPath(name string) dbus.ObjectPath {
	return dbus.ObjectPath(fmt.Sprintf("/org/freedesktop/systemd1/unit/u%x", name))
}

func (m *manager) add(t testing.TB, name string, u fakeUnit) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.units[name] = &u
	must(t, m.conn.Export(&u, unitPath(name), "org.freedesktop.DBus.Properties"))
}

func (m *manager) remove(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.units, name)
}

// ListUnitsByPatterns gives all units.
func (m *manager) ListUnitsByPatterns(states, patterns []string) ([]listed, *dbus.Error) {
	m.asked.Add(1)
	if fmt.Sprint(states, patterns) != "[active] [*.socket]" {
		return nil, dbus.MakeFailedError(fmt.Errorf("asked for %q %q", states, patterns))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []listed
	for name := range m.units {
		list = append(list, listed{Name: name, Description: "d", Load: "loaded", Active: "active", Sub: "listening", Path: unitPath(name), JobPath: "/"})
	}
	return list, nil
}

// Get gives a property.
func (u *fakeUnit) Get(in, property string) (dbus.Variant, *dbus.Error) {
	value := map[string]any{systemdSocket + ".Listen": u.listen, systemdSocket + ".Accept": u.accept, systemdUnit + ".Triggers": u.triggers}[in+"."+property]
	if value == nil {
		return dbus.Variant{}, dbus.MakeFailedError(fmt.Errorf("no %s.%s", in, property))
	}
	return dbus.MakeVariant(value), nil
}

// hangingSocket takes connections and never answers.
func hangingSocket(t testing.TB) string {
	t.Helper()
	path := filepath.Join(shortDir(t), "s")
	l, err := net.Listen("unix", path)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return path
}

// scene is a Resolver in a world of the test's own.
type scene struct {
	*Resolver
	t testing.TB
}

const nowhere = "unix:path=/nonexistent/bus"

// newScene completes options so that nothing real is asked.
func newScene(t testing.TB, o Options) *scene {
	t.Helper()
	o.SystemBus, o.SessionBus = firstOf(o.SystemBus, nowhere), firstOf(o.SessionBus, nowhere)
	if o.Engines == nil {
		o.Engines = []string{}
	}
	if o.Stores == nil {
		o.Stores = []string{}
	}
	if o.pace == (pace{}) {
		o.pace = quick()
	}
	s := &scene{New(o), t}
	t.Cleanup(s.Close)
	return s
}

// becomes waits until a socket's manager is as wanted, asking again after news
// only, as the scanner does.
func (s *scene) becomes(x Socket, want Manager) {
	s.t.Helper()
	got := s.Of(x)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for got != want {
		select {
		case <-s.Wake():
		case <-time.After(5 * time.Millisecond):
			s.Tick(time.Now())
			continue
		case <-ctx.Done():
			s.t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		got = s.Of(x)
	}
}

// idle waits until nothing is asked.
func (s *scene) idle() {
	s.t.Helper()
	eventually(s.t, "nothing is asked", func() bool {
		busy := !idleQuestion(s.r.system) || !idleQuestion(s.r.session) || !idleQuestion(s.r.forwards.question)
		for _, e := range append(s.r.engines, s.r.stores...) {
			busy = busy || !idleQuestion(e.question)
		}
		return !busy
	})
}

func idleQuestion[T any](q *question[T]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.running
}

func tcp(cgroup, addrPort string) Socket {
	a := netip.MustParseAddrPort(addrPort)
	return Socket{Cgroup: cgroup, Proto: "tcp", Addr: a.Addr(), Port: a.Port()}
}
