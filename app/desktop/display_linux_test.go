package desktop

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseDisplay(t *testing.T) {
	for name, want := range map[string]display{
		":0":             {"unix", "/tmp/.X11-unix/X0", "0"},
		":10.2":          {"unix", "/tmp/.X11-unix/X10", "10"},
		"unix:1":         {"unix", "/tmp/.X11-unix/X1", "1"},
		"unix/host:1":    {"unix", "/tmp/.X11-unix/X1", "1"},
		"/run/x:0":       {"unix", "/run/x:0", "0"},
		"localhost:10.0": {"tcp", "localhost:6010", "10"},
		"tcp/host:0":     {"tcp", "host:6000", "0"},
		"[::1]:0":        {"tcp", "[::1]:6000", "0"},
		"::1:0":          {"tcp", "[::1]:6000", "0"},
		"":               {},
		":":              {},
		":x":             {},
		":0.x":           {},
		":-1":            {},
		"0":              {},
	} {
		if got, ok := parseDisplay(name); got != want || ok != (want != display{}) {
			t.Errorf("parseDisplay(%q) = %q, %v", name, got, ok)
		}
	}
}

func FuzzParseDisplay(f *testing.F) {
	for _, s := range []string{":0", "host:0.1", "/path:1", "unix/:0", "a:b:c", ":99999999999", "tcp/[::1]:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := parseDisplay(s)
		valid := d.network == "unix" && filepath.IsAbs(d.address)
		if d.network == "tcp" {
			valid = isNumber(d.number) && d.address[strings.LastIndexByte(d.address, ':'):] != ":"
		}
		if ok != valid {
			t.Errorf("parseDisplay(%q) = %q, %v", s, d, ok)
		}
	})
}

func TestCheckDisplay(t *testing.T) {
	run := filepath.Dir(newFolders(t))
	t.Setenv("XDG_RUNTIME_DIR", run)
	check := func(display, want string) {
		t.Helper()
		t.Setenv("DISPLAY", display)
		err := CheckDisplay(context.Background())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("DISPLAY=%q: %v, want %q", display, err, want)
		}
	}
	check("", hintNoDisplay.Error())
	check("nonsense", hintNoDisplay.Error())
	check(":54321", `":54321"`)
	check(filepath.Join(run, "gone")+":0", "no such file")
	check("127.0.0.1:54321", "127.0.0.1")
	check(startX(t), "")
}

// appendAuthority appends an entry to an authority file.
func appendAuthority(b []byte, e authority) []byte {
	b = binary.BigEndian.AppendUint16(b, e.family)
	for _, field := range []string{e.address, e.number, e.kind, e.data} {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(field))), field...)
	}
	return b
}

func writeAuthority(t *testing.T, entries ...authority) {
	t.Helper()
	var b []byte
	for _, e := range entries {
		b = appendAuthority(b, e)
	}
	path := filepath.Join(t.TempDir(), "authority")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XAUTHORITY", path)
}

// TestClosedDisplay: a server that wants a cookie is open to those who have it.
func TestClosedDisplay(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const right, wrong = "0123456789abcdef", "fedcba9876543210"
	writeAuthority(t, authority{familyWild, "", "", cookieKind, right})
	name, _, stop := runX(t, "-auth", os.Getenv("XAUTHORITY"))
	t.Cleanup(stop)
	t.Setenv("DISPLAY", name)
	number := strings.TrimPrefix(name, ":")
	for _, c := range []struct {
		name    string
		entries []authority
		open    bool
	}{
		{"for every computer", []authority{{familyWild, "", "", cookieKind, right}}, true},
		{"for this one, behind others", []authority{
			{familyInternet, "\x7f\x00\x00\x01", number, cookieKind, wrong}, {familyLocal, host + "x", number, cookieKind, wrong},
			{familyLocal, host, number + "0", cookieKind, wrong}, {familyLocal, host, number, "OTHER-KIND", wrong},
			{familyLocal, host, number, cookieKind, right},
		}, true},
		{"a wrong one", []authority{{familyLocal, host, number, cookieKind, wrong}}, false},
		{"none", nil, false},
	} {
		writeAuthority(t, c.entries...)
		if err := CheckDisplay(context.Background()); (err == nil) != c.open || err != nil && !strings.Contains(err.Error(), hintRefused.Error()) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	t.Setenv("XAUTHORITY", "/nonexistent")
	if err := CheckDisplay(context.Background()); err == nil || !strings.Contains(err.Error(), hintRefused.Error()) {
		t.Errorf("without a file: %v", err)
	}
}

// TestSilentDisplay: a server that hangs is left in time.
func TestSilentDisplay(t *testing.T) {
	name, server, stop := runX(t)
	t.Cleanup(func() {
		server.Signal(syscall.SIGCONT)
		stop()
	})
	if err := server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", name)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := CheckDisplay(ctx); !errors.Is(err, hintXSilent) {
		t.Errorf("CheckDisplay: %v, want %v", err, hintXSilent)
	}
}

// TestAbstractDisplay: a server may have no file for its socket.
func TestAbstractDisplay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	l, err := net.Listen("unix", "@"+path+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.ReadFull(conn, make([]byte, 12))
		conn.Write([]byte{0, 3, 11, 0, 0, 0, 1, 0, 'n', 'o', '\n', 0})
	}()
	t.Setenv("DISPLAY", path+":0")
	t.Setenv("XAUTHORITY", "/nonexistent")
	if err := CheckDisplay(context.Background()); err == nil || !strings.HasSuffix(err.Error(), `: "no"`) {
		t.Errorf("CheckDisplay: %v", err)
	}
}

func TestXAddress(t *testing.T) {
	host, _ := os.Hostname()
	for at, want := range map[string]authority{
		"192.0.2.7:6000":     {family: familyInternet, address: "\xc0\x00\x02\x07"},
		"[2001:db8::1]:6000": {family: familyInternet6, address: "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"},
		"127.0.0.1:6010":     {family: familyLocal, address: host},
		"[::1]:6010":         {family: familyLocal, address: host},
	} {
		tcp, err := net.ResolveTCPAddr("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if family, address := xAddress(tcp); family != want.family || address != want.address {
			t.Errorf("%s: family %d, address %q", at, family, address)
		}
	}
}

// FuzzParseAuthority gives back what was written, and nothing of what is cut off.
func FuzzParseAuthority(f *testing.F) {
	f.Add(appendAuthority(nil, authority{familyLocal, "host", "0", cookieKind, "0123456789abcdef"}))
	f.Add(appendAuthority(appendAuthority(nil, authority{}), authority{family: familyWild, data: "x"}))
	f.Add([]byte{1, 0, 0, 200, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		for _, e := range parseAuthority(b) {
			again = appendAuthority(again, e)
		}
		if !bytes.HasPrefix(b, again) {
			t.Errorf("%q is read as %q", b, again)
		}
		entries := parseAuthority(b)
		if cut := parseAuthority(append(slices.Clone(again), 0)); !slices.Equal(cut, entries) {
			t.Errorf("%q is read as %+v, and cut off as %+v", b, entries, cut)
		}
	})
}
