package power

import "sync"

// later gives the answer to a question that takes its time: the last one, false before
// the first. Each time it is asked anew on the side, once at a time.
type later struct {
	ask func() bool

	mu     sync.Mutex
	asking bool
	answer bool
}

func (l *later) get() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.asking {
		l.asking = true
		go l.renew()
	}
	return l.answer
}

func (l *later) renew() {
	answer := l.ask()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer, l.asking = answer, false
}
