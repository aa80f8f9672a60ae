package window

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// at records that a listener began or ended, some time before the morning's end.
func (m *memory) at(ago time.Duration, op scanner.Op, v alerts.Verdict, l scanner.Listener) {
	m.t.Helper()
	j := alerts.Judgement{Event: scanner.Event{Op: op, Time: morning.Add(-ago), Listener: l}, Verdict: v, Program: alerts.Program(&l, ownerOf(&l))}
	m.check(m.agent.Record(history.Tick{Time: j.Event.Time, Judgements: []alerts.Judgement{j}}))
}

// longDay is a day at home.
func longDay(m *memory) {
	ssh, web, dev := listener(scanner.TCP, "0.0.0.0", 22, sshd), listener(scanner.TCP, "::", 443, nginx), listener(scanner.TCP, "127.0.0.1", 8080, node)
	m.check(m.agent.Resume(morning.Add(-30*time.Hour), []scanner.Listener{ssh}))
	m.at(23*time.Hour, scanner.Opened, alerts.New, web)
	m.at(9*time.Hour, scanner.Closed, alerts.Gone, web)
	m.at(8*time.Hour+50*time.Minute, scanner.Opened, alerts.Known, web)
	for ago := 20; ago > 2; ago -= 3 {
		m.at(time.Duration(ago)*time.Hour, scanner.Opened, alerts.Loopback, dev)
		m.at(time.Duration(ago)*time.Hour-80*time.Minute, scanner.Closed, alerts.Gone, dev)
	}
	m.at(40*time.Minute, scanner.Opened, alerts.Exposed, listener(scanner.TCP, "0.0.0.0", 8080, node))
	m.at(20*time.Minute, scanner.Opened, alerts.New, listener(scanner.UDP, "0.0.0.0", 5353, avahi))
}

// file is what an export is written to.
type file struct {
	bytes.Buffer
	fails  error
	closed bool
}

func (f *file) Write(b []byte) (int, error) {
	if f.fails != nil {
		return 0, f.fails
	}
	return f.Buffer.Write(b)
}

func (f *file) Close() error {
	f.closed = true
	return nil
}

// newPast is the History tab of a window with a memory.
func newPast(t testing.TB, fill func(*memory)) (*Window, *memory, *file) {
	t.Helper()
	w, _ := newTestWindow(t)
	w.now = func() time.Time { return morning }
	out := &file{}
	w.past.o.now = w.now
	w.past.o.save = func(name string, then func(io.WriteCloser, string, error)) { then(out, "/home/user/"+name, nil) }
	m := newMemory(t)
	fill(m)
	w.Update(household())
	w.SetMemory(m.window, nil)
	w.past.showLast(24 * time.Hour)
	w.nav.choose(tabHistory)
	return w, m, out
}

func (p *historyPane) names() string {
	var names []string
	for i := range p.shown {
		names = append(names, laneWords(p.lane(i)))
	}
	return strings.Join(names, ", ")
}

func TestHistoryPane(t *testing.T) {
	w, m, _ := newPast(t, longDay)
	p := w.past
	if got := p.names(); got != "avahi-daemon · 5353/udp, nginx · 443, node · 8080, sshd · 22" {
		t.Errorf("the lanes are %s", got)
	}
	all := len(p.events.shown)
	if all != 17 || p.foot.Text != "4 lanes, 17 events" {
		t.Errorf("%d events, the foot is %q", all, p.foot.Text)
	}
	p.tapLane(1)
	if got := p.said.Text; got != "nginx · 443: 2 times, 1 alert" || len(p.events.shown) != 3 {
		t.Errorf("the lane of nginx says %q, %d events", got, len(p.events.shown))
	}
	row := newLaneRow(p)
	row.Resize(fyne.NewSize(900, laneHeight))
	row.show(1, false)
	x := laneInset + laneLabel + p.time.x(morning.Add(-12*time.Hour), laneWidth(900))
	row.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 9)}})
	if got := p.said.Text; got != "nginx · 443: from 1 Nov 2026 10:30:00 to 00:30:00, 14 h 0 min" {
		t.Errorf("below the pointer is %q", got)
	}
	row.MouseOut()
	p.showLast(time.Hour)
	if got := p.names(); got != "avahi-daemon · 5353/udp, nginx · 443, node · 8080, sshd · 22" || len(p.events.shown) != 0 {
		t.Errorf("in the last hour the lanes are %s, with %d events of nginx", got, len(p.events.shown))
	}
	p.clear()
	if len(p.events.shown) != 2 {
		t.Errorf("in the last hour there are %d events", len(p.events.shown))
	}
	p.search.SetText("80")
	if got := p.names(); got != "node · 8080" {
		t.Errorf("with 80 the lanes are %s", got)
	}
	p.search.SetText("nothing of the kind")
	if p.body.Visible() {
		t.Error("a search that finds nothing shows a picture")
	}
	p.search.SetText("")
	m.at(time.Minute, scanner.Opened, alerts.New, listener(scanner.TCP, "0.0.0.0", 6000, redis))
	w.MemoryChanged()
	if got := p.names(); !strings.Contains(got, "redis-server · 6000") {
		t.Errorf("after something new the lanes are %s", got)
	}
}

func TestHistoryByKeyboard(t *testing.T) {
	w, _, _ := newPast(t, longDay)
	p := w.past
	if w.win.Canvas().Focused() != p.lanes {
		t.Fatal("the lanes do not have the keyboard")
	}
	was := p.time
	press(w, fyne.KeyLeft)
	if p.live || p.time.span() != was.span() || !p.time.to.Before(was.to) {
		t.Errorf("left leads to %v", p.time)
	}
	p.lanes.TypedRune('+')
	if p.time.span() != was.span()/2 {
		t.Errorf("+ shows %v", p.time.span())
	}
	p.lanes.TypedRune('0')
	if !p.live || p.time.span().Round(time.Minute) != (was.span()/2).Round(time.Minute) {
		t.Errorf("0 leads to %v", p.time)
	}
	press(w, fyne.KeyRight)
	if !p.live {
		t.Error("one can leave now behind")
	}
	press(w, fyne.KeyReturn)
	if w.win.Canvas().Focused() != p.events.rows || p.events.lane == nil || len(p.events.shown) != 1 {
		t.Errorf("Enter leads to %d events", len(p.events.shown))
	}
	press(w, fyne.KeyEscape)
	if w.win.Canvas().Focused() != p.lanes || p.events.lane != nil || len(p.events.shown) == 1 {
		t.Error("Esc does not lead back to all")
	}
}

// TestHistoryOfLane has programs and ports that are like the lane's.
func TestHistoryOfLane(t *testing.T) {
	nc, ncat := owner(71, "nc", "user", 1000), owner(72, "ncat", "user", 1000)
	w, _, out := newPast(t, func(m *memory) {
		for i, l := range []scanner.Listener{
			listener(scanner.TCP, "0.0.0.0", 53, ncat), listener(scanner.UDP, "0.0.0.0", 53, nc), listener(scanner.TCP, "0.0.0.0", 530, nc), listener(scanner.TCP, "0.0.0.0", 53, nc),
		} {
			m.at(time.Duration(9-i)*time.Hour, scanner.Opened, alerts.New, l)
		}
	})
	p := w.past
	for i, want := range []string{"nc · 53", "nc · 53/udp", "nc · 530", "ncat · 53"} {
		p.clear()
		p.tapLane(i)
		lane, shown := p.lane(i), p.events.shown
		if got := laneWords(lane); got != want || len(shown) != 1 || shown[0].Program != lane.Program || shown[0].Event.Listener.Proto != lane.Proto || shown[0].Event.Listener.Port != lane.Port {
			t.Errorf("lane %d is %s, want %s, its events are %v", i, got, want, shown)
		}
		out.Reset()
		p.export("csv")
		if n := strings.Count(out.String(), "\n"); n != 2 {
			t.Errorf("%s: %d lines are written", want, n)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	w, _, out := newPast(t, func(m *memory) {
		tick := history.Tick{Time: morning.Add(-time.Hour)}
		for i := range eventPage*2 + 7 {
			l := listener(scanner.TCP, "127.0.0.1", uint16(1000+i), node)
			tick.Judgements = append(tick.Judgements, alerts.Judgement{Event: scanner.Event{Op: scanner.Opened, Time: tick.Time, Listener: l}, Verdict: alerts.Loopback, Program: alerts.Program(&l, &node)})
		}
		m.check(m.agent.Record(tick))
	})
	l := w.past.events
	if len(l.shown) < eventPage || !l.more {
		t.Fatalf("%d events at first, more %v", len(l.shown), l.more)
	}
	for range 5 {
		l.readOn()
	}
	if len(l.shown) != 2*eventPage+7 || l.more || l.shown[0].ID < l.shown[len(l.shown)-1].ID {
		t.Errorf("%d events in the end, more %v", len(l.shown), l.more)
	}
	w.past.export("csv")
	if n := strings.Count(out.String(), "\n"); n != 2*eventPage+8 || !out.closed {
		t.Errorf("%d lines are written, closed %v", n, out.closed)
	}
}

func TestExport(t *testing.T) {
	formula := owner(4711, "=cmd|' /C calc'!A0", "user", 1000)
	w, _, out := newPast(t, func(m *memory) {
		m.at(time.Hour, scanner.Opened, alerts.New, listener(scanner.TCP, "0.0.0.0", 8080, formula))
		m.at(time.Minute, scanner.Closed, alerts.Gone, listener(scanner.TCP, "0.0.0.0", 8080, formula))
	})
	w.past.export("csv")
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || lines[0] != strings.Join(csvTitles, ",") || !strings.Contains(lines[2], ",opened,tcp,8080,0.0.0.0:8080,http-alt,'=cmd|") {
		t.Errorf("the table is %q", lines)
	}
	if !strings.Contains(w.past.notice.text.Text, "2 events written to /home/user/portlight-history-2026-11-02.csv") {
		t.Errorf("it says %q", w.past.notice.text.Text)
	}
	out.Reset()
	w.past.export("json")
	var events []struct{ Event, Verdict string }
	if err := json.Unmarshal(out.Bytes(), &events); err != nil || len(events) != 2 || events[0].Event != "closed" || events[1].Verdict != "new" {
		t.Errorf("the JSON is %s: %v", out.String(), err)
	}
	out.fails = errors.New("no space left on device")
	w.past.export("csv")
	if !strings.Contains(w.past.notice.text.Text, "no space left") {
		t.Errorf("a full disk: %q", w.past.notice.text.Text)
	}
	w.past.o.save = func(_ string, then func(io.WriteCloser, string, error)) {
		then(nil, "", errors.New("permission denied"))
	}
	w.past.export("json")
	if !strings.Contains(w.past.notice.text.Text, "permission denied") {
		t.Errorf("a folder that cannot be written: %q", w.past.notice.text.Text)
	}
	w.past.use(nil, nil)
	w.past.export("csv")
}

// TestSaveTitle: the dialog for an export has a title of its own in each language, not one
// that the toolkit joins.
func TestSaveTitle(t *testing.T) {
	for tag, title := range map[string]string{"en": "Export history", "de": "Verlauf exportieren"} {
		w, _ := newSpoken(t, tag)
		saveBy(w.win)("portlight.csv", func(io.WriteCloser, string, error) {})
		if got := texts(w.win.Canvas().Overlays().List()...); !strings.Contains(got, title+"\n") {
			t.Errorf("%s: the dialog reads\n%s", tag, got)
		}
	}
}

// TestHistorySearch: events, their number and an export are those that match the search.
func TestHistorySearch(t *testing.T) {
	w, _, out := newPast(t, longDay)
	p := w.past
	var later []func()
	p.o.after = func(_ time.Duration, f func()) { later = append(later, f) }
	search := func(text string) {
		for i := range text {
			p.search.SetText(text[:i+1])
		}
		was := p.events.round
		for _, f := range later {
			f()
		}
		if later = nil; p.events.round != was+1 {
			t.Errorf("%q is read %d times", text, p.events.round-was)
		}
	}
	for _, c := range []struct {
		text, foot string
		lines      int
	}{{"80", "1 lane, 13 events", 13}, {"NGI", "1 lane, 3 events", 3}, {"5353", "1 lane, 1 event", 1}, {"nobody", "0 lanes, 0 events", 0}} {
		search(c.text)
		if p.foot.Text != c.foot || len(p.events.shown) != c.lines {
			t.Errorf("%q: %d events, the foot is %q", c.text, len(p.events.shown), p.foot.Text)
		}
		out.Reset()
		if p.export("csv"); strings.Count(out.String(), "\n") != c.lines+1 {
			t.Errorf("%q: written is\n%s", c.text, out.String())
		}
	}
	search("80")
	p.tapLane(0)
	search("8080")
	if p.events.lane == nil {
		t.Error("a lane that matches is not chosen any more")
	}
	search("ngin")
	if p.events.lane != nil || p.foot.Text != "1 lane, 3 events" {
		t.Errorf("after another search %+v is chosen, the foot is %q", p.events.lane, p.foot.Text)
	}
}

// TestHistoryWithout shows what there is without a memory, and without a past.
func TestHistoryWithout(t *testing.T) {
	w, m, _ := newPast(t, func(*memory) {})
	p := w.past
	if p.body.Visible() || len(p.empty.Objects) != 2 || !p.read {
		t.Error("an empty past shows a picture")
	}
	was := p.time.span()
	p.o.held = func() fyne.KeyModifier { return fyne.KeyModifierShortcutDefault }
	test.Scroll(w.win.Canvas(), fyne.NewPos(450, 400), 0, -100)
	if d := p.time.span() - 2*was; d.Abs() > time.Second {
		t.Errorf("the wheel leads from %v to %v where there is nothing", was, p.time.span())
	}
	m.window.Close()
	p.refresh()
	if !strings.HasPrefix(p.notice.text.Text, "The history could not be read") {
		t.Errorf("a closed memory: %q", p.notice.text.Text)
	}
	w.SetMemory(nil, history.ErrNewer)
	if p.body.Visible() || len(p.empty.Objects) != 1 {
		t.Error("without memory there is a picture")
	}
	p.move(-1)
	p.zoom(2)
}

// TestFirstReadingTakesKeyboard: the lanes have the keyboard though there were none yet when
// the tab was turned to.
func TestFirstReadingTakesKeyboard(t *testing.T) {
	w, m, _ := newPast(t, longDay)
	w.nav.choose(tabListeners)
	w.SetMemory(m.window, nil)
	queue := slowly(w)
	w.past.o.spawn = w.spawn
	w.past.use(m.window, nil)
	w.toTab(tabHistory)
	for len(*queue) > 0 {
		next := (*queue)[0]
		*queue = (*queue)[1:]
		next()
	}
	if w.win.Canvas().Focused() != w.past.lanes {
		t.Errorf("the keyboard is at %T", w.win.Canvas().Focused())
	}
}

// BenchmarkHistory opens the tab on 100,000 events, and moves through time.
func BenchmarkHistory(b *testing.B) {
	w, _, _ := newPast(b, func(m *memory) {
		for block := range 100 {
			tick := history.Tick{Time: morning.Add(-time.Duration(block) * 10 * time.Minute)}
			for i := range 1000 {
				l := listener(scanner.TCP, "127.0.0.1", uint16(1000+i%200), owner(1, "worker"+string(rune('a'+i%20)), "user", 1000))
				op := scanner.Opened
				if i >= 500 {
					op = scanner.Closed
				}
				tick.Judgements = append(tick.Judgements, alerts.Judgement{Event: scanner.Event{Op: op, Time: tick.Time, Listener: l}, Verdict: alerts.Loopback, Program: alerts.Program(&l, &l.Owners[0])})
			}
			m.check(m.agent.Record(tick))
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			w.past.refresh()
		}
	})
	b.Run("draw", func(b *testing.B) {
		for b.Loop() {
			w.past.redraw()
			w.win.Canvas().Capture()
		}
	})
}

// TestHistoryPictures compares the tab with golden pictures.
func TestHistoryPictures(t *testing.T) {
	for name, act := range map[string]func(*Window){
		"history": func(w *Window) { press(w, fyne.KeyDown) },
		"historyweek": func(w *Window) {
			w.past.spans.choose(2)
			w.past.tapLane(2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _, _ := newPast(t, longDay)
			w.paint(name == "historyweek")
			act(w)
			test.AssertRendersToImage(t, name+".png", w.win.Canvas())
		})
	}
	t.Run("historyempty", func(t *testing.T) {
		w, _, _ := newPast(t, func(*memory) {})
		w.paint(false)
		test.AssertRendersToImage(t, "historyempty.png", w.win.Canvas())
	})
}
