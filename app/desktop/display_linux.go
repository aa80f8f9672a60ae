package desktop

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CheckDisplay says why no window can be shown, or nil: DISPLAY has to name an X
// server, which a Wayland desktop offers by XWayland, and that has to let this
// user in.
func CheckDisplay(ctx context.Context) error {
	name := os.Getenv("DISPLAY")
	d, ok := parseDisplay(name)
	if !ok {
		return hintNoDisplay
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := d.try(ctx)
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		err = hintXSilent
	}
	if err != nil {
		return fmt.Errorf("connect to the X server %q: %w", name, err)
	}
	return nil
}

// display is where an X server listens.
type display struct {
	network, address string
	number           string
}

// xPort is the TCP port of display 0 (X(7), "Display names").
const xPort = 6000

// parseDisplay reads a display name (X(7), "Display names"), and reports whether
// it is one.
func parseDisplay(name string) (d display, ok bool) {
	i := strings.LastIndexByte(name, ':')
	if i < 0 {
		return display{}, false
	}
	host, rest := name[:i], name[i+1:]
	number, screen, hasScreen := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || hasScreen && !isNumber(screen) {
		return display{}, false
	}
	switch {
	case filepath.IsAbs(host):
		return display{"unix", host + ":" + number, number}, true
	case host == "", host == "unix", strings.HasPrefix(host, "unix/"), strings.HasPrefix(host, "local/"):
		return display{"unix", "/tmp/.X11-unix/X" + number, number}, true
	}
	host = host[strings.LastIndexByte(host, '/')+1:]
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return display{"tcp", net.JoinHostPort(host, strconv.FormatUint(xPort+n, 10)), number}, true
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// try connects as a window does first.
func (d display) try(ctx context.Context) error {
	conn, err := d.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	return setUp(conn, d.cookie(conn.RemoteAddr()))
}

// dial connects as libxcb does: to a socket in the abstract namespace first, the
// one of this network namespace, and then to that in the file system.
func (d display) dial(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	if d.network == "unix" {
		if conn, err := dialer.DialContext(ctx, d.network, "@"+d.address); err == nil {
			return conn, nil
		}
	}
	return dialer.DialContext(ctx, d.network, d.address)
}

// cookieKind is the one kind of authorization that is looked for.
const cookieKind = "MIT-MAGIC-COOKIE-1"

// setUp asks an X server to take the connection (X Window System Protocol, 8,
// "Connection Setup"), with a cookie if it is not empty.
func setUp(conn io.ReadWriter, cookie string) error {
	kind := cookieKind
	if cookie == "" {
		kind = ""
	}
	hello := []byte{'l', 0, 11, 0, 0, 0, byte(len(kind)), 0, byte(len(cookie)), byte(len(cookie) >> 8), 0, 0}
	for _, field := range []string{kind, cookie} {
		hello = append(hello, field...)
		hello = append(hello, make([]byte, -len(field)&3)...)
	}
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	var answer [8]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return err
	}
	const accepted = 1
	if answer[0] == accepted {
		return nil
	}
	reason := make([]byte, 4*min(64, int(binary.LittleEndian.Uint16(answer[6:]))))
	n, _ := io.ReadFull(conn, reason)
	return fmt.Errorf("%w: %q", hintRefused, bytes.TrimRight(reason[:n], "\x00 \n"))
}

// The families of addresses in an authority file (Xauth.h, X.h).
const (
	familyInternet  = 0
	familyInternet6 = 6
	familyLocal     = 256
	familyWild      = 65535
)

// cookie finds the authorization for a server in the user's authority file
// (xauth(1)), or "".
func (d display) cookie(at net.Addr) string {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		path = filepath.Join(os.Getenv("HOME"), ".Xauthority")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	family, address := xAddress(at)
	entries := parseAuthority(file)
	i := slices.IndexFunc(entries, func(e authority) bool {
		here := e.family == familyWild || e.family == family && e.address == address
		return here && (e.number == "" || e.number == d.number) && e.kind == cookieKind
	})
	if i < 0 {
		return ""
	}
	return entries[i].data
}

// xAddress is an address as authority files have it: this computer goes by its
// name.
func xAddress(at net.Addr) (family uint16, address string) {
	if tcp, ok := at.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		if ip := tcp.IP.To4(); ip != nil {
			return familyInternet, string(ip)
		}
		return familyInternet6, string(tcp.IP)
	}
	host, _ := os.Hostname()
	return familyLocal, host
}

// authority is an entry of an authority file.
type authority struct {
	family                      uint16
	address, number, kind, data string
}

// parseAuthority reads an authority file (struct xauth in X11/Xauth.h): a family,
// and four fields with their length before them. What is cut off is left out.
func parseAuthority(b []byte) []authority {
	var entries []authority
	for len(b) >= 2 {
		e := authority{family: binary.BigEndian.Uint16(b)}
		b = b[2:]
		for _, field := range []*string{&e.address, &e.number, &e.kind, &e.data} {
			if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
				return entries
			}
			end := 2 + int(binary.BigEndian.Uint16(b))
			*field, b = string(b[2:end]), b[end:]
		}
		entries = append(entries, e)
	}
	return entries
}
