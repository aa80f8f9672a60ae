package scanner

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestTitleOfListener has a shell hold a listener, that becomes another shell with
// another script, and then the same with a third one.
func TestTitleOfListener(t *testing.T) {
	_, file := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	dir := t.TempDir()
	first, second, third := filepath.Join(dir, "first.sh"), filepath.Join(dir, "second.sh"), filepath.Join(dir, "third.sh")
	writeScript(t, first, "echo ready; read line; exec bash "+second)
	writeScript(t, second, "echo ready; read line; exec bash "+third)
	writeScript(t, third, "echo ready; read line")
	cmd := exec.Command("dash", first)
	cmd.ExtraFiles = []*os.File{file}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	file.Close() // gopsutil tells one holder only
	s, err := Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var hours atomic.Int64
	s.src.(*sockdiagSource).titles.now = func() time.Time { return time.Unix(3600*hours.Add(1), 0) } // no title is fresh
	waitTitle(t, s, cmd.Process.Pid, "first.sh")
	for _, o := range openers() {
		firstTitle(t, o, cmd.Process.Pid, "first.sh", first)
	}
	if _, err := in.Write([]byte("go on\n")); err != nil {
		t.Fatal(err)
	}
	waitTitle(t, s, cmd.Process.Pid, "second.sh")
	if _, err := in.Write([]byte("go on\n")); err != nil {
		t.Fatal(err)
	}
	waitTitle(t, s, cmd.Process.Pid, "third.sh")
}

// firstTitle waits for a first snapshot with the title and the script: a busy computer
// may take longer to read them than a scan waits.
func firstTitle(t *testing.T, o opener, pid int, want, script string) {
	t.Helper()
	var title string
	for deadline := time.Now().Add(10 * time.Second); !strings.HasSuffix(title, want+" "+script); {
		s, err := scanOnce(context.Background(), []opener{o})
		if err != nil {
			t.Fatal(err)
		}
		if title = titleOf(s, pid); time.Now().After(deadline) {
			t.Fatalf("by %s the title is %q at first", o.name, title)
		}
	}
}

// titleOf is what a process is called that listens, and its script.
func titleOf(s *Snapshot, pid int) string {
	for _, l := range s.Listeners {
		for _, o := range l.Owners {
			if o.PID == pid {
				return o.Title + " " + o.Script
			}
		}
	}
	return ""
}

func writeScript(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// waitTitle scans until a process that listens is called like that. That it runs
// another program may be noticed after verifyPeriod of package owner only, so the
// clock runs faster.
func waitTitle(t *testing.T, s *Scanner, pid int, want string) {
	t.Helper()
	title, now := "", time.Now()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		now = now.Add(time.Second)
		snap, err := s.scanAt(context.Background(), now)
		if err != nil {
			t.Fatal(err)
		}
		title = titleOf(snap, pid)
		if strings.Contains(title, want+" /") && strings.HasSuffix(title, "/"+want) {
			return
		}
	}
	t.Fatalf("the title is %q, want one with %s", title, want)
}
