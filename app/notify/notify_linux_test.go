package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"portlight/app/desktop"
	"portlight/app/desktop/bustest"
)

// serviceEnv makes the test program be a notification service, for a bus that
// starts one on demand.
const serviceEnv = "PORTLIGHT_TEST_SERVICE"

func TestMain(m *testing.M) {
	if os.Getenv(serviceEnv) != "" {
		conn, err := desktop.ConnectBus(context.Background())
		if err == nil {
			err = new(server).serve(conn)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		<-conn.Context().Done()
		return
	}
	os.Exit(m.Run())
}

// notified is one call of Notify.
type notified struct {
	App           string
	Replaces      uint32
	Icon          string
	Summary, Body string
	Actions       []string
	Hints         map[string]dbus.Variant
	Expire        int32
}

// server is the desktop's side: what owns org.freedesktop.Notifications.
type server struct {
	capabilities []string
	refuse       *dbus.Error
	slow         chan struct{} // Notify takes a value when it begins and another one to go on

	mu     sync.Mutex
	conn   *dbus.Conn
	last   uint32
	calls  []notified
	closed []uint32
}

func (s *server) Notify(app string, replaces uint32, icon, summary, body string, actions []string, hints map[string]dbus.Variant, expire int32) (uint32, *dbus.Error) {
	if s.slow != nil {
		<-s.slow
		<-s.slow
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return 0, s.refuse
	}
	s.calls = append(s.calls, notified{app, replaces, icon, summary, body, actions, hints, expire})
	if replaces != 0 {
		return replaces, nil
	}
	s.last++
	return s.last, nil
}

func (s *server) CloseNotification(id uint32) *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = append(s.closed, id)
	s.conn.Emit(busPath, busName+".NotificationClosed", id, uint32(3))
	return nil
}

func (s *server) GetCapabilities() ([]string, *dbus.Error) { return s.capabilities, nil }

func (s *server) GetServerInformation() (name, vendor, version, spec string, _ *dbus.Error) {
	return "fake\u202e", "tests", "7.1", "1.2", nil
}

func (s *server) serve(conn *dbus.Conn) error {
	s.conn = conn
	if err := conn.Export(s, busPath, busName); err != nil {
		return err
	}
	reply, err := conn.RequestName(busName, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = errors.New("the name is taken")
	}
	return err
}

func (s *server) got() []notified {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *server) emit(t *testing.T, member string, values ...any) {
	t.Helper()
	if err := s.conn.Emit(busPath, busName+"."+member, values...); err != nil {
		t.Fatal(err)
	}
}

func startServer(t *testing.T, bus *bustest.Bus, s *server) *server {
	t.Helper()
	if err := s.serve(bus.Connect(t)); err != nil {
		t.Fatal(err)
	}
	return s
}

// chosen collects what onAction gets.
type chosen struct{ got chan string }

func newNotifier(t *testing.T, list ...Option) (*Notifier, chosen) {
	t.Helper()
	c := chosen{make(chan string, 100)}
	n := New(func(key, action string) { c.got <- key + " " + action }, nil, list...)
	t.Cleanup(func() { n.Close() })
	return n, c
}

func (c chosen) want(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-c.got:
		if got != want {
			t.Errorf("onAction got %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("onAction was not called, want %q", want)
	}
}

func send(t *testing.T, n *Notifier, m Notification) {
	t.Helper()
	if err := n.Send(m); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s in vain", what)
		}
	}
}

var full = []string{"actions", "body", "body-markup"}

func TestSend(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	n, _ := newNotifier(t)
	buttons := []Action{{ID: "details", Label: "Details"}, {ID: "allow", Label: "Allow"}, {ID: "mute", Label: "Mute"}}
	send(t, n, Notification{Key: "a", Title: "<b>T</b> & co", Body: "a < b & \"c\" 'd'\nsecond", Actions: buttons})
	send(t, n, Notification{Key: "b", Title: "T", Urgent: true, Actions: []Action{{ID: Default, Label: "Look"}}})
	hints := func(urgency byte) map[string]dbus.Variant {
		return map[string]dbus.Variant{
			"urgency":       dbus.MakeVariant(urgency),
			"category":      dbus.MakeVariant("network"),
			"desktop-entry": dbus.MakeVariant("io.github.portlight.Portlight"),
		}
	}
	const icon = "io.github.portlight.Portlight"
	want := []notified{
		{"Portlight", 0, icon, "<b>T</b> & co", "a &lt; b &amp; \"c\" 'd'\nsecond", []string{"default", "", "details", "Details", "allow", "Allow", "mute", "Mute"}, hints(1), -1},
		{"Portlight", 0, icon, "T", "", []string{"default", "Look"}, hints(2), -1},
	}
	if got := s.got(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSendWithoutCapabilities(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: []string{"body"}})
	n, _ := newNotifier(t)
	send(t, n, Notification{Key: "a", Title: "T", Body: "a < b & c", Actions: []Action{{ID: "details", Label: "Details"}}})
	if got := s.got()[0]; got.Body != "a < b & c" || len(got.Actions) > 0 {
		t.Errorf("body %q, actions %q", got.Body, got.Actions)
	}
}

// What D-Bus does not carry must not cost the connection.
func TestSendHostile(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	n, _ := newNotifier(t)
	long := strings.Repeat("x", 1<<20)
	for i, c := range [][2]string{{"a\x00\xffb", "a\uFFFD\uFFFDb"}, {"", ""}, {long, long}, {"\u202e\a", "\u202e\a"}} {
		send(t, n, Notification{Key: c[0], Title: c[0], Body: c[0], Actions: []Action{{ID: c[0], Label: c[0]}}})
		if got := s.got()[i]; got.Summary != c[1] || got.Body != c[1] || got.Actions[2] != c[1] || got.Actions[3] != c[1] {
			t.Errorf("%.20q: %.80q", c[0], fmt.Sprint(got))
		}
	}
}

func TestIcon(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	picture := image.NewRGBA(image.Rect(5, 5, 7, 6))
	picture.Set(5, 5, color.NRGBA{200, 100, 50, 255})
	picture.Set(6, 5, color.NRGBA{255, 255, 255, 0})
	n, _ := newNotifier(t, WithIcon(picture))
	send(t, n, Notification{Key: "a", Title: "T"})
	data := s.got()[0].Hints["image-data"]
	if got := dbus.SignatureOf(pixels{}).String(); got != "(iiibiiay)" {
		t.Errorf("signature %s", got)
	}
	want := []any{int32(2), int32(1), int32(8), true, int32(8), int32(4), []byte{200, 100, 50, 255, 0, 0, 0, 0}}
	if !reflect.DeepEqual(data.Value(), want) {
		t.Errorf("got %v, want %v", data.Value(), want)
	}
}

func TestReplace(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	n, c := newNotifier(t)
	for _, key := range []string{"a", "b", "a", "b"} {
		send(t, n, Notification{Key: key, Title: key})
	}
	s.emit(t, "NotificationClosed", uint32(1), uint32(2))
	s.emit(t, "ActionInvoked", uint32(1), "late")
	s.emit(t, "ActionInvoked", uint32(2), Default)
	c.want(t, "b default")
	send(t, n, Notification{Key: "a", Title: "a"})
	var ids []uint32
	for _, call := range s.got() {
		ids = append(ids, call.Replaces)
	}
	if want := []uint32{0, 0, 1, 2, 0}; !slices.Equal(ids, want) {
		t.Errorf("replaces %v, want %v", ids, want)
	}
}

func TestActions(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	n, c := newNotifier(t)
	send(t, n, Notification{Key: "tcp:0.0.0.0:22", Title: "T", Actions: []Action{{ID: "mute", Label: "Mute"}}})
	other := bus.Connect(t)
	for _, stranger := range []*dbus.Conn{other, bus.Connect(t)} {
		if err := stranger.Emit(busPath, busName+".ActionInvoked", uint32(1), "forged"); err != nil {
			t.Fatal(err)
		}
	}
	sendTo(t, other, n.conn.Names()[0], uint32(1), "forged")
	s.emit(t, "ActionInvoked", uint32(99), "unknown id")
	s.emit(t, "ActionInvoked", "1", "bad type")
	s.emit(t, "ActionInvoked", uint32(1), uint32(1))
	s.emit(t, "ActionInvoked", uint32(1))
	s.emit(t, "ActivationToken", uint32(1), "token")
	s.emit(t, "ActionInvoked", uint32(1), "mute")
	c.want(t, "tcp:0.0.0.0:22 mute")
	s.emit(t, "ActionInvoked", uint32(1), Default)
	c.want(t, "tcp:0.0.0.0:22 default")
}

// sendTo sends the signal ActionInvoked to one receiver, which no match rule
// keeps out, and waits until the bus has passed it on.
func sendTo(t *testing.T, from *dbus.Conn, to string, values ...any) {
	t.Helper()
	m := &dbus.Message{Type: dbus.TypeSignal, Body: values, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldDestination: dbus.MakeVariant(to),
		dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath(busPath)),
		dbus.FieldInterface:   dbus.MakeVariant(busName),
		dbus.FieldMember:      dbus.MakeVariant("ActionInvoked"),
		dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(values...)),
	}}
	if call := from.Send(m, nil); call.Err != nil {
		t.Fatal(call.Err)
	}
	if err := from.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil {
		t.Fatal(err)
	}
}

// An action may lead to another notification.
func TestSendInAction(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	done := make(chan error, 1)
	var n *Notifier
	n = New(func(key, action string) {
		done <- errors.Join(n.Send(Notification{Key: "next", Title: action}), n.Withdraw(key))
	}, nil)
	defer n.Close()
	send(t, n, Notification{Key: "a", Title: "T"})
	s.emit(t, "ActionInvoked", uint32(1), "details")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := s.got(); got[len(got)-1].Summary != "details" {
		t.Errorf("got %v", got)
	}
}

func TestWithdraw(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	n, _ := newNotifier(t)
	if err := n.Withdraw("never"); err != nil {
		t.Error(err)
	}
	send(t, n, Notification{Key: "a", Title: "T"})
	send(t, n, Notification{Key: "b", Title: "T"})
	for range 2 {
		if err := n.Withdraw("b"); err != nil {
			t.Error(err)
		}
	}
	s.mu.Lock()
	closed := slices.Clone(s.closed)
	s.mu.Unlock()
	if !slices.Equal(closed, []uint32{2}) {
		t.Errorf("closed %v, want 2", closed)
	}
	s.conn.Close()
	if err := n.Withdraw("a"); err != nil {
		t.Errorf("service gone: %v", err)
	}
	bus.Stop()
	if err := n.Withdraw("a"); err != nil {
		t.Errorf("bus gone: %v", err)
	}
}

func TestServiceRestart(t *testing.T) {
	bus := bustest.Start(t)
	first := startServer(t, bus, &server{capabilities: full})
	n, c := newNotifier(t)
	send(t, n, Notification{Key: "a", Title: "T", Body: "<"})
	send(t, n, Notification{Key: "b", Title: "T"})
	first.conn.Close()
	if err := n.Send(Notification{Key: "a"}); err == nil || !strings.Contains(err.Error(), "install one") {
		t.Errorf("no service: %v", err)
	}
	second := startServer(t, bus, &server{capabilities: []string{"actions"}})
	send(t, n, Notification{Key: "a", Title: "T", Body: "<"})
	if got := second.got()[0]; got.Replaces != 0 || got.Body != "<" {
		t.Errorf("second service: %v", got)
	}
	second.emit(t, "ActionInvoked", uint32(2), "not b's")
	second.emit(t, "ActionInvoked", uint32(1), "x")
	c.want(t, "a x")
}

// A service that dies while it is asked is asked for again.
func TestServiceDiesInCall(t *testing.T) {
	bus := bustest.Start(t)
	first := startServer(t, bus, &server{capabilities: full, slow: make(chan struct{})})
	defer close(first.slow)
	n, _ := newNotifier(t)
	result := make(chan error, 1)
	go func() { result <- n.Send(Notification{Key: "a", Title: "T"}) }()
	first.slow <- struct{}{}
	second := &server{capabilities: full, conn: bus.Connect(t)}
	if err := second.conn.Export(second, busPath, busName); err != nil {
		t.Fatal(err)
	}
	if _, err := second.conn.RequestName(busName, 0); err != nil {
		t.Fatal(err)
	}
	first.conn.Close()
	if err := <-result; err != nil {
		t.Error(err)
	}
	if got := second.got(); len(got) != 1 {
		t.Errorf("second service got %v", got)
	}
}

// busy reports whether a call is under way.
func (n *Notifier) busy() bool {
	if n.mu.TryLock() {
		n.mu.Unlock()
		return false
	}
	return true
}

func TestBusRestart(t *testing.T) {
	bus := bustest.Start(t)
	startServer(t, bus, &server{capabilities: full})
	n, c := newNotifier(t)
	send(t, n, Notification{Key: "a", Title: "T"})
	bus.Stop()
	if err := n.Send(Notification{Key: "a"}); err == nil || !strings.Contains(err.Error(), "session bus") {
		t.Errorf("no bus: %v", err)
	}
	if s := n.Status(); s.Err == nil {
		t.Errorf("no bus: status %v", s)
	}
	if err := n.Withdraw("a"); err != nil {
		t.Errorf("no bus: %v", err)
	}
	bus.Run(t)
	s := startServer(t, bus, &server{capabilities: full})
	send(t, n, Notification{Key: "a", Title: "T"})
	if got := s.got()[0]; got.Replaces != 0 {
		t.Errorf("replaces %d on a new bus", got.Replaces)
	}
	s.emit(t, "ActionInvoked", uint32(1), "x")
	c.want(t, "a x")
}

func TestNoBus(t *testing.T) {
	empty := t.TempDir()
	for address, want := range map[string]string{
		"unix:path=/nonexistent/x": "/nonexistent/x", "": "DBUS_SESSION_BUS_ADDRESS", "autolaunch:": "DBUS_SESSION_BUS_ADDRESS", "nonsense": "nonsense",
	} {
		t.Setenv("XDG_RUNTIME_DIR", empty)
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		n, _ := newNotifier(t)
		begin := time.Now()
		if err := n.Send(Notification{Key: "a", Title: "T"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", address, err, want)
		}
		if s := n.Status(); s.Err == nil || !strings.Contains(s.String(), want) {
			t.Errorf("%q: status %v", address, s)
		}
		if err := n.Withdraw("a"); err != nil {
			t.Errorf("%q: %v", address, err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%q: took %v", address, took)
		}
		if got := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); got != address {
			t.Errorf("%q: a bus was started at %q", address, got)
		}
	}
}

func TestRefused(t *testing.T) {
	bus := bustest.Start(t)
	startServer(t, bus, &server{capabilities: full, refuse: dbus.NewError(busName+".Error.ExcessNotificationGeneration", []any{"Too many"})})
	n, _ := newNotifier(t)
	if err := n.Send(Notification{Key: "a"}); err == nil || !strings.Contains(err.Error(), "Too many") || !strings.Contains(err.Error(), "7.1") {
		t.Errorf("Send: %v", err)
	}
}

// Neither a service nor a bus that hangs holds up the caller or Close.
func TestHang(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full, slow: make(chan struct{})})
	defer close(s.slow)
	n, _ := newNotifier(t)
	n.timeout = 100 * time.Millisecond
	if err := n.Send(Notification{Key: "a"}); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("service hangs: %v", err)
	}
	bus.Signal(t, syscall.SIGSTOP)
	for _, n := range []*Notifier{n, newHasty(t)} {
		if err := n.Send(Notification{Key: "a"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("bus hangs: %v", err)
		}
	}
	n.timeout = time.Hour
	result := make(chan error, 1)
	go func() { result <- n.Send(Notification{Key: "a"}) }()
	until(t, "the call", n.busy)
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if err := <-result; err == nil || !strings.Contains(err.Error(), hintClosed.Error()) {
		t.Errorf("closed: %v", err)
	}
}

func newHasty(t *testing.T) *Notifier {
	t.Helper()
	n, _ := newNotifier(t)
	n.timeout = 100 * time.Millisecond
	return n
}

func TestStatus(t *testing.T) {
	bus := bustest.Start(t)
	n, _ := newNotifier(t)
	if s := n.Status(); s.Err == nil || !strings.Contains(s.String(), "install one") {
		t.Errorf("no service: %+v", s)
	}
	server := startServer(t, bus, &server{capabilities: full})
	want := Status{Name: "fake\uFFFD", Version: "7.1", Actions: true}
	for range 2 {
		if s := n.Status(); s != want {
			t.Errorf("%+v, want %+v", s, want)
		}
	}
	server.conn.Close()
	until(t, "the service to be missed", func() bool { return n.Status().Err != nil })
}

// On many desktops the bus starts the service for the first notification.
func TestActivation(t *testing.T) {
	t.Setenv(serviceEnv, "1")
	bustest.Start(t, bustest.Service{Name: busName, Exec: os.Args[0]})
	n, _ := newNotifier(t)
	if s := n.Status(); s != (Status{Waiting: true}) {
		t.Errorf("before: %+v", s)
	}
	send(t, n, Notification{Key: "a", Title: "T"})
	if s := n.Status(); s.Version != "7.1" || s.Err != nil {
		t.Errorf("after: %+v", s)
	}
}

func TestActivationFails(t *testing.T) {
	bustest.Start(t, bustest.Service{Name: busName, Exec: "/nonexistent/service"})
	n, _ := newNotifier(t)
	if err := n.Send(Notification{Key: "a", Title: "T"}); err == nil || !strings.Contains(err.Error(), "start the notification service") {
		t.Errorf("Send: %v", err)
	}
}

func TestClose(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	before := runtime.NumGoroutine()
	n, c := newNotifier(t)
	send(t, n, Notification{Key: "a", Title: "T"})
	for range 2 {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}
	s.emit(t, "ActionInvoked", uint32(1), "late")
	if err := n.Send(Notification{Key: "a"}); err == nil || !strings.Contains(err.Error(), hintClosed.Error()) {
		t.Errorf("Send: %v", err)
	}
	if st := n.Status(); st.Err == nil {
		t.Errorf("Status: %v", st)
	}
	until(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	if len(c.got) > 0 {
		t.Errorf("onAction after Close: %q", <-c.got)
	}
	unused := New(nil, nil)
	if err := unused.Close(); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full})
	n, _ := newNotifier(t)
	var all sync.WaitGroup
	for i := range 50 {
		all.Add(1)
		go func() {
			defer all.Done()
			key := fmt.Sprint(i % 10)
			if err := n.Send(Notification{Key: key, Title: key}); err != nil {
				t.Error(err)
			}
			n.Status()
		}()
	}
	all.Wait()
	fresh := 0
	for _, call := range s.got() {
		if call.Replaces == 0 {
			fresh++
		}
	}
	if got := len(s.got()); got != 50 || fresh != 10 {
		t.Errorf("%d calls, %d notifications", got, fresh)
	}
}

func TestLog(t *testing.T) {
	bus := bustest.Start(t)
	startServer(t, bus, &server{capabilities: full})
	var b bytes.Buffer
	n := New(nil, slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})))
	send(t, n, Notification{Key: "a", Title: "T"})
	n.Close()
	if !strings.Contains(b.String(), "version=7.1") {
		t.Errorf("log: %q", b.String())
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"", "a", "\x00", "\xff", "<b>&amp;</b>", "ü\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := escape.Replace(plain(s))
		if strings.ContainsAny(p, "<>\x00") || strings.ToValidUTF8(p, "") != p {
			t.Errorf("%q becomes %q", s, p)
		}
	})
}
