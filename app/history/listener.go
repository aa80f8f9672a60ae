package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"portlight/scanner"
	"portlight/scanner/codesign"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// Bounds of what is stored of a listener, in bytes.
const (
	maxJSON = 256 << 10
	maxText = 4096     // a path (PATH_MAX)
	maxName = 16 << 10 // the identity of a program, which may hold two
)

// storedListener is a scanner.Listener as it is stored.
type storedListener struct {
	Bytes     bool           `json:"x,omitempty"` // a code point in a text is a byte: some text is not UTF-8
	Namespace string         `json:"n,omitempty"`
	Proto     uint8          `json:"p"`
	Addr      string         `json:"a"`
	Port      uint16         `json:"o"`
	Device    string         `json:"d,omitempty"`
	DualStack bool           `json:"v,omitempty"`
	UID       int            `json:"u,omitempty"`
	User      string         `json:"us,omitempty"`
	Owners    []storedOwner  `json:"w,omitempty"`
	Unseen    int            `json:"h,omitempty"`
	Kernel    bool           `json:"k,omitempty"`
	Ephemeral bool           `json:"e,omitempty"`
	Backlog   int            `json:"b,omitempty"`
	Manager   *storedManager `json:"m,omitempty"`
}

type storedOwner struct {
	PID     int    `json:"i,omitempty"`
	Start   uint64 `json:"s,omitempty"`
	Name    string `json:"n,omitempty"`
	Title   string `json:"t,omitempty"`
	Script  string `json:"r,omitempty"`
	Comm    string `json:"c,omitempty"`
	Path    string `json:"p,omitempty"`
	UID     int    `json:"u,omitempty"`
	User    string `json:"us,omitempty"`
	Started int64  `json:"b,omitempty"` // nanoseconds since 1970

	Signature storedSignature `json:"g,omitzero"`
}

// storedSignature is a codesign.Signature.
type storedSignature struct {
	ID       string `json:"i,omitempty"`
	Team     string `json:"t,omitempty"`
	Evidence uint8  `json:"e,omitempty"`
	Signer   uint8  `json:"s,omitempty"`
	Category uint8  `json:"c,omitempty"`
}

func newStoredSignature(s codesign.Signature) storedSignature {
	return storedSignature{s.ID, s.Team, uint8(s.Evidence), uint8(s.Signer), uint8(s.Category)}
}

func (s storedSignature) signature() codesign.Signature {
	return codesign.Signature{ID: s.ID, Team: s.Team, Evidence: codesign.Evidence(s.Evidence), Signer: codesign.Signer(s.Signer), Category: codesign.Category(s.Category)}
}

type storedManager struct {
	Kind      uint8            `json:"k,omitempty"`
	Place     uint8            `json:"l,omitempty"`
	By        string           `json:"b,omitempty"`
	Unit      string           `json:"u,omitempty"`
	User      bool             `json:"us,omitempty"`
	Starts    string           `json:"s,omitempty"`
	App       string           `json:"a,omitempty"`
	Packaging string           `json:"g,omitempty"`
	Container *storedContainer `json:"c,omitempty"`
	Forwarded bool             `json:"f,omitempty"`
	Target    string           `json:"t,omitempty"`
}

type storedContainer struct {
	Engine  string `json:"e,omitempty"`
	ID      string `json:"i,omitempty"`
	Name    string `json:"n,omitempty"`
	Image   string `json:"m,omitempty"`
	Pod     string `json:"p,omitempty"`
	Project string `json:"j,omitempty"`
	Service string `json:"s,omitempty"`
	Unit    string `json:"u,omitempty"`
}

// texts gives every text in it.
func (s *storedListener) texts() []*string {
	all := []*string{&s.Namespace, &s.Addr, &s.Device, &s.User}
	for i := range s.Owners {
		o := &s.Owners[i]
		all = append(all, &o.Name, &o.Title, &o.Script, &o.Comm, &o.Path, &o.User, &o.Signature.ID, &o.Signature.Team)
	}
	if m := s.Manager; m != nil {
		all = append(all, &m.By, &m.Unit, &m.Starts, &m.App, &m.Packaging, &m.Target)
		if c := m.Container; c != nil {
			all = append(all, &c.Engine, &c.ID, &c.Name, &c.Image, &c.Pod, &c.Project, &c.Service, &c.Unit)
		}
	}
	return all
}

// encodeListener gives a listener as JSON of maxJSON at most. Texts are cut at
// maxText; of more owners than fit the first are kept.
func encodeListener(l *scanner.Listener) ([]byte, error) {
	s := newStored(l)
	for _, t := range s.texts() {
		*t = clip(*t, maxText)
		s.Bytes = s.Bytes || !utf8.ValidString(*t)
	}
	if s.Bytes {
		for _, t := range s.texts() {
			*t = fromBytes(*t)
		}
	}
	for {
		b, err := json.Marshal(s)
		if err != nil || len(b) <= maxJSON {
			return b, err
		}
		if len(s.Owners) == 0 {
			return nil, fmt.Errorf("listener of %d bytes", len(b))
		}
		s.Owners = s.Owners[:len(s.Owners)/2]
	}
}

func newStored(l *scanner.Listener) *storedListener {
	s := &storedListener{
		Namespace: l.Namespace, Proto: uint8(l.Proto), Port: l.Port, Device: l.Device,
		DualStack: l.DualStack, UID: l.UID, User: l.User, Unseen: l.Unseen, Kernel: l.Kernel, Ephemeral: l.Ephemeral, Backlog: l.Backlog,
	}
	if l.Addr.IsValid() {
		s.Addr = l.Addr.String()
	}
	for _, p := range l.Owners {
		o := storedOwner{PID: p.PID, Start: p.Start, Name: p.Name, Title: p.Title, Script: p.Script, Comm: p.Comm, Path: p.Path, UID: p.UID, User: p.User, Signature: newStoredSignature(p.Signature)}
		if !p.Started.IsZero() {
			o.Started = p.Started.UnixNano()
		}
		s.Owners = append(s.Owners, o)
	}
	if l.Behind != nil {
		s.Manager = newStoredManager(l.Behind)
	}
	return s
}

func newStoredManager(m *supervisor.Manager) *storedManager {
	s := &storedManager{
		Kind: uint8(m.Kind), Place: uint8(m.Place), By: m.By, Unit: m.Unit, User: m.User, Starts: m.Starts,
		App: m.App, Packaging: m.Packaging, Forwarded: m.Forwarded,
	}
	if m.Target.IsValid() {
		s.Target = m.Target.String()
	}
	if m.Container != (supervisor.Container{}) {
		c := storedContainer(m.Container)
		s.Container = &c
	}
	return s
}

var errListener = errors.New("not a listener")

// decodeListener reads what encodeListener gave. The database may hold anything.
func decodeListener(b []byte) (scanner.Listener, error) {
	var s storedListener
	if len(b) > maxJSON {
		return scanner.Listener{}, fmt.Errorf("%w: %d bytes", errListener, len(b))
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return scanner.Listener{}, fmt.Errorf("%w: %w", errListener, err)
	}
	for _, t := range s.texts() {
		if s.Bytes {
			*t = toBytes(*t)
		}
		*t = clip(*t, maxText)
	}
	return s.listener()
}

func (s *storedListener) listener() (scanner.Listener, error) {
	addr, err := netip.ParseAddr(s.Addr)
	if err != nil {
		return scanner.Listener{}, fmt.Errorf("%w: %w", errListener, err)
	}
	if !isProto(int(s.Proto)) || s.Port == 0 {
		return scanner.Listener{}, fmt.Errorf("%w: proto %d, port %d", errListener, s.Proto, s.Port)
	}
	l := scanner.Listener{
		Key:       scanner.Key{Namespace: s.Namespace, Proto: scanner.Proto(s.Proto), Addr: addr, Port: s.Port, Device: s.Device},
		DualStack: s.DualStack, UID: s.UID, User: s.User, Unseen: s.Unseen, Kernel: s.Kernel, Ephemeral: s.Ephemeral, Backlog: s.Backlog,
	}
	for _, o := range s.Owners {
		p := scanner.Process{ID: process.ID{PID: o.PID, Start: o.Start}, Name: o.Name, Title: o.Title, Script: o.Script, Comm: o.Comm, Path: o.Path, UID: o.UID, User: o.User, Signature: o.Signature.signature()}
		if o.Started != 0 {
			p.Started = time.Unix(0, o.Started)
		}
		l.Owners = append(l.Owners, p)
	}
	if s.Manager != nil {
		l.Behind, err = s.Manager.manager()
	}
	return l, err
}

func (s *storedManager) manager() (*supervisor.Manager, error) {
	m := &supervisor.Manager{
		Kind: supervisor.Kind(s.Kind), Place: supervisor.Kind(s.Place), By: s.By, Unit: s.Unit, User: s.User, Starts: s.Starts,
		App: s.App, Packaging: s.Packaging, Forwarded: s.Forwarded,
	}
	if s.Target != "" {
		var err error
		if m.Target, err = netip.ParseAddrPort(s.Target); err != nil {
			return nil, fmt.Errorf("%w: %w", errListener, err)
		}
	}
	if s.Container != nil {
		m.Container = supervisor.Container(*s.Container)
	}
	return m, nil
}

func isProto(p int) bool { return p == int(scanner.TCP) || p == int(scanner.UDP) }

// clip cuts a text, not within a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n]
}

// fromBytes makes a code point of each byte, as ISO 8859-1 does.
func fromBytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// toBytes is the way back. What cannot have come from there becomes "?".
func toBytes(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}
