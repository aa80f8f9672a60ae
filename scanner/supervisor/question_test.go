package supervisor

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not so: %s", what)
		}
	}
}

// quick is a pace for tests.
func quick() pace { return pace{time.Millisecond, 2 * time.Millisecond, 20 * time.Second, 3} }

// oracle answers with how often it was asked, or fails.
type oracle struct {
	*question[int64]
	asked, told atomic.Int64
	home        *background
}

func newOracle(t *testing.T, p pace, answer func(context.Context, int64) (int64, error)) *oracle {
	o := &oracle{home: newBackground()}
	o.question = &question[int64]{
		ask: func(ctx context.Context) (*int64, error) {
			n, err := answer(ctx, o.asked.Add(1))
			return &n, err
		},
		same: func(a, b *int64) bool { return a != nil && *a == *b },
		tell: func() { o.told.Add(1) },
		home: o.home, pace: p,
	}
	t.Cleanup(func() { o.home.close(time.Minute) })
	return o
}

func (o *oracle) idle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.running
}

func TestQuestionTellsOnlyNews(t *testing.T) {
	o := newOracle(t, quick(), func(_ context.Context, n int64) (int64, error) { return n / 3, nil })
	for i, told := range []int64{1, 1, 2, 2, 2, 3} {
		o.wish()
		eventually(t, "answered", func() bool { return o.idle() })
		if o.asked.Load() != int64(i+1) || o.told.Load() != told || *o.answer.Load() != int64(i+1)/3 {
			t.Fatalf("wish %d: asked %d, told %d, answer %d", i+1, o.asked.Load(), o.told.Load(), *o.answer.Load())
		}
	}
}

// TestQuestionGathersWishes makes many before the question, and many during it:
// those are one more.
func TestQuestionGathersWishes(t *testing.T) {
	asking, answer := make(chan bool), make(chan bool)
	p := quick()
	p.gather = 50 * time.Millisecond
	o := newOracle(t, p, func(_ context.Context, n int64) (int64, error) {
		asking <- true
		<-answer
		return n, nil
	})
	for range 100 {
		o.wish()
	}
	<-asking
	for range 100 {
		o.wish()
	}
	answer <- true
	<-asking
	answer <- true
	eventually(t, "idle", o.idle)
	if n := o.asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestQuestionKeepsPause(t *testing.T) {
	p := quick()
	p.pause = 60 * time.Millisecond
	began := time.Now()
	o := newOracle(t, p, func(_ context.Context, n int64) (int64, error) { return n, nil })
	for range 4 {
		o.wish()
		eventually(t, "answered", o.idle)
	}
	if took := time.Since(began); took < 3*p.pause {
		t.Errorf("four questions in %v", took)
	}
}

func TestQuestionRefresh(t *testing.T) {
	o := newOracle(t, quick(), func(_ context.Context, n int64) (int64, error) { return n, nil })
	o.refresh(time.Hour)
	eventually(t, "answered", o.idle)
	o.refresh(time.Hour)
	if !o.idle() || o.asked.Load() != 1 {
		t.Errorf("asked %d times", o.asked.Load())
	}
	o.refresh(0)
	eventually(t, "answered again", func() bool { return o.asked.Load() == 2 && o.idle() })
}

// TestQuestionTriesAgain fails some times, then always: the last answer stays. Faults
// are told as soon as they come.
func TestQuestionTriesAgain(t *testing.T) {
	o := newOracle(t, quick(), func(_ context.Context, n int64) (int64, error) {
		if n == 3 {
			return n, nil
		}
		return 0, errors.New("no")
	})
	o.wish()
	eventually(t, "answered", func() bool { return o.answer.Load() != nil && o.idle() }) // fault, answer, end of fault
	o.wish()
	eventually(t, "given up", o.idle)
	if n := o.asked.Load(); n != 3+int64(o.pace.tries) || *o.answer.Load() != 3 || o.told.Load() != 4 || o.failure() != "no" {
		t.Errorf("asked %d times, told %d, answer %d, fault %q", n, o.told.Load(), *o.answer.Load(), o.failure())
	}
}

// TestQuestionFault is told once when it comes, and once when it goes.
func TestQuestionFault(t *testing.T) {
	var well atomic.Bool
	o := newOracle(t, quick(), func(context.Context, int64) (int64, error) {
		if well.Load() {
			return 1, nil
		}
		return 0, errors.New(strings.Repeat("no", 1000))
	})
	for range 3 {
		o.wish()
		eventually(t, "given up", o.idle)
		if o.told.Load() != 1 || len(o.failure()) != maxName {
			t.Errorf("told %d times, fault %q", o.told.Load(), o.failure())
		}
	}
	well.Store(true)
	for range 3 {
		o.wish()
		eventually(t, "answered", o.idle)
		if o.told.Load() != 3 || o.failure() != "" { // the answer, and the end of the fault
			t.Errorf("told %d times, fault %q", o.told.Load(), o.failure())
		}
	}
}

func TestQuestionTimesOut(t *testing.T) {
	p := quick()
	p.limit, p.tries = 5*time.Millisecond, 1
	o := newOracle(t, p, func(ctx context.Context, _ int64) (int64, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	})
	o.wish()
	eventually(t, "given up", o.idle)
	if o.asked.Load() != 1 || o.answer.Load() != nil {
		t.Errorf("asked %d times, answer %v", o.asked.Load(), o.answer.Load())
	}
}

// TestQuestionIsSlow has an answer that comes late, which is told before.
func TestQuestionIsSlow(t *testing.T) {
	p, answer := quick(), make(chan bool)
	p.limit = 40 * time.Millisecond
	o := newOracle(t, p, func(context.Context, int64) (int64, error) {
		<-answer
		return 1, nil
	})
	o.wish()
	eventually(t, "told", func() bool { return o.failure() == wordNotYet.String() })
	close(answer)
	eventually(t, "answered", o.idle)
	if o.failure() != "" || o.told.Load() != 3 {
		t.Errorf("fault %q, told %d times", o.failure(), o.told.Load())
	}
}

// TestQuestionEnds closes before, while and after it is asked.
func TestQuestionEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	for i := range 100 {
		asking := make(chan bool, 100)
		p := quick()
		if i%2 == 0 {
			p.gather = time.Hour
			asking <- true
		}
		o := newOracle(t, p, func(ctx context.Context, _ int64) (int64, error) {
			asking <- true
			<-ctx.Done()
			return 0, ctx.Err()
		})
		o.wish()
		<-asking
		o.home.close(time.Minute)
		n := o.asked.Load()
		o.wish()
		o.refresh(0)
		if o.asked.Load() != n {
			t.Error("asked after the end")
		}
	}
	eventually(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}

// TestCloseDoesNotWaitForever has a question that nothing ends.
func TestCloseDoesNotWaitForever(t *testing.T) {
	stuck, asking := make(chan bool), make(chan bool)
	o := newOracle(t, quick(), func(context.Context, int64) (int64, error) {
		asking <- true
		<-stuck
		return 0, nil
	})
	o.wish()
	<-asking
	o.home.close(time.Millisecond)
	close(stuck)
}
