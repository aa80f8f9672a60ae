package power

import "time"

// A reading of two clocks is repeated when the process was held up in between,
// so that the answer is not off by more than half of maxGap.
const (
	maxGap   = time.Millisecond
	maxReads = 10
)

// lead is how far one clock is ahead of another, which it reads before and
// after. It is not ok when a clock fails or the process is held up each time.
func lead(ahead, base func() (time.Duration, bool)) (time.Duration, bool) {
	for range maxReads {
		before, ok1 := base()
		at, ok2 := ahead()
		after, ok3 := base()
		if !ok1 || !ok2 || !ok3 {
			return 0, false
		}
		if gap := after - before; gap <= maxGap {
			return at - before - gap/2, true
		}
	}
	return 0, false
}
