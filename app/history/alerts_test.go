package history

import (
	"testing"

	"portlight/app/alerts"
	"portlight/scanner"
)

// TestAlertIsOn compares a stored alert with listeners, some on ports that the system
// hands out.
func TestAlertIsOn(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	fixed, handed := listener("nginx", 80), listener("nginx", 40000)
	handed.Ephemeral = true
	check(t, s.Record(tick(start(), judged(0, fixed, alerts.Exposed, start()), judged(1, handed, alerts.New, start()))))
	all := must[[]Alert](t)(s.Alerts("", 0, 0)) // the last made first
	if len(all) != 2 {
		t.Fatalf("alerts %+v", all)
	}
	another, udp, same := handed, fixed, fixed
	another.Port, udp.Proto, same.Ephemeral = 50000, scanner.UDP, true
	for _, c := range []struct {
		l             scanner.Listener
		fixed, handed bool
	}{
		{fixed, true, false}, {handed, false, true}, {another, false, true}, {udp, false, false}, {same, false, true},
		{listener("other", 80), true, false}, {listener("nginx", 81), false, false},
	} {
		if all[1].IsOn(&c.l) != c.fixed || all[0].IsOn(&c.l) != c.handed {
			t.Errorf("%v, ephemeral %v: %v, %v", c.l.Key, c.l.Ephemeral, all[1].IsOn(&c.l), all[0].IsOn(&c.l))
		}
	}
}

// TestStateAfter has the state that is stored with the rule of one click.
func TestStateAfter(t *testing.T) {
	for action, want := range map[alerts.Action]State{alerts.Allow: StateAllowed, alerts.Mute: StateMuted} {
		if got := StateAfter(action); got != want || !got.valid() {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
}
