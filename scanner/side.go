package scanner

import (
	"context"
	"time"
)

// side asks for something on the side of the scans, as it may take a while, and not
// twice at once.
type side[T any] struct {
	ask     func(context.Context) T
	period  time.Duration // after which it is asked for again
	limit   time.Duration // for an answer
	asked   time.Time
	asking  bool   // an answer is on its way
	again   bool   // it was wished for since
	answers chan T // has room for the one that is on its way
}

func newSide[T any](period, limit time.Duration, ask func(context.Context) T) side[T] {
	return side[T]{ask: ask, period: period, limit: limit, answers: make(chan T, 1)}
}

// want asks if it is time, or wished for.
func (s *side[T]) want(ctx context.Context, now time.Time, wish bool) {
	passed := now.Sub(s.asked)
	s.again = s.again || wish || s.asked.IsZero() || passed < 0 || passed >= s.period
	if !s.again || s.asking {
		return
	}
	s.asked, s.asking, s.again = now, true, false
	go func() {
		ctx, cancel := context.WithTimeout(ctx, s.limit)
		defer cancel()
		s.answers <- s.ask(ctx)
	}()
}

// take gives an answer that has come, or comes before the end; nil is at once.
func (s *side[T]) take(end <-chan struct{}) (answer T, ok bool) {
	if !s.asking {
		return answer, false
	}
	select {
	case answer = <-s.answers:
		s.asking = false
		return answer, true
	default:
	}
	if end != nil {
		select {
		case answer = <-s.answers:
			s.asking = false
			return answer, true
		case <-end:
		}
	}
	return answer, false
}
