package scanner

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	gopsnet "github.com/shirou/gopsutil/v3/net"

	"portlight/scanner/pcblist/pcblisttest"
	"portlight/scanner/process"
)

// mac answers as macOS does: with the true sockets of this process, and with invented
// ones of others.
type mac struct {
	mu         sync.Mutex
	filtered   bool // the sysctls show this user's sockets only
	narrow     bool // the sysctls show those of this process only
	generation uint64
	alter      func(name string, b []byte) ([]byte, error) // of a sysctl's answer
	others     []pcblisttest.Socket                        // TCP
	mine       []pcblisttest.Socket                        // TCP, of another process of this user
	netstatErr error
	mute       bool          // netstat ends well and says nothing
	hang       chan struct{} // netstat ends when it is closed, whatever it is told
	runs       atomic.Int32  // of netstat, about TCP
	running    atomic.Int32
}

// The others: launchd, a system's service on both families, and the kernel.
func newMac() *mac {
	return &mac{generation: 5, others: []pcblisttest.Socket{
		{Vflag: 1, Local: "0.0.0.0", Lport: 22, So: 9, Last: 1, State: 1},
		{Vflag: 3, Local: "::", Lport: 5900, So: 9, UID: 65, Last: 300, State: 1},
		{Vflag: 1, Local: "0.0.0.0", Lport: 2049, So: 9, Last: 0, State: 1},
	}, mine: []pcblisttest.Socket{
		{Vflag: 1, Local: "127.0.0.1", Lport: 8000, So: 9, UID: uint32(os.Geteuid()), Last: 302, State: 1},
	}}
}

// own are the true sockets of this process.
func (m *mac) own(udp bool) (all []pcblisttest.Socket) {
	kind := map[bool]string{false: "tcp", true: "udp"}[udp]
	conns, err := gopsnet.ConnectionsPid(kind, int32(os.Getpid()))
	if err != nil {
		panic(err)
	}
	for _, c := range conns {
		s := pcblisttest.Socket{Vflag: 1, Local: c.Laddr.IP, Lport: uint16(c.Laddr.Port), Fport: uint16(c.Raddr.Port), So: 7,
			UID: uint32(os.Geteuid()), Last: c.Pid, Backlog: 128}
		if c.Family == syscall.AF_INET6 {
			s.Vflag = 2
		}
		if c.Status == "LISTEN" {
			s.State = 1
		}
		all = append(all, s)
	}
	return all
}

func (m *mac) sysctl(name string, _ ...int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	udp := strings.Contains(name, ".udp.")
	if strings.HasSuffix(name, ".pcbcount") {
		return []byte{byte(m.generation), 0, 0, 0}, nil
	}
	all := m.own(udp)
	if !udp && !m.narrow {
		all = append(all, m.mine...)
	}
	if !udp && !m.narrow && !m.filtered {
		all = append(all, m.others...)
	}
	b := pcblisttest.Header(uint32(len(all)+3), m.generation)
	for _, s := range all {
		b = append(b, pcblisttest.Ventura.Group(udp, s)...)
	}
	b = append(b, pcblisttest.Header(uint32(len(all)+3), m.generation)...)
	if m.alter != nil {
		return m.alter(name, b)
	}
	return b, nil
}

func (m *mac) netstat(_ context.Context, proto string) ([]byte, error) {
	if m.running.Add(1) > 1 {
		panic("two at once")
	}
	defer m.running.Add(-1)
	m.mu.Lock()
	hang := m.hang
	m.mu.Unlock()
	if hang != nil {
		<-hang
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if proto == "tcp" {
		m.runs.Add(1)
	}
	if m.mute || m.netstatErr != nil {
		return nil, m.netstatErr
	}
	all := m.own(proto == "udp")
	if proto == "tcp" {
		all = slices.Concat(all, m.others, m.mine)
	} else {
		all = append(all, pcblisttest.Socket{Vflag: 1, Local: "0.0.0.0", Lport: 5353, Last: 301})
	}
	return []byte("Active Internet connections (including servers)\n" + netstatRows(proto, all)), nil
}

func netstatRows(proto string, all []pcblisttest.Socket) string {
	var b strings.Builder
	for _, s := range all {
		family, host, state := map[byte]string{1: "4", 2: "6", 3: "46"}[s.Vflag], s.Local, ""
		if netip.MustParseAddr(host).IsUnspecified() {
			host = "*"
		}
		if s.State == 1 {
			state = "LISTEN"
		}
		foreign := "*.*"
		if s.Fport != 0 {
			foreign = fmt.Sprintf("127.0.0.1.%d", s.Fport)
		}
		fmt.Fprintf(&b, "%s%-2s 0 0  %-45s %-45s %-11s 0 0  131072  131072 %16s:%-6d 00180 00000006 0000000000000996 00000000 00000800 1 0 000000\n",
			proto, family, fmt.Sprintf("%s.%d", host, s.Lport), foreign, state, "some name", s.Last)
	}
	return b.String()
}

func (m *mac) summarize(pid int) (process.Summary, error) {
	switch pid {
	case 1, 300, 301:
		return process.Summary{ID: process.ID{PID: pid, Start: 9}, Name: fmt.Sprint("daemon", pid), UID: pid / 5}, nil
	case 302:
		return process.Summary{ID: process.ID{PID: pid, Start: 9}, Name: "http", UID: os.Geteuid()}, nil
	case os.Getpid():
		return process.Summarize(pid)
	}
	return process.Summary{}, process.ErrGone
}

func (m *mac) openers() []opener {
	return newMacOS(m.sysctl, m.netstat, m.summarize, portRange{49152, 65535}).openers()
}

func (m *mac) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

func openMac(t *testing.T, m *mac) *Scanner {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if m.hang != nil {
		ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
	}
	s, err := open(ctx, m.openers())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func scanMac(t *testing.T, s *Scanner, now time.Time) *Snapshot {
	t.Helper()
	snap, err := s.scanAt(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func ownListener(t *testing.T) (Key, func()) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	at := l.Addr().(*net.TCPAddr).AddrPort()
	return Key{Proto: TCP, Addr: at.Addr(), Port: at.Port()}, func() { l.Close() }
}

func tcpAt(addr string, port uint16) Key {
	return Key{Proto: TCP, Addr: netip.MustParseAddr(addr), Port: port}
}

// until scans, half a second later each time, until something is so.
func until(t *testing.T, s *Scanner, now *time.Time, what string, is func(*Snapshot) bool) *Snapshot {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		*now = now.Add(time.Second / 2)
		if snap, err := s.scanAt(t.Context(), *now); err == nil && is(snap) {
			return snap
		}
	}
	t.Fatalf("%s: not so", what)
	return nil
}

func shows(k Key) func(*Snapshot) bool {
	return func(s *Snapshot) bool { _, ok := s.Find(k); return ok }
}

func lacks(k Key) func(*Snapshot) bool { return func(s *Snapshot) bool { return !shows(k)(s) } }

func hasNote(s *Snapshot, part string) bool {
	return slices.ContainsFunc(s.Visibility.Notes, func(n string) bool { return strings.Contains(n, part) })
}

// macWatcher watches by a clock of its own.
func macWatcher(t *testing.T, m *mac, now *time.Time) *Watcher {
	t.Helper()
	w := newTestWatcher(t, nil)
	w.openers, w.now = m.openers(), func() time.Time { return *now }
	w.slept = func() (time.Duration, bool) { return 0, false }
	t.Cleanup(w.closeScanner)
	return w
}
