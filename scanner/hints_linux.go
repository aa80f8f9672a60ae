package scanner

import (
	"time"

	"portlight/scanner/execevents"
)

// hints tells of programs that were started, where the kernel lets this user
// know, and of owners that have ended.
func (s *sockdiagSource) hints() <-chan hint {
	out := make(chan hint)
	s.closed = make(chan struct{})
	if conn, err := execevents.Dial(); err == nil {
		s.execs = conn
		go s.forwardStarts(out)
	}
	go forward(s.finder.Wake(), out, ownerEnded, s.closed)
	go forward(s.behind.Wake(), out, moreKnown, s.closed)
	go forward(s.titles.wake(), out, moreKnown, s.closed)
	return out
}

// forwardStarts tells of programs once in a while only: what is started meanwhile
// is looked for by the scans that the first one brought about.
func (s *sockdiagSource) forwardStarts(out chan<- hint) {
	for s.execs.Wait() == nil {
		select {
		case out <- programStarted:
		case <-s.closed:
			return
		}
		select {
		case <-time.After(afterStart[len(afterStart)-1]):
		case <-s.closed:
			return
		}
	}
}
