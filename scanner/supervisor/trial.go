package supervisor

import (
	"context"
	"errors"
	"io/fs"
	"syscall"
	"time"
)

// Trial is one that may tell who stands behind sockets, asked.
type Trial struct {
	Name  string        // "systemd", "systemd (user)", "docker", "podman", "launchd"
	Place string        // address of its bus, path of its socket or of its list; "" where there is but one
	Took  time.Duration // until it answered, or was given up
	Known int           // socket units, containers or jobs that it told of
	Err   error         // why it did not answer; matches fs.ErrNotExist where there is none
}

// Absent reports whether there is none at all.
func (t *Trial) Absent() bool { return errors.Is(t.Err, fs.ErrNotExist) }

// Try asks all that a Resolver would ask if a socket called for it, at once, until ctx
// ends. To ask the socket of an engine may start the engine.
func Try(ctx context.Context, o Options) []Trial {
	askers := askers(o)
	answers := make(chan int, len(askers))
	done := make([]Trial, len(askers))
	for i, a := range askers {
		go func() {
			done[i] = a.try(ctx)
			answers <- i
		}()
	}
	trials := make([]Trial, len(askers))
	for i, a := range askers {
		trials[i] = Trial{Name: a.name, Place: a.place, Err: errSilent}
	}
	for range askers {
		select {
		case i := <-answers:
			trials[i] = done[i]
		case <-ctx.Done():
			return trials
		}
	}
	return trials
}

// asker asks one of them, and tells how much it knows.
type asker struct {
	name, place string
	ask         func(context.Context) (known int, err error)
}

func (a *asker) try(ctx context.Context) Trial {
	t := Trial{Name: a.name, Place: a.place}
	began := time.Now()
	t.Known, t.Err = a.ask(ctx)
	t.Took = time.Since(began)
	if errno := syscall.Errno(0); errors.As(t.Err, &errno) {
		t.Err = errno // the rest is in Name and Place
	}
	if t.Err != nil && ctx.Err() != nil {
		t.Err = errSilent
	}
	return t
}
