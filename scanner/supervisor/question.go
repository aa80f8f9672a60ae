package supervisor

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// pace is how often something may be asked.
type pace struct {
	gather time.Duration // before an answer is asked for: one scan has several sockets
	pause  time.Duration // between the starts of two questions; doubled with each failure
	limit  time.Duration // for an answer
	tries  int           // before nobody is asked until the next wish; each failure is told
}

func usualPace() pace { return pace{50 * time.Millisecond, 5 * time.Second, 2 * time.Second, 5} }

// question is asked in the background, by one goroutine that lives while there is
// something to ask.
type question[T any] struct {
	ask  func(context.Context) (*T, error)
	same func(a, b *T) bool // with one answer nil
	tell func()             // there is another answer than before, or another fault
	home *background
	pace pace

	answer atomic.Pointer[T] // the last one, nil before the first

	mu      sync.Mutex
	running bool
	again   bool // wished for after the question at hand was asked
	tried   bool // it was asked once, answered or not
	asked   time.Time
	fault   string // why there is no answer to the last question, or ""
}

// background is where questions are asked. It is closed before the end.
type background struct {
	ctx    context.Context
	cancel context.CancelFunc
	wait   sync.WaitGroup
	mu     sync.Mutex

	untried atomic.Int64 // questions that are on their way for the first time
}

func newBackground() *background {
	b := &background{}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// run starts a goroutine unless it is closed.
func (b *background) run(f func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() == nil {
		b.wait.Add(1)
		go func() {
			defer b.wait.Done()
			f(b.ctx)
		}()
	}
}

// close ends all that run, and waits for them, but not forever: a file of /proc
// may block.
func (b *background) close(limit time.Duration) {
	b.mu.Lock()
	b.cancel()
	b.mu.Unlock()
	done := make(chan struct{})
	go func() {
		b.wait.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
}

// wish asks for a new answer, which comes when the pace allows it.
func (q *question[T]) wish() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running {
		q.again = true
		return
	}
	q.running = true
	if !q.tried {
		q.home.untried.Add(1)
	}
	q.home.run(q.run)
}

// refresh asks for a new answer if the last question is longer ago than age.
func (q *question[T]) refresh(age time.Duration) {
	q.mu.Lock()
	old := time.Since(q.asked) >= age
	q.mu.Unlock()
	if old {
		q.wish()
	}
}

func (q *question[T]) run(ctx context.Context) {
	for failures := 0; sleep(ctx, q.due(failures)); {
		answer, err := q.once(ctx)
		if err == nil {
			failures = 0
			q.publish(answer)
		} else if failures++; ctx.Err() == nil {
			q.fail(bound(err.Error()))
		}
		q.hasTried()
		if !q.more(failures) {
			return
		}
	}
}

// due is how long to wait before the question.
func (q *question[T]) due(failures int) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.asked.IsZero() {
		return q.pace.gather
	}
	return max(q.pace.gather, q.pace.pause<<min(failures, q.pace.tries)-time.Since(q.asked))
}

func (q *question[T]) once(ctx context.Context) (*T, error) {
	q.mu.Lock()
	q.asked, q.again = time.Now(), false
	q.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, q.pace.limit)
	defer cancel()
	said := make(chan struct{})
	slow := time.AfterFunc(q.pace.limit/slowPart, func() {
		defer close(said)
		if q.failure() == "" {
			q.fail(wordNotYet.String())
		}
	})
	answer, err := q.ask(ctx)
	if !slow.Stop() {
		<-said
	}
	return answer, err
}

// slowPart is the part of the time for an answer after which it is told that there is
// none yet.
const slowPart = 4

func (q *question[T]) publish(answer *T) {
	if !q.same(q.answer.Swap(answer), answer) {
		q.tell()
	}
	q.fail("")
}

// fail keeps why there is no answer; "" is that there is one.
func (q *question[T]) fail(why string) {
	q.mu.Lock()
	before := q.fault
	q.fault = why
	q.mu.Unlock()
	if why != before {
		q.tell()
	}
}

// failure tells why there is no answer, or "".
func (q *question[T]) failure() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.fault
}

// hasTried notes that an answer was taken over, or that there was none.
func (q *question[T]) hasTried() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.tried {
		q.tried = true
		q.home.untried.Add(-1)
	}
}

// more reports whether to ask again.
func (q *question[T]) more(failures int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running = q.again || failures > 0 && failures < q.pace.tries
	return q.running
}

// sleep reports whether the time has passed, and not the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
