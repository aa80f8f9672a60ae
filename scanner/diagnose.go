package scanner

import (
	"context"
	"time"
)

// Trial is one source, tried.
type Trial struct {
	Source     string
	Err        error         // why it does not work, nil if it does
	Took       time.Duration // to open it and to scan once, knowing nothing
	Visibility Visibility    // of that scan
}

// Try opens every source of this system and scans once with each, in the order
// of preference: the first that works is the one in use.
func Try(ctx context.Context) []Trial {
	var trials []Trial
	for _, o := range openers() {
		began := time.Now()
		s, err := scanOnce(ctx, []opener{o})
		t := Trial{Source: o.name, Err: err, Took: time.Since(began)}
		if err == nil {
			t.Visibility = s.Visibility
		}
		trials = append(trials, t)
	}
	return trials
}

// ExecEvents says why the kernel does not tell this user of programs that are
// started, nil if it does. Without that a Watcher looks at each interval only.
func ExecEvents() error { return execEvents() }
