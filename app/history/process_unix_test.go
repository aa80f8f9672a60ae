//go:build unix

package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

// childMode makes the test binary a process that does what the mode says in the
// folder of childDir.
const (
	childMode = "PORTLIGHT_TEST_HISTORY"
	childDir  = "PORTLIGHT_TEST_FOLDER"
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		if err := child(mode, os.Getenv(childDir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(mode, dir string) error {
	switch mode {
	case "ticks":
		return writeTicks(dir, 1<<30)
	case "some ticks":
		return writeTicks(dir, 80)
	case "settings":
		return writeSettings(dir, 80)
	case "full":
		return fillDisk(dir)
	case "idle":
		return idle(dir)
	}
	return fmt.Errorf("unknown mode %q", mode)
}

// writeTicks records ticks and says the number of each that is written. A tick has
// up to 20 events, each with its number as the rule.
func writeTicks(dir string, n int) error {
	s, err := Open(dir, Agent, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	first, _, err := s.db.number(`SELECT coalesce(max(rule), 0) FROM events`)
	if err != nil {
		return err
	}
	for i := int(first) + 1; i <= int(first)+n; i++ {
		if err := s.Record(numbered(i)); err != nil {
			return err
		}
		if i%7 == 0 {
			if _, err := s.Trim(3650, 5_000_000, time.Now()); err != nil {
				return err
			}
		}
		fmt.Println(i)
	}
	return nil
}

func numbered(i int) Tick {
	t := Tick{Time: start().Add(time.Duration(i) * time.Second)}
	for n := range 1 + i%20 {
		l := listener("web"+strconv.Itoa(i%5), uint16(1+(i*20+n)%60000))
		j := judged(scanner.Opened, l, alerts.New, t.Time)
		j.Rule = int64(i)
		t.Judgements = append(t.Judgements, j)
		t.Seen = append(t.Seen, alerts.Fingerprints(&l)...)
	}
	return t
}

func writeSettings(dir string, n int) error {
	s, err := Open(dir, Other, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for i := range n {
		if err := s.Set(fmt.Sprintf("%d %d", os.Getpid(), i), "x"); err != nil {
			return err
		}
		if _, err := s.AddRule(rule(alerts.Mute, ""), i%2); err != nil {
			return err
		}
	}
	return nil
}

// run starts the test binary in a mode.
func run(t *testing.T, mode, dir string) (*exec.Cmd, io.Reader) {
	t.Helper()
	self, err := os.Executable()
	check(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childMode+"="+mode, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	return cmd, out
}

// kills is how often a writer is killed.
const kills = 300

// TestKilled kills writers at any moment: what they said was written is there, whole
// ticks only, and the database is intact. In the last part another process writes rules
// and settings meanwhile, and is killed at the same moment.
func TestKilled(t *testing.T) {
	for part, c := range []struct {
		kills int
		both  bool
	}{{kills / 2, false}, {kills / 2, false}, {kills / 10, true}} {
		t.Run(strconv.Itoa(part), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(uint64(part), 3))
			dir, last, ticks := "", 0, 0
			for i := range c.kills {
				if i%25 == 0 {
					dir, last = t.TempDir(), 0
				}
				said := killed(t, dir, random, c.both)
				if said > 0 {
					ticks += said - last
				}
				last = max(last, said)
				last = wantWritten(t, dir, last)
			}
			if ticks < c.kills {
				t.Errorf("%d ticks were written by %d writers", ticks, c.kills)
			}
		})
	}
}

// killed starts a writer and kills it within a few ticks, at times before it has
// written any, and beside it one of settings. It gives the last tick that the writer said
// was written, or 0.
func killed(t *testing.T, dir string, random *rand.Rand, both bool) (said int) {
	t.Helper()
	cmd, out := run(t, "ticks", dir)
	kill := func() { cmd.Process.Kill() }
	if both {
		other, _ := run(t, "settings", dir)
		kill = func() { other.Process.Kill(); cmd.Process.Kill() }
		defer other.Wait()
	}
	lines := bufio.NewScanner(out)
	next := func() bool {
		if !lines.Scan() {
			return false
		}
		said, _ = strconv.Atoi(lines.Text())
		return true
	}
	for range random.IntN(6) {
		next()
	}
	time.AfterFunc(time.Duration(random.IntN(4000))*time.Microsecond, kill)
	for next() {
	}
	err := cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return said
}

// wantWritten gives the last tick that is in a database: the one that was said to
// be, or the one after it.
func wantWritten(t *testing.T, dir string, said int) (last int) {
	t.Helper()
	s, err := Open(dir, Agent, Options{})
	check(t, err)
	defer s.Close()
	if text := s.Trouble(); text != "" {
		t.Fatal(text)
	}
	wantIntegrity(t, s.db)
	count, _, err := s.db.number(`SELECT coalesce(max(rule), 0) FROM events`)
	check(t, err)
	last = int(count)
	if last < said || last > said+1 && said > 0 {
		t.Fatalf("tick %d was said to be written, the last is %d", said, last)
	}
	want := 0
	for i := 1; i <= last; i++ {
		want += len(numbered(i).Judgements)
	}
	if n := must[Info](t)(s.Info()).Events; n != want {
		t.Fatalf("%d events of %d ticks, want %d", n, last, want)
	}
	bad := 0
	check(t, s.db.transact(func(c *conn) error {
		n, _, err := c.number(`SELECT count(*) FROM (SELECT count(*) AS n, rule FROM events GROUP BY rule HAVING n <> 1 + rule % 20)`)
		bad = int(n)
		return err
	}))
	if bad != 0 {
		t.Fatalf("%d ticks are not whole", bad)
	}
	wantTick(t, s, last)
	return last
}

// wantTick compares what is remembered of a tick with what was recorded: its events, and
// the alerts and fingerprints that came of them.
func wantTick(t *testing.T, s *Store, i int) {
	t.Helper()
	if i == 0 {
		return
	}
	want := numbered(i)
	var got []alerts.Judgement
	for _, e := range must[[]Event](t)(s.Events(Query{Limit: len(want.Judgements)})) {
		got = slices.Insert(got, 0, e.Judgement)
	}
	wantSame(t, fmt.Sprintf("tick %d", i), got, want.Judgements)
	told := map[uint16]bool{}
	for _, a := range must[[]Alert](t)(s.Alerts(StateNew, 0, len(want.Judgements))) {
		told[a.Port] = a.Last.Equal(want.Time)
	}
	known := map[alerts.Fingerprint]bool{}
	for _, k := range must[[]alerts.Sighting](t)(s.Known()) {
		known[k.Fingerprint] = true
	}
	for n, f := range want.Seen {
		if port := want.Judgements[n].Event.Listener.Port; !known[f] || !told[port] {
			t.Fatalf("tick %d: known %v, told %v of port %d", i, known[f], told[port], port)
		}
	}
}

// TestProcessesWriteAtOnce has an agent and two others, while this one reads.
func TestProcessesWriteAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Other)
	var cmds []*exec.Cmd
	for _, mode := range []string{"some ticks", "settings", "settings"} {
		cmd, out := run(t, mode, dir)
		go io.Copy(io.Discard, out)
		cmds = append(cmds, cmd)
	}
	done := make(chan error, len(cmds))
	for _, cmd := range cmds {
		go func() { done <- cmd.Wait() }()
	}
	for left := len(cmds); left > 0; {
		select {
		case err := <-done:
			check(t, err)
			left--
		default:
			must[bool](t)(s.Changed())
			must[[]Event](t)(s.Events(Query{}))
			must[int](t)(s.Unseen())
		}
	}
	wantWritten(t, dir, 80)
	rules, settings := must[[]alerts.Rule](t)(s.Rules()), must[map[string]string](t)(s.Settings())
	if len(rules) != 160 || len(settings) != 160 {
		t.Errorf("%d rules, %d settings", len(rules), len(settings))
	}
}

// idle looks for changes and reads. It tells before and after what the process has
// written.
func idle(dir string) error {
	s, err := Open(dir, Other, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	look := func(n int) error {
		for range n {
			changed, err1 := s.Changed()
			_, err2 := s.Unseen()
			_, err3 := s.Events(Query{Program: "web"})
			if err := errors.Join(err1, err2, err3); err != nil || changed {
				return fmt.Errorf("changed %v: %w", changed, err)
			}
		}
		return nil
	}
	if err := look(1); err != nil {
		return err
	}
	if err := settle(dir); err != nil {
		return err
	}
	before := diskWrites(dir)
	if err := look(200); err != nil {
		return err
	}
	fmt.Print(before, "--", diskWrites(dir))
	return nil
}

// settle has the times of files set that are due for what was written by mmap(2)
// before: the index of the log is mapped.
func settle(dir string) error {
	for _, part := range parts()[:3] {
		f, err := os.OpenFile(filepath.Join(dir, FileName)+part, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// diskWrites tells how much this process has written to a disk, see proc_pid_io(5),
// and when the files of a folder were changed.
func diskWrites(dir string) string {
	text, err := os.ReadFile("/proc/self/io")
	_, rest, _ := strings.Cut(string(text), "\nwrite_bytes: ")
	number, _, _ := strings.Cut(rest, "\n")
	all := fmt.Sprintln("write_bytes:", number, err)
	for _, part := range parts() {
		if info, err := os.Stat(filepath.Join(dir, FileName) + part); err == nil {
			all += fmt.Sprintln(info.Name(), info.ModTime())
		}
	}
	return all
}

// fillDisk records until no more can be written, which must be told as ErrFull, and
// once more with room.
func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(dir, Agent, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	unlimited, err := limitFiles(400_000)
	if err != nil {
		return err
	}
	n := 0
	for err == nil && n < 10_000 {
		n++
		err = s.Record(numbered(n))
	}
	if n < 2 || !strings.Contains(fmt.Sprint(err), ErrFull.Error()) {
		return fmt.Errorf("after %d ticks: %w", n, err)
	}
	if _, err := s.Known(); err != nil {
		return fmt.Errorf("reading a full disk: %w", err)
	}
	if err := unlimited(); err != nil {
		return err
	}
	if err := s.Record(numbered(n)); err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

// TestFullDisk loses nothing but what it says.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	cmd, out := run(t, "full", dir)
	text, err := io.ReadAll(out)
	check(t, err)
	check(t, cmd.Wait())
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	check(t, err)
	wantWritten(t, dir, n)
}

// limitFiles bounds the files that this process writes, as a full disk does, and
// gives what takes the bound away.
func limitFiles(size uint64) (undo func() error, err error) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return nil, err
	}
	limit := old
	limit.Cur = size
	return func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) }, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
