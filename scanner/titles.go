package scanner

import (
	"slices"
	"sync"
	"time"

	"portlight/scanner/process"
)

// How titles are read. A stuck reader holds a thread of this program.
const (
	maxReaders = 4                      // at once, besides the stuck ones
	maxStuck   = 4                      // for which others may begin
	stuckAfter = 500 * time.Millisecond // a title takes some 50 microseconds
)

// How titles are kept.
const (
	maxTitles  = 4096            // before those that nobody asks for are forgotten
	titlesTurn = time.Minute     // between two times of that
	titleAge   = 2 * time.Second // before it is read anew when it is asked for

	titlePatience = 20 * time.Millisecond // of a scan, so that the news of new owners has their title: reading one takes some microseconds, or for ever
)

// titles reads what people call processes, and which script they run, beside the
// scans: process.ReadTitle may block for ever. It is done in goroutines that live
// while there is something to read. Titles are asked for when a listener is shown
// anew, which is seldom: each time what is known is given, and read anew, as the
// process may run another script by now or have rewritten its arguments. It is safe
// for concurrent use.
type titles struct {
	read  func(process.ID) (process.Naming, error)
	watch func(overdue func()) (stop func() bool) // calls after stuckAfter
	now   func() time.Time
	woken chan struct{}

	mu      sync.Mutex
	known   map[process.ID]title
	old     map[process.ID]title // known before the last turn, and not asked for since
	turned  time.Time
	asked   map[process.ID]*reading // waiting or being read
	queue   []*reading              // waiting
	readers int
	late    int // readers that are stuck
	fresh   bool
	closed  bool
}

// title is one that was read.
type title struct {
	process.Naming
	read time.Time
}

// reading is a title on its way.
type reading struct {
	id   process.ID
	late bool // its reader is stuck
	done bool
}

func newTitles() *titles {
	return &titles{
		read: process.ReadTitle, watch: watchReader, now: time.Now, woken: make(chan struct{}, 1),
		known: map[process.ID]title{}, asked: map[process.ID]*reading{},
	}
}

func watchReader(overdue func()) (stop func() bool) { return time.AfterFunc(stuckAfter, overdue).Stop }

// of gives what is known, and asks for what is not. The title of a process that
// cannot be read is "".
func (t *titles) of(id process.ID) process.Naming {
	t.mu.Lock()
	defer t.mu.Unlock()
	known, ok := t.known[id]
	if !ok {
		if known, ok = t.old[id]; ok && len(t.known) < 2*maxTitles {
			delete(t.old, id)
			t.known[id] = known
		}
	}
	if age := t.now().Sub(known.read); !ok || age < 0 || age >= titleAge {
		t.ask(id)
	}
	return known.Naming
}

// forget has a title read anew when it is asked for: the process runs another
// program.
func (t *titles) forget(id process.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, id)
	delete(t.old, id)
	delete(t.asked, id)
	t.queue = slices.DeleteFunc(t.queue, func(r *reading) bool { return r.id == id })
}

// news reports whether a title has become known since it was asked last.
func (t *titles) news() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := t.fresh
	t.fresh = false
	return fresh
}

// pending reports whether there is news that nobody has asked for.
func (t *titles) pending() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fresh
}

// wake gives a value after news.
func (t *titles) wake() <-chan struct{} { return t.woken }

// asking reports whether a title may become known soon: one is being read, and not
// by a stuck reader.
func (t *titles) asking() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.readers > t.late
}

// awaitAtMost waits for the titles that were asked for.
func (t *titles) awaitAtMost(patience time.Duration) {
	for deadline := time.Now().Add(patience); t.asking() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond / 4)
	}
}

// fill waits a moment for the titles that were asked for, and gives them to owners
// that have none.
func (t *titles) fill(all []Listener) {
	t.awaitAtMost(titlePatience)
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range all {
		for j := range all[i].Owners {
			if o := &all[i].Owners[j]; o.naming() == (process.Naming{}) {
				o.take(t.known[o.ID].Naming)
			}
		}
	}
}

// close asks for nothing more. It does not wait for the readers.
func (t *titles) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed, t.queue = true, nil
}

func (t *titles) ask(id process.ID) {
	if t.closed || t.asked[id] != nil || !t.makeRoom() {
		return
	}
	r := &reading{id: id}
	t.asked[id] = r
	t.queue = append(t.queue, r)
	t.hire()
}

// makeRoom reports whether another title may be kept. Where more processes than
// that are asked for again and again, some have none for a while.
func (t *titles) makeRoom() bool {
	if len(t.known)+len(t.asked) < maxTitles {
		return true
	}
	now := t.now()
	if len(t.asked) >= maxTitles || now.Sub(t.turned) < titlesTurn {
		return false
	}
	t.old, t.known, t.turned = t.known, map[process.ID]title{}, now
	return true
}

// allowed is how many readers there may be.
func (t *titles) allowed() int { return maxReaders + min(t.late, maxStuck) }

// hire starts another reader if there is work for it.
func (t *titles) hire() {
	if len(t.queue) > 0 && t.readers < t.allowed() {
		t.readers++
		go t.work()
	}
}

// work reads titles until none waits, or until others do so.
func (t *titles) work() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.queue) > 0 && t.readers <= t.allowed() {
		r := t.queue[0]
		t.queue = t.queue[1:]
		t.mu.Unlock()
		stop := t.watch(func() { t.overdue(r) })
		read, err := t.read(r.id)
		stop()
		t.mu.Lock()
		t.take(r, read, err)
	}
	t.readers--
}

// overdue lets another reader begin.
func (t *titles) overdue(r *reading) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.done {
		return
	}
	r.late = true
	t.late++
	t.hire()
}

// take keeps an answer, unless it was forgotten meanwhile. Without one what was known
// before stays.
func (t *titles) take(r *reading, read process.Naming, err error) {
	r.done = true
	if r.late {
		t.late--
	}
	if t.asked[r.id] != r {
		return
	}
	delete(t.asked, r.id)
	before := t.known[r.id].Naming
	if err != nil {
		read = before
	}
	t.known[r.id] = title{read, t.now()}
	if read == before {
		return
	}
	t.fresh = true
	select {
	case t.woken <- struct{}{}:
	default:
	}
}
