package window

import (
	"context"
	"fmt"
	"image/color"
	"io/fs"
	"net/netip"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"portlight/app/view"
	"portlight/assets"
	"portlight/scanner"
	"portlight/scanner/installed"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
	"portlight/services"
)

// ports names a few ports.
type ports map[uint16]string

func (p ports) Lookup(q services.Query) services.Answer {
	proto, port := q.Proto, q.Port
	if p[port] == "" {
		return services.Answer{}
	}
	n := services.Name{Port: port, Proto: proto, Name: p[port], Source: services.IANA}
	return services.Answer{Best: n, All: []services.Name{n}}
}

var names = ports{22: "ssh", 53: "domain", 80: "http", 443: "https", 631: "ipp", 5353: "mdns", 5432: "postgresql", 6379: "redis", 8080: "http-alt", 3000: "ppp"}

// noon is when the tests look at the window.
var noon = started.Add(3 * time.Hour)

var started = time.Date(2026, time.March, 2, 9, 41, 7, 0, time.UTC)

func owner(pid int, name, user string, uid int) scanner.Process {
	return scanner.Process{
		ID: process.ID{PID: pid, Start: uint64(pid) * 100}, Name: name, Path: "/usr/sbin/" + name,
		UID: uid, User: user, Started: started,
	}
}

func listener(proto scanner.Proto, addr string, port uint16, owners ...scanner.Process) scanner.Listener {
	l := scanner.Listener{Key: scanner.Key{Proto: proto, Addr: netip.MustParseAddr(addr), Port: port}, Owners: owners}
	l.DualStack = addr == "::" && port != 22
	l.User, l.UID = "root", 0
	if len(owners) > 0 {
		l.User, l.UID = owners[0].User, owners[0].UID
	}
	return l
}

func snapshot(listeners ...scanner.Listener) *scanner.Snapshot {
	slices.SortFunc(listeners, func(a, b scanner.Listener) int { return a.Compare(b.Key) })
	s := &scanner.Snapshot{Time: started, Listeners: listeners}
	s.Visibility = scanner.Visibility{Source: "sockdiag", Listeners: len(listeners)}
	for i := range listeners {
		if listeners[i].Hidden() {
			s.Visibility.Hidden++
		} else {
			s.Visibility.WithOwner++
		}
	}
	return s
}

var (
	nginx    = owner(812, "nginx", "www-data", 33)
	worker   = owner(813, "nginx", "www-data", 33)
	sshd     = owner(640, "sshd", "root", 0)
	postgres = owner(1204, "postgres", "postgres", 114)
	node     = owner(28411, "node", "user", 1000)
	avahi    = owner(577, "avahi-daemon", "avahi", 110)
	redis    = owner(1311, "redis-server", "redis", 115)
)

var nginxUnit = supervisor.Manager{Kind: supervisor.Service, Unit: "nginx.service"}

// household is a computer as one has it at home.
func household() *scanner.Snapshot {
	smb := listener(scanner.TCP, "0.0.0.0", 445)
	smb.User = "root"
	nfs := listener(scanner.TCP, "::", 2049)
	nfs.Kernel = true
	web := listener(scanner.TCP, "::", 80, nginx, worker)
	web.Behind = &nginxUnit
	tls := listener(scanner.TCP, "::", 443, nginx, worker)
	tls.Behind = &nginxUnit
	return snapshot(
		listener(scanner.TCP, "0.0.0.0", 22, sshd), listener(scanner.TCP, "::", 22, sshd),
		listener(scanner.UDP, "127.0.0.53", 53), web, tls, smb,
		listener(scanner.TCP, "127.0.0.1", 631), nfs,
		listener(scanner.TCP, "192.168.1.12", 3000, node),
		listener(scanner.UDP, "0.0.0.0", 5353, avahi), listener(scanner.UDP, "224.0.0.251", 5353, node),
		listener(scanner.TCP, "127.0.0.1", 5432, postgres), listener(scanner.TCP, "::1", 6379, redis),
		listener(scanner.TCP, "127.0.0.1", 8080, node),
		listener(scanner.TCP, "fe80::1%eth0", 546, node),
	)
}

// hostile is a computer with names that nobody should have to read.
func hostile() *scanner.Snapshot {
	evil := owner(4242, "\x1b[31m<b>&amp;_evil\u202egnp.exe\xff "+strings.Repeat("long", 60), "a-user-with-a-name-that-never-ends", 70000)
	evil.Path = "/opt/" + strings.Repeat("a-folder-without-blanks/", 12) + "evil"
	l := listener(scanner.TCP, "0.0.0.0", 8080, evil)
	l.Behind = &supervisor.Manager{Kind: supervisor.Service, Unit: strings.Repeat("unit", 30) + ".service"}
	v6 := listener(scanner.UDP, "2001:db8:1234:5678:9abc:def0:1234:5678", 65535, evil)
	return snapshot(l, v6, listener(scanner.TCP, "127.0.0.1", 22))
}

func readDetails(_ context.Context, p scanner.Process) (*process.Details, error) {
	d := &process.Details{
		ID: p.ID, Name: p.Name, Comm: p.Name, User: p.User, UID: p.UID, Exe: p.Path, Started: p.Started,
		Args: []string{p.Path, "-g", "daemon on; master_process on;"}, Cwd: "/",
		Parents: []process.Relative{{ID: process.ID{PID: 811}, Name: p.Name}, {ID: process.ID{PID: 1}, Name: "systemd"}},
		Missing: map[string]string{},
	}
	if p.User == "root" {
		d.Exe, d.Cwd = "", ""
		d.Missing[process.FieldExe] = "belongs to another user (root)"
		d.Missing[process.FieldCwd] = "belongs to another user (root)"
	}
	return d, nil
}

// outside is what the tests give a window, and what it did with it.
type outside struct {
	stopped []int
	urls    []string
	shown   []string
	renamed int
	waiting []func()
	atLogin bool
	asked   int             // for permission to notify
	paces   []time.Duration // intervals that it is to look at
}

// health is that of a computer on which all is well.
func health() Health {
	free := int64(91_300_000_000)
	d := view.NewDiagnosis("1.4.0", view.Findings{
		Trials: []scanner.Trial{
			{Source: "sockdiag", Took: 2300 * time.Microsecond, Visibility: scanner.Visibility{Source: "sockdiag", Listeners: 15, WithOwner: 12, Hidden: 3}},
			{Source: "gopsutil", Took: 48 * time.Millisecond, Visibility: scanner.Visibility{Listeners: 15}},
		},
		Registry:      "2026-04-23",
		Behind:        []supervisor.Trial{{Name: "systemd", Known: 5, Took: 3100 * time.Microsecond}, {Name: "docker", Place: "/var/run/docker.sock", Err: fs.ErrNotExist}},
		Memory:        view.MemoryJSON{Path: "/home/user/.local/share/portlight/portlight.db", Found: true, Bytes: 1_200_000, Events: 1234, Programs: 31, Rules: 4, KeepDays: 90, KeepEvents: 200_000, Free: &free},
		Notifications: view.NotificationsJSON{Agent: true, Works: true, Service: "dunst 1.9.0"},
		Tray:          view.TrayJSON{Shown: true},
	})
	agent := view.NewCostJSON(started, 26*time.Hour, 47*time.Second, 23_400_000, scanner.Cost{Scans: 93_600, Last: 350 * time.Microsecond, Mean: 410 * time.Microsecond})
	d.Cost = &agent
	return Health{d, view.NewCostJSON(noon, 8*time.Minute, 2*time.Second, 118_000_000, scanner.Cost{Scans: 480, Last: 380 * time.Microsecond, Mean: 420 * time.Microsecond})}
}

// later keeps what is to be done after a while; what is to be done soon is done.
func (o *outside) later(d time.Duration, f func()) {
	if d <= readPause {
		f()
		return
	}
	o.waiting = append(o.waiting, f)
}

func (o *outside) options(a fyne.App) Options {
	return Options{
		App: a, Names: names, Version: "1.4.0", DataDir: "/home/user/.local/share/portlight",
		SetInterval: func(d time.Duration) { o.paces = append(o.paces, d) },
		TrayTitle:   true,
		ReadDetails: readDetails,
		Measure: func(id process.ID) (*process.Usage, error) {
			return &process.Usage{ID: id, At: started, CPU: 83 * time.Second, Memory: 34_500_000, Threads: 11, OpenFiles: 27}, nil
		},
		Installed: func(_ context.Context, exe string) (installed.Package, error) {
			return installed.Package{Manager: "dpkg", Name: path.Base(exe), Version: "1.22.1-9"}, nil
		},
		Connections: func(_ context.Context, l *scanner.Listener, limit int) ([]scanner.Connection, int, error) {
			all := make([]scanner.Connection, l.Port%3)
			for i := range all {
				all[i] = scanner.Connection{Remote: netip.MustParseAddrPort(fmt.Sprintf("192.168.1.%d:5%04d", 20+i, i)), State: "ESTABLISHED"}
			}
			return all, len(all), nil
		},
		Stop: func(_ context.Context, p scanner.Process, force bool) (process.Outcome, error) {
			o.stopped = append(o.stopped, p.PID)
			switch {
			case p.User == "root":
				return 0, &process.PermissionError{PID: p.PID, User: p.User, Command: fmt.Sprintf("sudo kill %d", p.PID)}
			case p.Name == "redis-server" && !force:
				return process.StillRunning, nil
			}
			return process.Ended, nil
		},
		OpenURL:      func(u string) error { o.urls = append(o.urls, u); return nil },
		Reveal:       func(p string) error { o.shown = append(o.shown, p); return nil },
		OpenFolder:   func(p string) error { o.shown = append(o.shown, p); return nil },
		Health:       func() Health { return health() },
		Renamed:      func() { o.renamed++ },
		Tray:         Tray{Icon: assets.Tray, Marked: assets.TrayMarked, Shown: func() bool { return true }},
		AsksToNotify: func() bool { return false },
		AskToNotify:  func() error { o.asked++; return nil },
		LoginItem:    func() (bool, error) { return o.atLogin, nil },
		SetLoginItem: func(on bool) error {
			o.atLogin = on
			return nil
		},
	}
}

// paint has a window in light or in dark, for pictures. Else it is as the test's screen is:
// another theme has everything laid out again.
func (w *Window) paint(dark bool) {
	v := theme.VariantLight
	if dark {
		v = theme.VariantDark
	}
	w.opts.App.Settings().SetTheme(variant{newTheme(), v})
}

// variant pins light or dark.
type variant struct {
	fyne.Theme
	is fyne.ThemeVariant
}

func (v variant) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return v.Theme.Color(n, v.is)
}

func inline(f func()) { f() }

// newTestWindow is a window in which everything happens at once.
func newTestWindow(t testing.TB) (*Window, *outside) {
	t.Helper()
	o := &outside{}
	a := test.NewTempApp(t)
	w := newWindow(o.options(a), inline, inline, func() time.Time { return noon }, o.later)
	w.win.Resize(fyne.NewSize(900, 600))
	return w, o
}
