//go:build e2e && linux

package e2e

import (
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deaf listens and goes on when it is asked to end.
const deaf = `use IO::Socket::INET; $SIG{TERM} = "IGNORE";
my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => $ARGV[0]) or die $!;
print "listening\n"; $| = 1; print ""; my @c; while (1) { push @c, $s->accept; }`

// TestWindowByKeyboard goes through the real window without a pointer: search, table,
// menus, tabs, and the end of a process that does not want to.
func TestWindowByKeyboard(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.firstRun()
	n := freePort(t)
	victim := startProcess(t, exec.Command("perl", "-e", deaf, port(n)))
	waitFor(t, "the listener", 5*time.Second, func() bool { return strings.Contains(victim.out.String(), "listening") })
	client, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", n))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	window := d.startWith([]string{"FYNE_THEME=dark"}, "window", "--interval", "250ms")
	d.waitWindow(anyTitle)
	d.settle()

	d.keys("ctrl+f")
	d.x("xdotool", "type", "--delay", "60", port(n))
	d.keys("Down", "Down")
	d.settle()
	d.picture("keys-search")
	d.waitWindow(regexp.MustCompile(fmt.Sprintf(`^%d  .*perl.* – Portlight$`, n)))
	d.keys("ctrl+c")
	d.clipboard(port(n) + "/tcp\t")
	d.keys("Return", "space", "Down", "Return")
	d.clipboard(fmt.Sprintf("127.0.0.1:%d", n))
	d.settle()
	d.picture("keys-details")

	for _, tab := range []string{"2", "3", "4", "5"} {
		before := d.screen.shot(t)
		d.keys("ctrl+" + tab)
		d.changed(before)
		d.picture("keys-tab-" + tab)
	}
	d.keys("ctrl+1")
	d.settle()

	d.keys("Return", "Tab", "space")
	d.settle()
	d.picture("keys-menu")
	before := d.screen.shot(t)
	d.keys("Up", "Return")
	d.changed(before)
	before = d.picture("keys-stop")
	d.keys("Tab", "space")
	d.changed(before)
	time.Sleep(6 * time.Second) // it is asked, and given time
	d.settle()
	d.picture("keys-still")
	if !victim.running() {
		t.Fatal("a process that ignores SIGTERM has ended")
	}
	d.keys("Tab", "space")
	victim.wait(t, 5*time.Second)
	if status := victim.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Errorf("it ended by %v", status)
	}
	d.settle()
	d.picture("keys-ended")
	d.keys("Return", "ctrl+w")
	if code := window.wait(t, 3*time.Second); code != 0 {
		t.Errorf("the window ends with %d: %s", code, window.log.String())
	}
}

// clipboard waits for a text in the clipboard.
func (d *desktop) clipboard(begins string) {
	d.t.Helper()
	var got string
	waitFor(d.t, "the clipboard to begin with "+begins, 5*time.Second, func() bool {
		cmd := exec.Command("xclip", "-o", "-selection", "clipboard")
		cmd.Env = d.env()
		out, err := cmd.Output()
		got = string(out)
		return err == nil && strings.HasPrefix(got, begins)
	})
}
