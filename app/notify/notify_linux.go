package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"

	"portlight/app/desktop"
)

// callTimeout bounds Send, Withdraw and Status, each with all its calls. To
// start a service takes a desktop a second or two.
const callTimeout = 5 * time.Second

// Notifier shows notifications through the service
// org.freedesktop.Notifications on the session bus (Desktop Notifications
// Specification 1.2 and later). It connects when it is first used and again
// when the connection is lost; bus and service may come and go. It is safe for
// concurrent use.
type Notifier struct {
	onAction func(key, action string)
	log      *slog.Logger
	hints    map[string]dbus.Variant
	timeout  time.Duration
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	readers  sync.WaitGroup

	mu      sync.Mutex
	conn    *dbus.Conn // nil before the first use
	service service    // of conn; zero if not known yet
	shown   map[string]shown
}

// shown is a notification that stands. An id means nothing to another owner of
// the service's name.
type shown struct {
	owner string
	id    uint32
}

// New gives a notifier; it does not connect yet. OnAction gets the key of a
// notification and the action that the user chose: Default or an Action's ID.
// It is called on one goroutine, one after the other, may call Send, Withdraw
// and Status, and must not call Close, which waits for it. A nil log discards.
func New(onAction func(key, action string), log *slog.Logger, list ...Option) *Notifier {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	n := &Notifier{onAction: onAction, log: log, hints: baseHints(newOptions(list)), timeout: callTimeout, shown: map[string]shown{}}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	return n
}

// Send shows a notification, in place of the one with the same key if that
// still stands. It takes at most a few seconds. The error says what is missing
// and what to do.
func (n *Notifier) Send(m Notification) error {
	err := n.do(func(ctx context.Context) error { return n.send(ctx, m) })
	if err != nil {
		return fmt.Errorf("send notification: %w", err)
	}
	return nil
}

// Withdraw takes the notification with this key away. It is no error if there
// is none or if the service is gone.
func (n *Notifier) Withdraw(key string) error {
	err := n.do(func(ctx context.Context) error { return n.withdraw(ctx, key) })
	if err != nil {
		return fmt.Errorf("withdraw notification: %w", err)
	}
	return nil
}

// Status asks which service is there. It does not start one.
func (n *Notifier) Status() (s Status) {
	err := n.do(func(ctx context.Context) (err error) {
		s, err = n.status(ctx)
		return err
	})
	if err != nil {
		return Status{Err: fmt.Errorf("look for a notification service: %w", err)}
	}
	return s
}

// Ask does nothing: a desktop shows notifications without asking.
func (n *Notifier) Ask() error { return nil }

// Close ends the connection and waits for onAction to return. Notifications
// that stand are left to the desktop.
func (n *Notifier) Close() error {
	n.cancel()
	n.mu.Lock()
	conn := n.conn
	n.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
	n.readers.Wait()
	return nil
}

// do runs one job under the lock, and once more if the bus or the service went
// away under it: the next one may be there already.
func (n *Notifier) do(job func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(n.ctx, n.timeout)
	defer cancel()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ctx.Err() != nil {
		return hintClosed
	}
	err := job(ctx)
	if err != nil && ctx.Err() == nil && n.lost(err) {
		n.log.Debug("notification service lost, trying again", "error", err)
		n.service = service{}
		err = job(ctx)
	}
	switch {
	case err == nil:
		return nil
	case n.ctx.Err() != nil:
		return hintClosed
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", hintSilent, err)
	}
	return err
}

// lost reports whether an error means that the bus or the service went away,
// and drops a connection that is broken: a write may fail before the connection
// knows that it is closed.
func (n *Notifier) lost(err error) bool {
	var e dbus.Error
	if errors.As(err, &e) {
		return slices.Contains([]string{errServiceUnknown, errNoOwner, errNoReply, errDisconnected}, e.Name)
	}
	if n.conn == nil || n.conn.Connected() && !broken(err) {
		return false
	}
	n.conn.Close()
	n.conn = nil
	clear(n.shown)
	return true
}

func broken(err error) bool {
	return errors.Is(err, dbus.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

func (n *Notifier) send(ctx context.Context, m Notification) error {
	s, err := n.use(ctx)
	if err != nil {
		return err
	}
	var old uint32
	if was := n.shown[m.Key]; was.owner == s.owner {
		old = was.id
	}
	var id uint32
	if err := s.call(ctx, n.conn, "Notify", n.arguments(m, s, old)...).Store(&id); err != nil {
		return fmt.Errorf("%s did not take it: %w", s.status().label(), err)
	}
	n.shown[m.Key] = shown{s.owner, id}
	return nil
}

func (n *Notifier) withdraw(ctx context.Context, key string) error {
	was, ok := n.shown[key]
	if !ok {
		return nil
	}
	delete(n.shown, key)
	err := service{owner: was.owner}.call(ctx, n.conn, "CloseNotification", was.id).Err
	if err != nil && ctx.Err() != nil {
		return err
	}
	return nil
}

// use gives the service, connected to and started if need be.
func (n *Notifier) use(ctx context.Context) (service, error) {
	if err := n.connect(ctx); err != nil {
		return service{}, err
	}
	owner, err := findOwner(ctx, n.conn)
	if isError(err, errNoOwner) {
		owner, err = startService(ctx, n.conn)
	}
	if err != nil {
		return service{}, err
	}
	return n.meet(ctx, owner)
}

// meet asks a new owner of the service's name what it is and can do. What an
// earlier one showed is gone.
func (n *Notifier) meet(ctx context.Context, owner string) (service, error) {
	if owner == n.service.owner {
		return n.service, nil
	}
	s, err := askService(ctx, n.conn, owner)
	if err != nil {
		return service{}, err
	}
	n.log.Debug("notification service found", "name", s.name, "version", s.version, "actions", s.actions)
	n.service = s
	clear(n.shown)
	return s, nil
}

// connect makes a private connection: on the shared one of godbus the signals
// for us would reach the tray's code too, which stops at ones it does not know.
func (n *Notifier) connect(ctx context.Context) error {
	if n.conn != nil && n.conn.Connected() {
		return nil
	}
	n.service = service{}
	clear(n.shown)
	conn, err := desktop.ConnectBus(ctx, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return err
	}
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName), dbus.WithMatchObjectPath(busPath))
	if err != nil {
		conn.Close()
		return err
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	n.conn = conn
	n.readers.Add(1)
	go n.read(conn, signals)
	return nil
}

func (n *Notifier) status(ctx context.Context) (Status, error) {
	if err := n.connect(ctx); err != nil {
		return Status{}, err
	}
	owner, err := findOwner(ctx, n.conn)
	if isError(err, errNoOwner) {
		return waiting(ctx, n.conn)
	}
	if err != nil {
		return Status{}, err
	}
	s, err := n.meet(ctx, owner)
	return s.status(), err
}

// read takes the signals of one connection until it is closed.
func (n *Notifier) read(conn *dbus.Conn, signals <-chan *dbus.Signal) {
	defer n.readers.Done()
	for s := range signals {
		e, ok := parseSignal(s)
		if !ok {
			continue
		}
		key, ok := n.find(conn, s.Sender, e)
		if ok && e.action != "" && n.ctx.Err() == nil {
			n.onAction(key, e.action)
		}
	}
}

// find gives the key of the notification that an event is about, and forgets
// it if that is closed.
func (n *Notifier) find(conn *dbus.Conn, sender string, e event) (key string, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if conn != n.conn {
		return "", false
	}
	for key, s := range n.shown {
		if s == (shown{sender, e.id}) {
			if e.closed {
				delete(n.shown, key)
			}
			return key, true
		}
	}
	return "", false
}
