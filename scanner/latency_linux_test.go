package scanner

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// latencyTrials is how often the way from bind to event is measured.
const latencyTrials = 15

// runListen listens, says where and since when, and stays until its standard
// input ends.
func runListen() error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Println(l.Addr(), time.Now().UnixNano())
	return hold()
}

// TestLatency measures the time from bind to event of programs that are started
// at random moments of the interval. Where the kernel tells of them it does not
// take the interval.
func TestLatency(t *testing.T) {
	opened := make(chan Event, 1000)
	w, err := NewWatcher(Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done, ready := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx, func(u Update) {
			if u.Baseline {
				close(ready)
			}
			for _, e := range u.Events {
				opened <- e
			}
		})
	}()
	defer func() {
		cancel()
		<-done
	}()
	<-ready
	var took []time.Duration
	for range latencyTrials {
		time.Sleep(time.Duration(rand.Int64N(int64(DefaultInterval)))) // the phase of the trial
		took = append(took, bindToEvent(t, opened))
	}
	slices.Sort(took)
	median, longest := took[latencyTrials/2], took[latencyTrials-1]
	events := ExecEvents()
	t.Logf("bind to event of a program just started, %d trials, events %v: median %v, maximum %v", latencyTrials, events == nil, median, longest)
	limit := DefaultInterval
	if events == nil {
		limit /= 2
	}
	if median > limit || longest > 2*DefaultInterval {
		t.Errorf("too slow: %v", took)
	}
}

// bindToEvent starts a program and waits for the event of its listener.
func bindToEvent(t *testing.T, opened <-chan Event) time.Duration {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+modeListen)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var seen time.Time
	var l Listener
	for deadline := time.After(10 * time.Second); seen.IsZero(); {
		select {
		case e := <-opened:
			if e.Op == Opened && slices.Contains(pidsOf(&e.Listener), cmd.Process.Pid) {
				seen, l = time.Now(), e.Listener
			}
		case <-deadline:
			t.Fatal("no event")
		}
	}
	in.Close()
	cmd.Wait()
	fields := strings.Fields(out.String())
	if len(fields) < 2 || fields[0] != netip.AddrPortFrom(l.Addr, l.Port).String() {
		t.Fatalf("event of %s, the program says %q", l.ID(), out.String())
	}
	bound, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seen.Sub(time.Unix(0, bound))
}
