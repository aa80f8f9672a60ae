package sockdiag

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestTable plays the scripts in testdata. "dump" takes a dump of sockets
// "cookie@address:port", each with "/backlog" behind it where that matters;
// "broken" one that ends in the middle. "kernel" says what lookups find from then
// on, "held" and "released" the cookies of which it is known, "whole" that the dumps
// come in one datagram. The lines behind ">" are what the refresh tells: + added,
// - gone.
func TestTable(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { playTable(t, file) })
	}
}

func playTable(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &player{t: t, table: &Table{}}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if got := p.play(words[0], words[1:]); words[0] != ">" && got != "" {
			p.told = got
		} else if words[0] == ">" {
			if want := strings.Join(words[1:], " "); p.told != want {
				t.Errorf("line %d: told %q, want %q", n, p.told, want)
			}
			p.told = ""
		}
	}
	if p.told != "" {
		t.Errorf("at the end: told %q", p.told)
	}
}

type player struct {
	t              *testing.T
	table          *Table
	found          []string
	held, released []string
	single         bool
	told           string
}

func (p *player) play(verb string, args []string) string {
	switch verb {
	case "kernel":
		p.found = args
	case "held":
		p.held = args
	case "released":
		p.released = args
	case "whole":
		p.single = true
	case "broken":
		p.table.start()
		p.dump(args)
	case "dump":
		return p.refresh(args)
	}
	return ""
}

func (p *player) dump(socks []string) {
	p.table.begin()
	for _, s := range socks {
		if err := p.table.visit(socketBytes(p.t, s), false); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *player) refresh(socks []string) string {
	p.table.start()
	p.dump(socks)
	if err := p.table.finish(p, p.holds); err != nil {
		p.t.Fatal(err)
	}
	p.table.finished()
	var told []string
	for _, s := range p.table.Added() {
		told = append(told, fmt.Sprintf("+%d@%s:%d", s.Cookie, s.Addr, s.Port))
	}
	for _, s := range p.table.Gone() {
		told = append(told, fmt.Sprintf("-%d@%s:%d", s.Cookie, s.Addr, s.Port))
	}
	return strings.Join(told, " ")
}

func (p *player) whole() bool { return p.single }

// lookup finds a socket that the script names, or another one at its address.
func (p *player) lookup(s *Socket) (uint64, error) {
	at := fmt.Sprintf("%s:%d", s.Addr, s.Port)
	switch {
	case slices.Contains(p.found, fmt.Sprintf("%d@%s", s.Cookie, at)):
		return s.Cookie, nil
	case slices.Contains(p.found, at):
		return 0, nil
	}
	return 0, syscall.ENOENT
}

func (p *player) holds(s *Socket) (held, known bool) {
	held = slices.Contains(p.held, fmt.Sprint(s.Cookie))
	return held, held || slices.Contains(p.released, fmt.Sprint(s.Cookie))
}

// socketBytes is struct inet_diag_msg of "cookie@address:port/backlog".
func socketBytes(t *testing.T, s string) []byte {
	t.Helper()
	var cookie uint64
	var port uint16
	backlog := uint32(128)
	s, tail, found := strings.Cut(s, "/")
	if found {
		if _, err := fmt.Sscan(tail, &backlog); err != nil {
			t.Fatal(err)
		}
	}
	at, addr, _ := strings.Cut(s, "@")
	colon := strings.LastIndex(addr, ":")
	if _, err := fmt.Sscan(at, &cookie); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(addr[colon+1:], &port); err != nil {
		t.Fatal(err)
	}
	b := body(familyIPv4, stateListen, addr[:colon], port)
	put(b, cookie, backlog)
	return b
}

// TestTableOfManyThatGo keeps nothing of them.
func TestTableOfManyThatGo(t *testing.T) {
	var all []string
	for i := range 1000 {
		all = append(all, fmt.Sprintf("%d@192.0.2.1:%d", i+1, i+1))
	}
	p := &player{t: t, table: &Table{}}
	p.refresh(all)
	p.refresh(all[:100])
	if got := len(p.table.Gone()); got != 900 {
		t.Errorf("%d are gone, want 900", got)
	}
	if p.refresh(all[:100]); len(p.table.Gone())+len(p.table.Added()) != 0 || !p.table.unchanged() {
		t.Errorf("a quiet dump tells %v %v", p.table.Added(), p.table.Gone())
	}
	if len(p.table.cookies) != 100 {
		t.Errorf("%d cookies are kept, want 100", len(p.table.cookies))
	}
}

// failing is a kernel that does not answer lookups.
type failing struct{ player }

func (*failing) lookup(*Socket) (uint64, error) { return 0, errors.New("receive: timed out") }

// TestTableOfAFailedLookup tells with the next success what the failed refresh
// should have, but no socket as added that has gone meanwhile.
func TestTableOfAFailedLookup(t *testing.T) {
	p := &player{t: t, table: &Table{}}
	p.refresh([]string{"1@192.0.2.1:22", "2@192.0.2.1:80"})
	p.table.start()
	p.dump([]string{"3@192.0.2.1:443"})
	if err := p.table.finish(&failing{}, p.holds); err == nil {
		t.Fatal("no error")
	}
	if got, want := p.refresh(nil), "-3@192.0.2.1:443 -1@192.0.2.1:22 -2@192.0.2.1:80"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}
