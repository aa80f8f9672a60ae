package power

import (
	"testing"
	"time"
)

// ticking gives these readings in order, and then none.
func ticking(at ...time.Duration) func() (time.Duration, bool) {
	return func() (time.Duration, bool) {
		if len(at) == 0 {
			return 0, false
		}
		now := at[0]
		at = at[1:]
		return now, true
	}
}

func TestLead(t *testing.T) {
	const us, ms, h = time.Microsecond, time.Millisecond, time.Hour
	for _, c := range []struct {
		name        string
		ahead, base func() (time.Duration, bool)
		want        time.Duration
		ok          bool
	}{
		{"at once", ticking(3 * h), ticking(h, h), 2 * h, true},
		{"in the middle", ticking(3*h + 50*us), ticking(h, h+100*us), 2 * h, true},
		{"never slept", ticking(h + 50*us), ticking(h, h+100*us), 0, true},
		{"held up before the one", ticking(3*h+20*ms, 3*h+20*ms), ticking(h, h+20*ms, h+20*ms, h+20*ms), 2 * h, true},
		{"held up behind it", ticking(3*h, 3*h+20*ms), ticking(h, h+20*ms, h+20*ms, h+20*ms), 2 * h, true},
		{"held up at the limit", ticking(3 * h), ticking(h, h+ms), 2*h - ms/2, true},
		{"no other clock", ticking(), ticking(h, h), 0, false},
		{"no clock", ticking(3 * h), ticking(), 0, false},
		{"no clock the second time", ticking(3 * h), ticking(h), 0, false},
	} {
		if got, ok := lead(c.ahead, c.base); got != c.want || ok != c.ok {
			t.Errorf("%s: got %v, %v", c.name, got, ok)
		}
	}
}

func TestLeadWhenAlwaysHeldUp(t *testing.T) {
	var now time.Duration
	reads := 0
	slow := func() (time.Duration, bool) {
		reads++
		now += time.Second
		return now, true
	}
	if got, ok := lead(slow, slow); got != 0 || ok || reads != 3*maxReads {
		t.Errorf("got %v, %v after %d readings", got, ok, reads)
	}
}
