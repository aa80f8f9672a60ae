package sockdiag

import (
	"bufio"
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
// "broken" one that ends in the middle; "kernel" says what lookups find from then
// on. The lines behind ">" are what the refresh tells: + added, - gone.
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
	t      *testing.T
	table  *Table
	kernel []string
	told   string
	again  []string // what the second dump shows if one is asked for
}

func (p *player) play(verb string, args []string) string {
	switch verb {
	case "kernel":
		p.kernel = args
	case "again":
		p.again = args
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
	if p.table.finish(p.lookup) {
		p.dump(p.again)
		p.table.finish(p.lookup)
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

func (p *player) lookup(s *Socket) (uint64, error) {
	if slices.Contains(p.kernel, fmt.Sprintf("%s:%d", s.Addr, s.Port)) {
		return 0, nil
	}
	return 0, syscall.ENOENT
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

// TestTableOfManyThatGo drops more than are looked up one by one: another dump
// decides.
func TestTableOfManyThatGo(t *testing.T) {
	var all []string
	for i := range 3 * maxLookups {
		all = append(all, fmt.Sprintf("%d@192.0.2.1:%d", i+1, i+1))
	}
	p := &player{t: t, table: &Table{}}
	p.refresh(all)
	p.again = all[:maxLookups]
	p.refresh(all[:maxLookups-1])
	if got := len(p.table.Gone()); got != 2*maxLookups {
		t.Errorf("%d are gone, want %d", got, 2*maxLookups)
	}
	if p.refresh(all[:maxLookups]); len(p.table.Gone())+len(p.table.Added()) != 0 || !p.table.unchanged() {
		t.Errorf("a quiet dump tells %v %v", p.table.Added(), p.table.Gone())
	}
	if len(p.table.cookies) != maxLookups {
		t.Errorf("%d cookies are kept, want %d", len(p.table.cookies), maxLookups)
	}
}
