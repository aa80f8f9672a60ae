package window

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"portlight/app/alerts"
	"portlight/assets/words"
	"portlight/scanner"
)

// waitsFor has what is to be done later kept, and gives what does it, and how much there is.
func (p *historyPane) waitsFor() (pass func(), waiting func() int) {
	var later []func()
	p.o.after = func(_ time.Duration, f func()) { later = append(later, f) }
	pass = func() {
		now := later
		later = nil
		for _, f := range now {
			f()
		}
	}
	return pass, func() int { return len(later) }
}

// TestHistoryGoesOn: the picture moves with time though nothing is written; nothing is
// read for that, and nothing waits while the tab is hidden or the past is shown.
func TestHistoryGoesOn(t *testing.T) {
	w, _, _ := newPast(t, longDay)
	p := w.past
	pass, waiting := p.waitsFor()
	p.going = false // what was planned before is in no hands
	p.showLast(time.Hour)
	p.lanes.mark(-1)
	now, round := morning, p.events.round
	p.o.now = func() time.Time { return now }
	for range 3 {
		now = now.Add(5 * time.Second)
		if waiting() != 1 {
			t.Fatalf("%d are planned", waiting())
		}
		pass()
		if want := lately(time.Hour, now); p.time != want || p.said.Text != rangeWords(want, now) || !strings.HasSuffix(p.said.Text, now.Format("15:04:05")) {
			t.Errorf("at %v it shows %v and says %q", now, p.time, p.said.Text)
		}
	}
	p.said.SetText("what is below the pointer")
	if pass(); p.said.Text != "what is below the pointer" {
		t.Errorf("with time it says %q", p.said.Text)
	}
	if p.events.round != round || p.asking {
		t.Errorf("%d times read", p.events.round-round)
	}
	w.nav.choose(tabHealth)
	if pass(); waiting() != 0 {
		t.Error("it goes on while hidden")
	}
	if w.nav.choose(tabHistory); waiting() != 1 {
		t.Error("it does not go on when it is back")
	}
	p.move(-1)
	if pass(); waiting() != 0 || p.live {
		t.Error("the past goes on")
	}
	p.toNow()
	w.refurnish()
	if pass(); waiting() != 0 {
		t.Error("what was there in another language goes on")
	}
}

// TestHistoryTooMuch: what says that something is left out goes when the picture is whole,
// and stays away where it was taken away.
func TestHistoryTooMuch(t *testing.T) {
	w, _, _ := newPast(t, longDay)
	p := w.past
	taken := func(whole bool) { p.taken(p.store, p.all, whole, p.latest, nil) }
	taken(false)
	if !p.partly.box.Visible() || p.partly.text.Text != wordTooMuch.String() {
		t.Fatal("it is not said")
	}
	p.partly.clear()
	if taken(false); p.partly.box.Visible() {
		t.Error("it is said again after it was taken away")
	}
	taken(true)
	if taken(false); !p.partly.box.Visible() {
		t.Error("it is not said the next time")
	}
	p.notice.say("something else")
	if taken(true); p.partly.box.Visible() || !p.notice.box.Visible() {
		t.Error("it stays when the picture is whole, or something else goes")
	}
}

// TestHistorySpans: the span that is marked is the one that is shown.
func TestHistorySpans(t *testing.T) {
	w, _, _ := newPast(t, longDay)
	p := w.past
	for _, c := range []struct {
		do     func()
		marked int
	}{
		{func() { p.zoom(0.5) }, -1}, {func() { p.zoom(2) }, 1}, {func() { p.zoom(2) }, -1},
		{func() { p.spans.choose(1) }, 1}, {func() { p.move(-2) }, 1}, {func() { p.zoom(7) }, 2}, {p.toNow, 2}, {p.toNow, 2}, {func() { p.showLast(time.Hour) }, 0},
	} {
		c.do()
		if p.spans.chosen != c.marked {
			t.Errorf("at %v span %d is marked, want %d", p.time.past(), p.spans.chosen, c.marked)
		}
	}
	p.zoom(2)
	press(w, fyne.KeyTab)
	w.focus(p.spans)
	if press(w, fyne.KeyLeft); p.spans.chosen != -1 {
		t.Errorf("left of none is %d", p.spans.chosen)
	}
	if press(w, fyne.KeyRight); p.spans.chosen != 0 || p.time.past().Round(time.Second) != time.Hour {
		t.Errorf("right of none is %d, %v", p.spans.chosen, p.time.past())
	}
}

// TestHistoryFuture: what a clock that was ahead has recorded can be reached.
func TestHistoryFuture(t *testing.T) {
	w, _, _ := newPast(t, func(m *memory) {
		longDay(m)
		m.at(-100*time.Hour, scanner.Opened, alerts.New, listener(scanner.TCP, "0.0.0.0", 6000, redis))
	})
	p := w.past
	for range 4 {
		p.move(0.5)
	}
	if p.live || len(p.events.shown) != 0 {
		t.Errorf("beyond now, live %v, are %d events", p.live, len(p.events.shown))
	}
	if got := rangeWords(p.time, morning); !strings.HasSuffix(got, momentWords(p.time.to, morning)) {
		t.Errorf("beyond now it shows %q", got)
	}
	for range 20 {
		p.move(0.5)
	}
	if end := p.time.to.Sub(morning.Add(100 * time.Hour)); end < 0 || end > time.Hour || len(p.events.shown) != 1 || !strings.Contains(p.names(), "redis-server · 6000") {
		t.Errorf("at the end, %v after the last event, are %s and %d events", end, p.names(), len(p.events.shown))
	}
	i := len(p.shown) - 1
	for i > 0 && p.lane(i).Port != 6000 {
		i--
	}
	if bars := p.time.bars(p.lane(i), 600, morning); len(bars) != 1 {
		t.Errorf("its bars are %v", bars)
	}
	p.refresh()
	if p.time.to.Before(morning.Add(100 * time.Hour)) {
		t.Error("a reading leads back to now")
	}
	if p.toNow(); !p.live || !p.time.endsAt(morning) {
		t.Error("Now does not lead back")
	}
}

// TestHistoryWheel: with Ctrl the wheel zooms around the pointer, alone it does not.
func TestHistoryWheel(t *testing.T) {
	w, _, _ := newPast(t, longDay)
	p := w.past
	row := newLaneRow(p)
	row.Resize(fyne.NewSize(900, laneHeight))
	x, was := float32(200), p.time
	wheel := &fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(laneInset+laneLabel+x, 9)}, Scrolled: fyne.Delta{DY: 100}}
	if row.Scrolled(wheel); p.time != was {
		t.Errorf("the wheel alone leads to %v", p.time)
	}
	p.o.held = func() fyne.KeyModifier { return fyne.KeyModifierShortcutDefault }
	row.Scrolled(wheel)
	at := was.at(x, laneWidth(900))
	if d := p.time.at(x, laneWidth(900)).Sub(at).Abs(); p.time.span() != was.span()/2 || d > time.Second {
		t.Errorf("with Ctrl it shows %v, %v off", p.time, d)
	}
	wheel.Scrolled.DY = -100
	if p.axis.Scrolled(wheel); p.time.span() != was.span() {
		t.Errorf("back it shows %v", p.time)
	}
	now := morning
	p.o.now = func() time.Time { // a clock that does not stand still
		now = now.Add(time.Microsecond)
		return now
	}
	wheel.Position.X = laneInset + laneLabel
	if p.axis.Scrolled(wheel); !p.live || !p.time.endsAt(now) || p.spans.chosen != -1 {
		t.Errorf("out beyond now it shows %v at %v, live %v", p.time, now, p.live)
	}
}

// TestLongLane: a long name of a program leaves the port of its lane to be read.
func TestLongLane(t *testing.T) {
	w, _, _ := newPast(t, longDay)
	p := w.past
	p.all[0].Name, p.all[1].Name = strings.Repeat("never-ending", 9), strings.Repeat("W", 70)
	for i, port := range []string{"… · 5353/udp", "… · 443", "node · 8080"} {
		row := newLaneRow(p)
		row.show(i, false)
		row.Resize(fyne.NewSize(900, laneHeight))
		label := find[*canvas.Text](row)[0]
		if !strings.HasSuffix(label.Text, port) || label.Size().Width > laneLabel {
			t.Errorf("the lane reads %q, %v wide", label.Text, label.Size().Width)
		}
	}
}

// TestApart: what stands below has room for two lines as soon as there are two.
func TestApart(t *testing.T) {
	box := func(w, h float32) *canvas.Rectangle {
		r := canvas.NewRectangle(nil)
		r.SetMinSize(fyne.NewSize(w, h))
		return r
	}
	left, right, rest := box(100, 30), box(200, 20), box(10, 10)
	tools := container.New(apart{}, left, right)
	all := container.New(frame{}, padded(8, 10, tools), rest, container.NewWithoutLayout())
	for _, c := range []struct{ width, x, y, rest float32 }{{500, 280, 0, 46}, {320, 0, 34, 70}, {324, 104, 0, 46}, {220, 0, 34, 70}} {
		all.Resize(fyne.NewSize(c.width, 300))
		if right.Position() != fyne.NewPos(c.x, c.y) || rest.Position().Y != c.rest || left.Position() != (fyne.Position{}) {
			t.Errorf("%v wide: the right one at %v, the rest at %v", c.width, right.Position(), rest.Position())
		}
	}
	if least := tools.MinSize(); least != fyne.NewSize(200, 54) {
		t.Errorf("it takes %v", least)
	}
}

// TestHistoryNarrow: in any language the tab has room in a narrow window, where its tools
// take two lines.
func TestHistoryNarrow(t *testing.T) {
	for _, l := range words.Languages {
		t.Run(l.Tag, func(t *testing.T) {
			w, _ := newSpoken(t, l.Tag)
			w.nav.choose(tabHistory)
			least := w.win.Content().MinSize()
			if least.Width > 700 {
				t.Errorf("it takes %v", least)
			}
			w.win.Resize(fyne.NewSize(700, 600))
			tools := find[*segments](w.past.root)[0]
			export := find[*keyButton](w.past.root)[5]
			top, below := absolute(tools), absolute(export)
			if below.Y < top.Y+tools.Size().Height && below.X < top.X+tools.Size().Width {
				t.Errorf("tools at %v and %v lie on each other", top, below)
			}
			if lanes := absolute(w.past.axis); lanes.Y < below.Y+export.Size().Height {
				t.Errorf("the picture at %v lies on the tools at %v", lanes, below)
			}
			w.win.Resize(fyne.NewSize(1200, 600))
			if one := absolute(export); one.Y > top.Y+10 {
				t.Errorf("in a wide window the tools are at %v and %v", top, one)
			}
		})
	}
}

func absolute(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}
