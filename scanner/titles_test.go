package scanner

import (
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"portlight/scanner/process"
)

func numbered(n int) process.ID { return process.ID{PID: n, Start: 1} }

// named is what is read of a process that has a title; two with one title may run
// different scripts.
func named(title string) process.Naming {
	if title == "" {
		return process.Naming{}
	}
	return process.Naming{Title: "sh", Script: "/srv/" + title}
}

// desk is a reader that answers when it is told to, and a watch that goes when it
// is told to.
type desk struct {
	*titles
	t *testing.T

	lock    sync.Mutex
	open    map[process.ID]chan string // being read
	reads   map[process.ID]int
	longest int // list of those being read
	watches []func()
	clock   time.Time // set while nothing is read
}

// newDesk checks in the end that no goroutine is left.
func newDesk(t *testing.T) *desk {
	d := &desk{t: t, titles: newTitles(), open: map[process.ID]chan string{}, reads: map[process.ID]int{}, clock: time.Unix(1000, 0)}
	d.read, d.watch, d.now = d.serve, d.keepWatch, func() time.Time { return d.clock }
	before := runtime.NumGoroutine()
	t.Cleanup(func() { d.comes("the end of the readers", func() bool { return runtime.NumGoroutine() <= before }) })
	return d
}

func (d *desk) serve(id process.ID) (process.Naming, error) {
	answer := make(chan string)
	d.lock.Lock()
	d.open[id] = answer
	d.reads[id]++
	d.longest = max(d.longest, len(d.open))
	d.lock.Unlock()
	if title := <-answer; title != "" {
		return named(title), nil
	}
	return named("never seen"), errors.New("not permitted")
}

// keepWatch cannot be stopped: a timer may go at the last moment, too.
func (d *desk) keepWatch(overdue func()) (stop func() bool) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.watches = append(d.watches, overdue)
	return func() bool { return false }
}

// stick has all that are being read take too long.
func (d *desk) stick() {
	d.lock.Lock()
	watches := d.watches
	d.watches = nil
	d.lock.Unlock()
	for _, overdue := range watches {
		overdue()
	}
}

// finish answers for a process; "" is an error.
func (d *desk) finish(n int, title string) {
	d.t.Helper()
	var answer chan string
	d.comes("the reader of process "+strconv.Itoa(n), func() bool {
		answer = d.open[numbered(n)]
		delete(d.open, numbered(n))
		return answer != nil
	})
	answer <- title
}

// want waits until so many are being read, and answers are expected or not.
func (d *desk) want(when string, open int, asking bool) {
	d.t.Helper()
	d.comes(when, func() bool { return len(d.open) == open && d.asking() == asking })
}

// knows waits for a title.
func (d *desk) knows(n int, title string) {
	d.t.Helper()
	d.comes("the title "+title, func() bool { return d.of(numbered(n)) == named(title) })
}

// comes waits for a condition, which may look at the desk.
func (d *desk) comes(what string, holds func() bool) {
	d.t.Helper()
	locked := func() bool {
		d.lock.Lock()
		defer d.lock.Unlock()
		return holds()
	}
	for deadline := time.Now().Add(20 * time.Second); !locked(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("never came: %s", what)
		}
	}
}

// ask asks for processes that are not known yet.
func (d *desk) ask(from, to int) {
	d.t.Helper()
	for n := from; n <= to; n++ {
		if got := d.of(numbered(n)); got != named("") {
			d.t.Errorf("process %d has the title %+v already", n, got)
		}
	}
}

func woken(t *titles) bool {
	select {
	case <-t.wake():
		return true
	default:
		return false
	}
}

func TestTitlesOnce(t *testing.T) {
	d := newDesk(t)
	d.want("before", 0, false)
	d.ask(1, 2)
	d.ask(1, 2)
	d.want("asked twice", 2, true)
	if d.news() || woken(d.titles) {
		t.Error("news before an answer")
	}
	d.finish(1, "vite (shop)")
	d.knows(1, "vite (shop)")
	if !d.news() || d.news() || !woken(d.titles) || woken(d.titles) {
		t.Error("an answer is news once")
	}
	d.finish(2, "")
	d.want("answered", 0, false)
	if got := d.of(numbered(2)); got != named("") || d.news() || woken(d.titles) {
		t.Errorf("an error: got %+v", got)
	}
	d.want("answered", 0, false)
	if d.reads[numbered(1)] != 1 || d.reads[numbered(2)] != 1 {
		t.Errorf("read %v", d.reads)
	}
}

// TestTitlesAnew has a process run another script, and then none that can be read.
func TestTitlesAnew(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		later         time.Duration
		answer, known string // "" is an error
		news          bool
	}{{0, "first.sh", "first.sh", true}, {titleAge, "first.sh", "first.sh", false}, {titleAge, "second.sh", "second.sh", true}, {titleAge, "", "second.sh", false}} {
		d.clock = d.clock.Add(c.later)
		before := d.of(numbered(1))
		d.finish(1, c.answer)
		d.want("answered", 0, false)
		if got := d.of(numbered(1)); got != named(c.known) || d.news() != c.news || woken(d.titles) != c.news {
			t.Errorf("%q: %+v, then %+v", c.answer, before, got)
		}
		d.clock = d.clock.Add(titleAge / 2)
		d.of(numbered(1))
		d.want("asked too soon", 0, false)
	}
	if n := d.reads[numbered(1)]; n != 4 {
		t.Errorf("read %d times", n)
	}
}

func TestTitlesForget(t *testing.T) {
	d := newDesk(t)
	d.ask(1, maxReaders+2)
	d.want("two wait", maxReaders, true)
	d.forget(numbered(1))
	d.forget(numbered(maxReaders + 1))
	d.finish(1, "old")
	d.want("the next is read", maxReaders, true)
	if d.news() || d.reads[numbered(maxReaders+1)] != 0 {
		t.Errorf("what was forgotten is news, or read: %v", d.reads)
	}
	d.ask(1, 1)
	d.finish(2, "x")
	d.finish(1, "new")
	d.knows(1, "new")
	d.forget(numbered(1))
	d.ask(1, 1)
	d.finish(1, "newer")
	d.knows(1, "newer")
	for _, n := range []int{3, 4, maxReaders + 2} {
		d.finish(n, "x")
	}
	d.want("answered", 0, false)
	if d.reads[numbered(1)] != 3 {
		t.Errorf("read %v", d.reads)
	}
}

// TestTitlesBesideStuckReaders has ever more processes that do not answer.
func TestTitlesBesideStuckReaders(t *testing.T) {
	d := newDesk(t)
	d.ask(1, 20)
	d.want("at once", maxReaders, true)
	d.stick()
	d.want("beside stuck ones", maxReaders+maxStuck, true)
	d.finish(maxReaders+1, "vite")
	d.knows(maxReaders+1, "vite")
	d.want("the next one", maxReaders+maxStuck, true)
	d.stick()
	d.want("all stuck", maxReaders+maxStuck, false)
	d.ask(21, 21)
	if d.asking() {
		t.Error("an answer is expected that cannot come")
	}

	d.finish(1, "late")
	d.knows(1, "late")
	d.want("one is free", maxReaders+maxStuck, true)
	for n := 2; n <= 21; n++ {
		if n != maxReaders+1 {
			d.finish(n, "late")
		}
	}
	d.want("all answered", 0, false)
	if d.longest != maxReaders+maxStuck || len(d.reads) != 21 || d.late != 0 || d.readers != 0 {
		t.Errorf("%d were read at once, %d in all, then %d late of %d", d.longest, len(d.reads), d.late, d.readers)
	}
}

// TestTitlesReadersLeave has stuck readers answer while others do their work.
func TestTitlesReadersLeave(t *testing.T) {
	d := newDesk(t)
	d.ask(1, 20)
	d.want("at once", maxReaders, true)
	d.stick()
	d.want("beside stuck ones", maxReaders+maxStuck, true)
	for n := 1; n <= maxStuck; n++ {
		d.finish(n, "late")
		d.knows(n, "late")
		d.want("one is back", maxReaders+maxStuck-n, true)
	}
	for n := maxStuck + 1; n <= 20; n++ {
		d.finish(n, "x")
	}
	d.want("all answered", 0, false)
}

func TestTitlesClose(t *testing.T) {
	d := newDesk(t)
	d.ask(1, maxReaders+1)
	d.want("at once", maxReaders, true)
	d.close()
	d.ask(30, 30)
	d.stick()
	d.want("closed", maxReaders, false)
	for n := 1; n <= maxReaders; n++ {
		d.finish(n, "late")
	}
	d.comes("the end", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.readers == 0 })
	if d.reads[numbered(maxReaders+1)] != 0 || d.reads[numbered(30)] != 0 {
		t.Errorf("read after close: %v", d.reads)
	}
}

// answering makes titles whose reader answers at once, with a clock of the test.
func answering(t *testing.T, now *time.Time) *desk {
	d := newDesk(t)
	d.now = func() time.Time { return *now }
	d.read = func(id process.ID) (process.Naming, error) { return named(strconv.Itoa(id.PID)), nil }
	return d
}

// crowd asks for so many processes that nobody asked for before, waits for them and
// gives how many of them have a title.
func (d *desk) crowd(from, count int) (known int) {
	d.t.Helper()
	for n := from; n < from+count; n++ {
		d.of(numbered(n))
	}
	d.want("the crowd", 0, false)
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := from; n < from+count; n++ {
		if d.titles.known[numbered(n)].Naming != named("") {
			known++
		}
	}
	return known
}

// TestTitlesAreBounded asks for more processes than are kept. One that is asked for
// again and again stays.
func TestTitlesAreBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	d := answering(t, &now)
	d.crowd(1, 1)
	for turn := 1; turn <= 4; turn++ {
		now = now.Add(titlesTurn)
		if got := d.crowd(turn*100000, maxTitles/2) + d.crowd(turn*100000+50000, maxTitles/2); got < maxTitles/2 {
			t.Errorf("turn %d: %d of a crowd are known", turn, got)
		}
		if got := d.crowd(turn*100000+70000, maxTitles); got > maxTitles {
			t.Errorf("turn %d: %d more are known", turn, got)
		}
		if n := len(d.known) + len(d.old); n > 2*maxTitles+1 {
			t.Errorf("turn %d: %d are kept", turn, n)
		}
		if got := d.of(numbered(1)); got != named("1") {
			t.Errorf("turn %d: got %+v of one that is used", turn, got)
		}
	}
	if got := d.of(numbered(100000)); got != named("") {
		t.Errorf("got %+v of one that is not used", got)
	}
	d.want("the last", 0, false)
}

// TestTitlesOfStuckCrowd bounds what waits.
func TestTitlesOfStuckCrowd(t *testing.T) {
	d := newDesk(t)
	d.ask(1, 2*maxTitles)
	d.want("asked", maxReaders, true)
	if len(d.asked) != maxTitles {
		t.Errorf("%d wait", len(d.asked))
	}
	d.close()
	for n := 1; n <= maxReaders; n++ {
		d.finish(n, "x")
	}
}

// TestTitlesFromManySides is for the race detector.
func TestTitlesFromManySides(t *testing.T) {
	now := time.Unix(1000, 0)
	d := answering(t, &now)
	var sides sync.WaitGroup
	for side := range 4 {
		sides.Add(1)
		go func() {
			defer sides.Done()
			for n := range 500 {
				d.of(numbered(n))
				d.news()
				d.asking()
				d.forget(numbered(n - side))
				d.stick()
			}
		}()
	}
	sides.Wait()
	d.knows(7, "7")
	d.want("the end", 0, false)
	if d.readers != 0 || d.late != 0 || len(d.queue) != 0 {
		t.Errorf("%d readers, %d late, %d wait", d.readers, d.late, len(d.queue))
	}
}

// TestTitlesWatch waits for the real clock once.
func TestTitlesWatch(t *testing.T) {
	began, gone := time.Now(), make(chan time.Time)
	watchReader(func() { gone <- time.Now() })
	if at := <-gone; at.Sub(began) < stuckAfter {
		t.Errorf("a reader is stuck after %v", at.Sub(began))
	}
	if stop := watchReader(func() { t.Error("the watch goes though it was stopped") }); !stop() {
		t.Error("the watch was not stopped")
	}
}

func BenchmarkTitleKnown(b *testing.B) {
	x, clock := newTitles(), time.Now()
	x.now = func() time.Time { return clock }
	for n := range 500 {
		x.known[numbered(n)] = title{named("manage.py"), clock}
	}
	b.ReportAllocs()
	for b.Loop() {
		if x.of(numbered(250)) == named("") {
			b.Fatal("not known")
		}
	}
}
