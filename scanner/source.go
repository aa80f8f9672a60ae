package scanner

import (
	"context"
	"errors"
	"fmt"
	"time"
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

// opener makes a source and proves that it works here.
type opener struct {
	name string
	open func(ctx context.Context) (source, error)
}

// errNoSource says that nothing on this system tells what listens.
var errNoSource = errors.New("no source of listeners works")

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
		notes = append(notes, fmt.Sprintf("source %s does not work: %v", o.name, err))
		failures = errors.Join(failures, fmt.Errorf("source %s: %w", o.name, err))
	}
	return nil, nil, fmt.Errorf("%w: %w", errNoSource, failures)
}

// Scan takes one snapshot with the best source of this system.
func Scan(ctx context.Context) (*Snapshot, error) { return scanOnce(ctx, openers()) }

func scanOnce(ctx context.Context, openers []opener) (*Snapshot, error) {
	src, notes, err := openSource(ctx, openers)
	if err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	defer src.close()
	s, err := src.scan(ctx, time.Now())
	if err != nil {
		return nil, fmt.Errorf("scan by %s: %w", src.name(), err)
	}
	s.Visibility.Notes = append(notes, s.Visibility.Notes...)
	return s, nil
}

// portRange is a range of ports, both ends included.
type portRange struct{ low, high uint16 }

func (r portRange) has(port uint16) bool { return port >= r.low && port <= r.high }
