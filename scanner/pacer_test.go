package scanner

import (
	"slices"
	"testing"
	"time"
)

// at is a moment of a test, in milliseconds.
func at(ms int) time.Time { return time.Unix(1000, 0).Add(time.Duration(ms) * time.Millisecond) }

func ms(t time.Time) int { return int(t.Sub(at(0)) / time.Millisecond) }

// TestPacer gives hints at some moments and lists the scans of three seconds.
func TestPacer(t *testing.T) {
	for _, c := range []struct {
		name  string
		hints map[int]hint
		want  []int
	}{
		{"calm", nil, []int{0, 1000, 2000, 3000}},
		{"a program starts", map[int]hint{300: programStarted}, []int{0, 350, 450, 700, 1700, 2700}},
		{"an owner ends", map[int]hint{500: ownerEnded}, []int{0, 500, 1500, 2500}},
		{"both", map[int]hint{500: programStarted, 520: ownerEnded}, []int{0, 520, 550, 650, 900, 1900, 2900}},
		{"two programs at once", map[int]hint{300: programStarted, 310: programStarted}, []int{0, 360, 460, 710, 1710, 2710}},
		{"owners that keep ending", map[int]hint{100: ownerEnded, 110: ownerEnded, 120: ownerEnded, 130: ownerEnded, 140: ownerEnded, 150: ownerEnded},
			[]int{0, 100, 110, 120, 130, 1100, 2100}},
	} {
		var p pacer
		var got []int
		p.scanned(at(0), time.Second)
		got = append(got, 0)
		for now := 1; now <= 3000; now++ {
			if h, ok := c.hints[now]; ok {
				p.hint(h, at(now))
			}
			if !p.next(time.Second).After(at(now)) {
				p.scanned(at(now), time.Second)
				got = append(got, now)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: scans at %v, want %v", c.name, got, c.want)
		}
	}
}

// TestPacerInABuild starts a program every millisecond: four scans a second more
// than in calm, at most.
func TestPacerInABuild(t *testing.T) {
	var p pacer
	p.scanned(at(0), time.Second)
	scans := 0
	for now := 1; now <= 10000; now++ {
		if now%400 == 1 { // as often as the source tells it
			p.hint(programStarted, at(now))
		}
		if !p.next(time.Second).After(at(now)) {
			p.scanned(at(now), time.Second)
			scans++
		}
	}
	if scans < 10 || scans > 50 {
		t.Errorf("%d scans in 10 s, want 10 to 50", scans)
	}
}

func TestPacerForgets(t *testing.T) {
	var p pacer
	p.scanned(at(0), time.Second)
	p.hint(programStarted, at(1))
	p.forget()
	if got := ms(p.next(time.Second)); got != 1000 {
		t.Errorf("next scan at %d ms, want 1000", got)
	}
}
