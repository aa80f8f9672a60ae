package window

import (
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// showLast shows the last so much time, and goes on with it.
func (p *historyPane) showLast(span time.Duration) { p.goTo(lately(span, p.o.now())) }

// toNow shows as much as before, up to now.
func (p *historyPane) toNow() { p.showLast(p.time.past()) }

// move moves through time by a share of what is shown, up to now or the last event.
func (p *historyPane) move(share float64) { p.goTo(p.time.pan(share, p.last())) }

// last is the end of what there is: now, or the last event where a clock was ahead.
func (p *historyPane) last() time.Time {
	if now := p.o.now(); p.latest.Before(now) {
		return now
	}
	return p.latest
}

// zoom shows so much more, around the middle; at now, around now.
func (p *historyPane) zoom(factor float64) {
	around := p.time.at(0.5, 1)
	if p.live {
		around = p.o.now()
	}
	p.zoomAt(factor, around)
}

func (p *historyPane) zoomAt(factor float64, around time.Time) {
	p.goTo(p.time.zoom(factor, around).pan(0, p.last()))
}

// goTo shows a time. Where it reaches now, or goes beyond all that there is, it goes on with time.
func (p *historyPane) goTo(t timeline) {
	now := p.o.now()
	p.live = t.endsAt(now) || t.to.After(now) && !p.latest.After(now)
	if p.live {
		t = lately(t.past(), now)
	}
	p.time = t
	p.spans.mark(slices.IndexFunc(spanChoices[:], func(d time.Duration) bool { return (t.past() - d).Abs() < d/1000 }))
	p.redraw()
	p.refresh()
	p.goOn()
}

// scrolled is for a wheel or a pad: with Ctrl, or Cmd on a Mac, it zooms around the time
// at x of so much width; sideways it moves through time, up and down through the lanes.
func (p *historyPane) scrolled(ev *fyne.ScrollEvent, x, width float32) {
	switch {
	case p.o.held()&fyne.KeyModifierShortcutDefault != 0:
		p.zoomAt(math.Pow(2, -float64(ev.Scrolled.DY)/100), p.time.at(min(max(x, 0), width), width))
	case ev.Scrolled.DX != 0:
		p.move(-float64(ev.Scrolled.DX) / 500)
	default:
		p.lanes.ScrollToOffset(max(p.lanes.GetScrollOffset()-ev.Scrolled.DY, 0))
	}
}

// heldKeys are the modifiers that are held now.
func heldKeys() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// Bounds of how long the picture stands still while time goes on.
const (
	shortestRest = time.Second
	longestRest  = 5 * time.Second
)

// goOn has the picture go on with time while it is on the screen, though nothing is
// remembered anew: nothing is read for that.
func (p *historyPane) goOn() {
	if p.going || !p.goes() {
		return
	}
	p.going = true
	p.o.after(min(max(p.time.span()/100, shortestRest), longestRest), func() {
		if p.going = false; !p.goes() {
			return
		}
		p.time = lately(p.time.past(), p.o.now())
		p.axis.Refresh()
		p.lanes.Refresh()
		if p.said.Text == p.ranged {
			p.tellRange()
		}
		p.goOn()
	})
}

// goes reports whether there is a picture that goes on with time, and is on the screen.
func (p *historyPane) goes() bool { return p.live && p.store != nil && p.read && p.root.Visible() }
