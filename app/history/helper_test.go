package history

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
	"portlight/scanner/process"
)

// start is a moment with microseconds, as they are stored.
func start() time.Time { return time.Unix(1_800_000_000, 123_456_000) }

// store opens a database, for as long as the test runs.
func store(t testing.TB, dir string, role Role) *Store {
	t.Helper()
	s, err := Open(dir, role, Options{Now: start})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// must gives a value where there must be no error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// listener is one of a program at a port of all addresses.
func listener(name string, port uint16) scanner.Listener {
	return scanner.Listener{
		Key: scanner.Key{Proto: scanner.TCP, Addr: netip.IPv4Unspecified(), Port: port},
		UID: 1000, User: "ann",
		Owners: []scanner.Process{{
			ID: process.ID{PID: 4711, Start: 99}, Name: name, Comm: name, Path: "/usr/bin/" + name, UID: 1000, User: "ann", Started: start().Add(-time.Hour),
		}},
	}
}

// judged is a judgement about a listener of listener.
func judged(op scanner.Op, l scanner.Listener, v alerts.Verdict, at time.Time) alerts.Judgement {
	return alerts.Judgement{Event: scanner.Event{Op: op, Time: at, Listener: l}, Verdict: v, Program: "exe:" + l.Owners[0].Path}
}

// tick is one of some judgements.
func tick(at time.Time, js ...alerts.Judgement) Tick { return Tick{Time: at, Judgements: js} }

// wantSame compares two values, times as moments.
func wantSame(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%#v", plain(got)), fmt.Sprintf("%#v", plain(want)); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// plain makes a text of a value that is the same for the same moment in any zone.
func plain(v any) string {
	var b strings.Builder
	describe(&b, reflect.ValueOf(v))
	return b.String()
}

func describe(b *strings.Builder, v reflect.Value) {
	switch {
	case !v.IsValid():
		b.WriteString("nil")
	case v.Type() == reflect.TypeFor[time.Time]():
		b.WriteString(v.Interface().(time.Time).UTC().Format(time.RFC3339Nano))
	case v.Type() == reflect.TypeFor[netip.Addr]() || v.Type() == reflect.TypeFor[netip.AddrPort]():
		fmt.Fprint(b, v.Interface())
	case v.Kind() == reflect.Pointer && !v.IsNil():
		b.WriteString("&")
		describe(b, v.Elem())
	case v.Kind() == reflect.Struct:
		b.WriteString("{")
		for i := range v.NumField() {
			b.WriteString(v.Type().Field(i).Name + ":")
			describe(b, v.Field(i))
			b.WriteString(" ")
		}
		b.WriteString("}")
	case v.Kind() == reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			describe(b, v.Index(i))
			b.WriteString(" ")
		}
		b.WriteString("]")
	default:
		fmt.Fprintf(b, "%#v", v.Interface())
	}
}

// fill sets every field to something that is not zero.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(start().Add(time.Duration(*n) * time.Second)))
		return
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr("fe80::1%eth0")))
		return
	case netip.AddrPort:
		v.Set(reflect.ValueOf(netip.MustParseAddrPort("172.17.0.2:80")))
		return
	case scanner.Proto:
		v.Set(reflect.ValueOf(scanner.UDP))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(v.Type())
	}
}

// filled gives a listener of which every field is set.
func filled(n int) scanner.Listener {
	var l scanner.Listener
	fill(reflect.ValueOf(&l).Elem(), &n)
	return l
}

// files gives what is in a folder: the names with the contents.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries := must[[]os.DirEntry](t)(os.ReadDir(dir))
	for _, e := range entries {
		all[e.Name()] = string(must[[]byte](t)(os.ReadFile(filepath.Join(dir, e.Name()))))
	}
	return all
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		all = append(all, e.Name())
	}
	return all
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

// wantIntact checks all of a database for damage, its indexes too.
func wantIntact(t *testing.T, dir string) {
	t.Helper()
	c, err := dial(filepath.Join(dir, FileName))
	check(t, err)
	defer c.close()
	wantIntegrity(t, c)
}

func wantIntegrity(t *testing.T, c *conn) {
	t.Helper()
	check(t, c.each(`PRAGMA integrity_check(1)`, func(s *sqlite3.Stmt) error {
		if text := s.ColumnText(0); text != "ok" {
			return damageError(text)
		}
		return nil
	}))
}

// wantModes checks that the database's files are the user's only.
func wantModes(t *testing.T, dir string) {
	t.Helper()
	for _, part := range parts()[:3] {
		if mode := must[os.FileInfo](t)(os.Stat(filepath.Join(dir, FileName) + part)).Mode(); mode != 0o600 {
			t.Errorf("%s%s has mode %v", FileName, part, mode)
		}
	}
}
