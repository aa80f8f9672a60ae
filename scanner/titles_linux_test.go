package scanner

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"portlight/scanner/process"
)

// TestTitlesOfScript reads the title of a shell that runs a script.
func TestTitlesOfScript(t *testing.T) {
	script := filepath.Join(t.TempDir(), "reindex.sh")
	if err := os.WriteFile(script, []byte("echo ready\nread end\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := summaryOfReady(t, exec.Command("sh", script))
	x := newTitles()
	defer x.close()
	if title := x.of(sum.ID); title != (process.Naming{}) || !sum.Interpreted {
		t.Errorf("at first: %+v of %+v", title, sum)
	}
	select {
	case <-x.wake():
	case <-time.After(20 * time.Second):
		t.Fatal("no title comes")
	}
	if title := x.of(sum.ID); title != (process.Naming{Title: "sh reindex.sh", Script: script}) || !x.news() {
		t.Errorf("got %+v", title)
	}
}

// summaryOfReady starts a program that says a line and ends with its input.
func summaryOfReady(t *testing.T, cmd *exec.Cmd) process.Summary {
	t.Helper()
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if inErr != nil || outErr != nil || cmd.Start() != nil {
		t.Fatalf("start %s: %v, %v", cmd.Path, inErr, outErr)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	sum, err := process.Summarize(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
