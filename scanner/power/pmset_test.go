package power

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestDrawsFromBattery(t *testing.T) {
	for in, want := range map[string]bool{
		"Now drawing from 'Battery Power'\n -InternalBattery-0 (id=22806627)\t78%; discharging; 5:05 remaining present: true\n": true,
		"Now drawing from 'AC Power'\n -InternalBattery-0 (id=22806627)\t83%; charging; 1:00 remaining present: true\n":         false,
		"Now drawing from 'UPS Power'\n":                        false,
		"Now drawing from 'AC Power'\n -'Battery Power' (id=1)": false,
		"\nNow drawing from 'Battery Power'":                    true,
		"No adapter attached.\n":                                false,
		"":                                                      false,
	} {
		if got := drawsFromBattery([]byte(in)); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

func FuzzDrawsFromBattery(f *testing.F) {
	f.Add("Now drawing from 'Battery Power'\n -x")
	f.Add("\n\n'Battery Power'")
	f.Fuzz(func(t *testing.T, s string) {
		if drawsFromBattery([]byte(s)) && !strings.Contains(s, "'Battery Power'") {
			t.Errorf("%q draws from a battery", s)
		}
	})
}

// TestLater: nobody waits for an answer, and the question is asked once at a time.
func TestLater(t *testing.T) {
	answers := make(chan bool)
	var asked atomic.Int32
	l := later{ask: func() bool { asked.Add(1); return <-answers }}
	for range 3 {
		if l.get() {
			t.Fatal("an answer before there is one")
		}
	}
	answers <- true
	for deadline := time.Now().Add(20 * time.Second); !l.get(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the answer never came")
		}
	}
	answers <- false // to the question that the last get asked
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}
