package scanner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portlight/assets/words"
)

// source reads listeners from one interface of the system. It may keep state
// between scans and is used by one goroutine.
type source interface {
	// name is shown to the user as Visibility.Source.
	name() string
	// scan gives what listens now, or nil when nothing changed since the last
	// scan that gave a snapshot. An error means that nothing is known.
	scan(ctx context.Context, now time.Time) (*Snapshot, error)
	close()
}

// partial is a source that may show less than another one would by now.
type partial interface{ partial(now time.Time) bool }

// saver is a source that spares the battery where it can.
type saver interface{ spare(battery bool) }

// hinter is a source that gives hints once it was asked for them, until it is
// closed.
type hinter interface{ hints() <-chan hint }

// opener makes a source and proves that it works here.
type opener struct {
	name string
	open func(ctx context.Context) (source, error)
}

// openSource tries the openers in order and gives the first source that works,
// with a note for each that did not.
func openSource(ctx context.Context, openers []opener) (source, []string, error) {
	var notes []string
	var failures error
	for _, o := range openers {
		s, err := o.open(ctx)
		if err == nil {
			return s, notes, nil
		}
		notes = append(notes, wordSourceFails.With("Source", o.name, "Reason", err))
		failures = errors.Join(failures, words.Wrap(wordSourceFailed, err, "Source", o.name))
	}
	return nil, nil, fmt.Errorf("%w: %w", errNoSource, failures)
}

// improvable reports whether a better source may work by now.
func (s *Scanner) improvable(now time.Time) bool {
	p, ok := s.src.(partial)
	return len(s.notes) > 0 || ok && p.partial(now)
}

// spare tells whether the computer runs on its battery.
func (s *Scanner) spare(battery bool) {
	if v, ok := s.src.(saver); ok {
		v.spare(battery)
	}
}

// Scan takes one snapshot with the best source of this system.
func Scan(ctx context.Context) (*Snapshot, error) { return scanOnce(ctx, openers()) }

func scanOnce(ctx context.Context, openers []opener) (*Snapshot, error) {
	s, err := open(ctx, openers)
	if err != nil {
		return nil, words.Wrap(wordScanFailed, err)
	}
	defer s.Close()
	return s.Scan(ctx)
}

// Scanner scans on demand and remembers what it saw: a scan that finds nothing
// new costs little. It is not safe for concurrent use.
type Scanner struct {
	src    source
	notes  []string      // on better sources that do not work
	inside *inside       // nil without ShowContainers
	around *surroundings // nil without ShowNetwork
	host   *Snapshot     // the newest of src
	last   *Snapshot     // with what the two above add
}

// Open makes a Scanner of the best source of this system.
func Open(ctx context.Context) (*Scanner, error) { return open(ctx, openers()) }

func open(ctx context.Context, openers []opener) (*Scanner, error) {
	src, notes, err := openSource(ctx, openers)
	if err != nil {
		return nil, err
	}
	return &Scanner{src: src, notes: notes}, nil
}

// Scan gives what listens now: the snapshot of the scan before if nothing has
// changed. After an error nothing is known.
func (s *Scanner) Scan(ctx context.Context) (*Snapshot, error) { return s.scanAt(ctx, time.Now()) }

func (s *Scanner) scanAt(ctx context.Context, now time.Time) (*Snapshot, error) {
	snap, err := s.src.scan(ctx, now)
	if err != nil {
		return nil, words.Wrap(wordScanByFailed, err, "Source", s.src.name())
	}
	if snap != nil {
		snap.Visibility.Notes = append(snap.Visibility.Notes, s.notes...)
		s.host = snap
	}
	inside := s.inside != nil && s.inside.refresh(now)
	around := s.around != nil && s.around.refresh(now)
	if snap != nil || inside || around {
		s.last = s.compose(now)
	}
	return s.last, nil
}

// compose adds to what the source gave what else is to be shown.
func (s *Scanner) compose(now time.Time) *Snapshot {
	out := s.host
	if s.inside != nil {
		out = s.inside.with(out, now)
	}
	if s.around != nil {
		out = s.around.with(out, now, s.leads())
		if s.inside != nil {
			network := *out.Network
			network.Inside = s.inside.known.addrs
			out.Network = &network
		}
	}
	return out
}

// publisher is a source that tells, by notes, of the ports that engines of containers
// publish without a listener.
type publisher interface {
	publishes(proto string, port uint16) bool
}

// leads gives notes on ports that rules lead elsewhere and that nothing else tells of.
func (s *Scanner) leads() []string {
	told := func(string, uint16) bool { return false }
	if p, ok := s.src.(publisher); ok {
		told = p.publishes
	}
	return forwardNotes(s.around.forwards, s.host.Listeners, told)
}

// asker is a source that asks others about what it sees, besides the scans.
type asker interface {
	// asking reports whether an answer may come soon.
	asking() bool
}

// askPeriod is how often it is looked whether answers have come.
const askPeriod = 10 * time.Millisecond

// Settle waits for what is asked for besides the scans, such as names of units and
// containers, no longer than patience, and scans once more then.
func (s *Scanner) Settle(ctx context.Context, patience time.Duration) (*Snapshot, error) {
	a, ok := s.src.(asker)
	if !ok {
		return s.last, nil
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(askPeriod)
	defer tick.Stop()
	for a.asking() && wait.Err() == nil {
		select {
		case <-tick.C:
		case <-wait.Done():
		}
	}
	return s.Scan(ctx)
}

// ShowContainers has the scans from now on show, too, what listens in other
// network namespaces, at a pace of half a minute or slower.
func (s *Scanner) ShowContainers() { s.inside = newInside() }

// ShowNetwork has the scans from now on tell of the Network too.
func (s *Scanner) ShowNetwork() {
	if s.around == nil {
		s.around = newSurroundings()
	}
}

// hints is nil for a source that gives none.
func (s *Scanner) hints() <-chan hint {
	if h, ok := s.src.(hinter); ok {
		return h.hints()
	}
	return nil
}

// networkHints gives a value after the network has changed, nil where that is not
// told.
func (s *Scanner) networkHints() <-chan struct{} {
	if s.around == nil {
		return nil
	}
	return s.around.wake()
}

// forward turns what comes from wake into hints, until closed.
func forward(wake <-chan struct{}, out chan<- hint, h hint, closed <-chan struct{}) {
	for {
		select {
		case <-wake:
		case <-closed:
			return
		}
		select {
		case out <- h:
		case <-closed:
			return
		}
	}
}

// Close frees what the scanner holds.
func (s *Scanner) Close() {
	if s.around != nil {
		s.around.close()
	}
	s.src.close()
}

// portRange is a range of ports, both ends included.
type portRange struct{ low, high uint16 }

func (r portRange) has(port uint16) bool { return port >= r.low && port <= r.high }
