package scanner

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"portlight/scanner/process"
)

// layered is a source of sockets of macOS. What all scans read is cheap; where that
// shows this user's own sockets only, or none, another reading on the side has the rest.
type layered struct {
	holders
	label string
	read  reader   // at each scan
	rest  *paced   // nil where read shows all
	alone bool     // read shows none, but tells of changes
	less  bool     // read shows this user's sockets only, and nothing completes it
	notes []string // on what the source can tell

	ctx    context.Context // of rest
	cancel context.CancelFunc

	shown []bound // by read last
	gone  gone    // of what read had shown before
	seen  []bound // in last
	said  []string
	due   time.Time // when processes are looked at again
	last  *Snapshot
}

// processesPeriod is how often processes are looked at again whose sockets have not
// changed: they may run another program.
const processesPeriod = 30 * time.Second

func newLayered(label string, read reader, summarize func(int) (process.Summary, error)) *layered {
	s := &layered{holders: newHolders(summarize), label: label, read: read, gone: gone{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func (s *layered) name() string { return s.label }

func (s *layered) close() {
	s.cancel()
	s.holders.close()
}

func (s *layered) scan(ctx context.Context, now time.Time) (*Snapshot, error) {
	seen, notes, err := s.look(ctx, now)
	if err != nil {
		return nil, err
	}
	s.behind.Tick(now)
	titled, known := s.titles.news(), s.behind.News()
	if s.last != nil && !titled && !known && now.Before(s.due) && slices.Equal(seen, s.seen) && slices.Equal(notes, s.said) {
		return nil, nil
	}
	s.due = now.Add(processesPeriod)
	next := assemble(s.label, now, s.listeners(seen), slices.Concat(s.notes, notes))
	next.Visibility.Notes = append(next.Visibility.Notes, s.behind.Notes(next.has)...)
	s.seen, s.said = seen, notes
	if s.last != nil && sameListeners(s.last.Listeners, next.Listeners) && slices.Equal(s.last.Visibility.Notes, next.Visibility.Notes) {
		return nil, nil
	}
	s.last = next
	return &Snapshot{Time: next.Time, Listeners: next.Listeners, Visibility: next.Visibility}, nil
}

// partial reports whether netstat may complete it by now, which failed at first, or
// whether what netstat had shown is too old.
func (s *layered) partial(now time.Time) bool {
	return s.less || s.rest != nil && !s.alone && s.rest.stale(now)
}

func (s *layered) spare(battery bool) {
	if s.rest != nil {
		s.rest.spare(battery)
	}
}

// look gives all that listens, with notes on what of it may not be so.
func (s *layered) look(ctx context.Context, now time.Time) (all []bound, notes []string, err error) {
	own, err := s.read(ctx)
	if err == nil && s.rest == nil && own.shown == 0 {
		err = errNoSockets
	}
	if err != nil || s.rest == nil {
		return own.all, nil, err
	}
	var end <-chan struct{}
	if !s.rest.good {
		first, cancel := context.WithTimeout(ctx, netstatLimit)
		defer cancel()
		end = first.Done()
	}
	if !s.alone {
		s.gone.move(s.shown, own.all, now)
		s.shown = own.all
	}
	if s.rest.tick(s.ctx, now, own.generation, end) {
		s.gone.forget(s.rest.began)
	}
	if err := s.restError(now); err != nil {
		return nil, nil, fmt.Errorf("netstat: %w", err)
	}
	if s.rest.fault != nil {
		notes = append(notes, wordRestFails.With("Reason", s.rest.fault))
	}
	if n := s.rest.known.skipped; n > 0 {
		notes = append(notes, wordSkippedRows.Of(n))
	}
	return slices.Concat(own.all, s.more(own.all)), notes, nil
}

// more is what rest shows beside what read does. Of this process read shows all, and
// what it has shown until rest was read is closed.
func (s *layered) more(own []bound) []bound {
	if s.alone {
		return s.rest.known.all
	}
	more := without(s.rest.known.all, own)
	return slices.DeleteFunc(more, func(b bound) bool { return b.pid == os.Getpid() || s.gone.has(b, s.rest.began) })
}

// restError says why what rest has shown is not good, or not any more.
func (s *layered) restError(now time.Time) error {
	r := s.rest
	switch {
	case r.fault != nil && (s.alone || !r.good || r.stale(now)):
		return r.fault
	case !r.good:
		return errNoAnswer
	}
	return nil
}

func (s *layered) listeners(seen []bound) []Listener {
	owners := map[int]*Process{}
	found := make([]Listener, len(seen))
	for i, b := range seen {
		l := &found[i]
		*l = Listener{Key: b.Key, DualStack: b.dual, UID: b.uid, Kernel: b.kernel, Ephemeral: b.ephemeral, Backlog: b.backlog}
		s.own(l, b.pid, owners)
		l.Behind = behind(s.behind.Of(standing(l, "", nil)), nil)
	}
	s.titles.fill(found)
	return found
}
