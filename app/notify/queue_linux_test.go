package notify

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"portlight/app/desktop/bustest"
)

// TestQueue: while the desktop is slow the queue takes more, and of what waits with the
// same key it sends the latest, in the order in which that came.
func TestQueue(t *testing.T) {
	bus := bustest.Start(t)
	s := startServer(t, bus, &server{capabilities: full, slow: make(chan struct{})})
	n, _ := newNotifier(t)
	q := NewQueue(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); q.Run(ctx, n) }()

	sent := make(chan error, 10)
	tell := func(key, title string) { q.Send(Notification{Key: key, Title: title}, func(err error) { sent <- err }) }
	tell("a", "first")
	s.slow <- struct{}{} // it is being sent
	tell("b", "never")
	tell("c", "last but one")
	tell("d", "withdrawn before it was sent")
	tell("b", "last")
	q.Withdraw("d")
	q.Withdraw("a")
	close(s.slow)
	for range 3 {
		if err := <-sent; err != nil {
			t.Error(err)
		}
	}
	until(t, "the withdrawal", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.closed) == 1 })
	var titles []string
	for _, call := range s.got() {
		titles = append(titles, call.Summary)
	}
	if want := []string{"first", "last but one", "last"}; !slices.Equal(titles, want) || s.closed[0] != 1 {
		t.Errorf("%q, closed %v", titles, s.closed)
	}
	cancel()
	<-ended
}

func TestQueueTellsWhatFails(t *testing.T) {
	bus := bustest.Start(t)
	startServer(t, bus, &server{capabilities: full, refuse: &dbus.Error{Name: "org.portlight.No"}})
	n, _ := newNotifier(t)
	q := NewQueue(slog.New(slog.DiscardHandler))
	sent := make(chan error, 1)
	q.Send(Notification{Key: "a"}, func(err error) { sent <- err }) // before it runs
	go q.Run(t.Context(), n)
	if err := <-sent; err == nil {
		t.Error("it was sent")
	}
}
