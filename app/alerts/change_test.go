package alerts

import (
	"strings"
	"testing"

	"portlight/scanner/scannertest"
)

func TestChange(t *testing.T) {
	for _, c := range []struct {
		name, was, is string
		known         string // program seen on the port before
		want          string
	}{
		{"nothing", "web:1", "web:1", "", "stayed web"},
		{"a restart", "web:1", "web:9", "", "stayed web"},
		{"more workers", "web:1", "web:1,web:2,web:3", "", "stayed web"},
		{"fewer workers", "web:1,web:2,web:3", "web:2", "", "stayed web"},
		{"a program leaves", "web:1,db:2", "web:1", "", "stayed web"},

		{"one joins", "web:1", "web:1,evil:2", "", "came evil; stayed web"},
		{"one takes over", "web:1", "evil:2", "", "came evil"},
		{"one takes over from several workers", "web:1,web:2,web:3", "evil:4", "", "came evil"},
		{"one joins as workers leave", "web:1,web:2,web:3", "web:1,evil:4", "", "came evil; stayed web"},
		{"several take over", "web:1,web:2,web:3", "evil:4,db:5", "", "came evil,db"},
		{"a process executes another program", "web:1", "evil:1", "", "came evil"},

		{"a hidden one is seen", "?", "cups:1", "", "revealed cups"},
		{"a hidden one and its workers are seen", "?", "cups:1,cups:2", "", "revealed cups"},
		{"a hidden one is seen beside another", "web:1,?", "web:1,cups:2", "", "revealed cups; stayed web"},
		{"one of two is seen", "?,?", "?,cups:2", "", "revealed cups; stayed ?"},
		{"two are seen", "?,?", "cups:1,db:2", "", "revealed cups,db"},
		{"one is seen and another leaves", "?,web:1", "cups:2", "", "revealed cups"},
		{"another is in the place of the seen", "?,web:1", "?,evil:2", "", "came evil; stayed ?"},
		{"a hidden one leaves", "web:1,?", "web:1", "", "stayed web"},
		{"two for one: the older was there", "?", "evil:9,cups:1", "", "revealed cups; came evil"},
		{"two for one: the known was there", "?", "evil:1,cups:9", "cups", "revealed cups; came evil"},
		{"one joins the hidden", "?", "?,evil:2", "", "came evil; stayed ?"},
		{"another user's in place of a hidden one", "? uid=0", "evil:2 uid=7", "", "came evil"},
		{"an executable can be read", "~cups:1", "cups:1", "", "revealed cups"},
		{"an executable can be read of some", "~cups:5", "cups:4,cups:5", "", "revealed cups"},
		{"an executable can no longer be read", "cups:1", "~cups:1", "", "stayed ~cups"},
		{"another process with a hidden executable", "cups:1", "~cups:2", "", "came ~cups"},

		{"one hides", "web:1", "?", "", "hid ?"},
		{"one of two hides", "web:1,db:2", "web:1,?", "", "hid ?; stayed web"},
		{"one hides and another joins", "web:1", "?,evil:2", "", "came evil; hid ?"},
		{"a hidden one joins", "web:1", "web:1,?", "", "came ?; stayed web"},
		{"a second hidden one joins", "?", "?,?", "", "came ?"},
		{"another user's hidden one takes over", "web:1 uid=0", "? uid=7", "", "came ?"},
		{"another user's hidden one in place of a hidden one", "? uid=0", "? uid=7", "", "came ?"},
		{"of hidden ones, another user's is left", "?,? uid=0", "? uid=7", "", "hid ?"},
		{"the older socket goes, the hidden one is another user's", "web:1,? uid=0", "? uid=7", "", "hid ?"},

		{"the kernel stays", "kernel", "kernel", "", "stayed kernel"},
		{"the kernel was taken for hidden", "?", "kernel", "", "revealed kernel"},
		{"the kernel is taken for hidden", "kernel", "?", "", "hid ?"},
		{"the kernel takes over", "nfs:1", "kernel", "", "came kernel"},
		{"one takes over from the kernel", "kernel", "evil:1", "", "came evil"},
		{"another user's hidden one takes over from the kernel", "kernel uid=0", "? uid=7", "", "came ?"},

		{"another socket: nobody can have been there", "?", "cups:1 dual", "", "came cups"},
		{"another socket of all", "web:1,? dual", "web:1,?", "", "came ?,web"},
	} {
		was, is := scannertest.Listener(t, "tcp 0.0.0.0:80 "+c.was), scannertest.Listener(t, "tcp 0.0.0.0:80 "+c.is)
		known := func(program string) bool { return c.known != "" && program == "exe:/bin/"+c.known }
		if got := changeText(newChange(&was, &is, known)); got != c.want {
			t.Errorf("%s: %s -> %s: got %q, want %q", c.name, c.was, c.is, got, c.want)
		}
	}
}

// changeText gives the lists that are not empty, programs as parseListener reads
// them.
func changeText(c change) string {
	var parts []string
	for _, list := range []struct {
		word     string
		programs []string
	}{{"revealed", c.revealed}, {"came", c.came}, {"hid", c.hid}, {"stayed", c.stayed}} {
		var names []string
		for _, p := range list.programs {
			_, name, _ := strings.Cut(p, "/")
			switch {
			case strings.HasPrefix(p, "exe:"):
				name = strings.TrimPrefix(name, "bin/")
			case name == "":
				name = "?"
			case name != "kernel":
				name = "~" + name
			}
			names = append(names, name)
		}
		if len(names) > 0 {
			parts = append(parts, list.word+" "+strings.Join(names, ","))
		}
	}
	return strings.Join(parts, "; ")
}
