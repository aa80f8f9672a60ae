package notify

import (
	"context"
	"log/slog"
	"slices"
	"sync"
)

// Queue has notifications sent one after the other, by Run: a desktop may be slow, and
// whoever has something to tell goes on. Of what waits with the same key only the
// latest is sent. It is safe for concurrent use.
type Queue struct {
	log  *slog.Logger
	wake chan struct{} // something waits

	mu      sync.Mutex
	waiting []errand
}

// errand is a notification that is to be sent, or withdrawn.
type errand struct {
	Notification
	withdraw bool
	sent     func(error)
}

// NewQueue gives an empty queue. What is sent, and what cannot be, is logged.
func NewQueue(log *slog.Logger) *Queue { return &Queue{log: log, wake: make(chan struct{}, 1)} }

// Send has a notification sent. The function gets the error of that, or nil, on the
// goroutine of Run.
func (q *Queue) Send(n Notification, sent func(error)) { q.add(errand{Notification: n, sent: sent}) }

// Withdraw has the notification with a key taken away.
func (q *Queue) Withdraw(key string) {
	q.add(errand{Notification: Notification{Key: key}, withdraw: true})
}

func (q *Queue) add(e errand) {
	q.mu.Lock()
	q.waiting = slices.DeleteFunc(q.waiting, func(o errand) bool { return o.Key == e.Key })
	q.waiting = append(q.waiting, e)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run sends what is queued until ctx ends. What waits then is not sent.
func (q *Queue) Run(ctx context.Context, n *Notifier) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
		q.mu.Lock()
		waiting := q.waiting
		q.waiting = nil
		q.mu.Unlock()
		for _, e := range waiting {
			q.do(e, n)
		}
	}
}

func (q *Queue) do(e errand, n *Notifier) {
	if e.withdraw {
		if err := n.Withdraw(e.Key); err != nil {
			q.log.Warn("notification not withdrawn", "error", err)
		}
		return
	}
	q.log.Info("notification", "title", e.Title, "body", e.Body)
	err := n.Send(e.Notification)
	if err != nil {
		q.log.Warn("notification not shown", "error", err)
	}
	e.sent(err)
}
