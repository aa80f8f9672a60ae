package window

import (
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/history"
	"portlight/app/view"
)

// eventPage is how many events are read at once.
const eventPage = 500

// searchPause is how long a search stands still before events are read for it.
const searchPause = 250 * time.Millisecond

// eventList is the events of the time that the picture shows, the latest first: those that
// match the search, or those of the chosen lane. More are read as one scrolls down.
type eventList struct {
	root  fyne.CanvasObject
	pane  *historyPane
	rows  *keyList
	shown []history.Event
	more  bool
	lane  *history.Lane
	asked history.Query // what was read last
	round int           // of reading: an answer to an earlier one is dropped
	soon  int           // how often a reading was put off, or made
	busy  bool
}

func newEventList(p *historyPane) *eventList {
	l := &eventList{pane: p}
	l.rows = &keyList{height: laneHeight, skips: func(int) bool { return false }, shortcut: p.o.shortcut, focus: p.o.focus, chosen: func(int) {}}
	l.rows.Length = func() int { return len(l.shown) }
	l.rows.CreateItem = func() fyne.CanvasObject { return newEventRow() }
	l.rows.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(l.shown) {
			o.(*eventRow).show(l.cells(&l.shown[i]), l.rows.focused && i == l.rows.selected)
		}
		if i >= len(l.shown)-1 {
			l.readOn()
		}
	}
	l.rows.keys = map[fyne.KeyName]func(){fyne.KeyEscape: func() {
		p.clear()
		p.lanes.take()
	}}
	l.rows.start()
	head := newEventRow()
	head.head = true
	head.show(eventHeads(), false)
	l.root = container.New(frame{}, container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), head), closely(l.rows), container.NewWithoutLayout())
	return l
}

// of shows the events of a lane, nil is all.
func (l *eventList) of(lane *history.Lane) {
	if l.lane = nil; lane != nil {
		own := *lane
		l.lane = &own
	}
	l.reload()
}

// reload reads from the latest on.
func (l *eventList) reload() {
	l.soon++
	l.asked = l.query()
	l.read()
}

// reloadSoon reads from the latest on, when it was not asked for again for a while.
func (l *eventList) reloadSoon() {
	l.soon++
	soon := l.soon
	l.pane.o.after(searchPause, func() {
		if soon == l.soon {
			l.reload()
		}
	})
}

// readOn reads what comes before, if there is more.
func (l *eventList) readOn() {
	if l.more && !l.busy && len(l.shown) > 0 {
		l.asked.Before = l.shown[len(l.shown)-1].ID
		l.read()
	}
}

// query chooses the events that are to be shown.
func (l *eventList) query() history.Query {
	q := history.Query{Since: l.pane.time.from, Until: l.pane.time.to, Limit: eventPage}
	if l.lane != nil {
		q.Identity, q.Proto, q.Port = l.lane.Program, l.lane.Proto, int(l.lane.Port)
	} else {
		q.Search = l.pane.sought()
	}
	return q
}

// read reads what is asked.
func (l *eventList) read() {
	s := l.pane.store
	if s == nil {
		return
	}
	l.round++
	l.busy = true
	round, q := l.round, l.asked
	l.pane.o.spawn(func() {
		events, err := s.Events(q)
		l.pane.o.do(func() {
			if round == l.round {
				l.taken(events, q.Before, err)
			}
		})
	})
}

func (l *eventList) taken(events []history.Event, before int64, err error) {
	l.busy = false
	if err != nil {
		l.more = false
		l.pane.notice.say(historyFailed(err))
		return
	}
	if before == 0 {
		l.shown = nil
	}
	l.shown, l.more = append(l.shown, events...), len(events) == eventPage
	l.rows.Refresh()
	l.pane.counted()
}

// cells are an event's words, a column each.
func (l *eventList) cells(e *history.Event) [len(eventTitles)]string {
	r := view.NewRow(e.Event.Listener, l.pane.o.facts())
	return [...]string{momentWords(e.Event.Time, l.pane.o.now()), opWords[e.Event.Op].String(), r.PortService(), view.Clean(e.Name, 64), whyWords(e)}
}

// whyWords is the reason of an event's verdict. It begins with a capital, or as the
// program's name does.
func whyWords(e *history.Event) string {
	reason := view.Reason(e.Judgement)
	if name := view.Clean(e.Name, 64); name != "" && strings.HasPrefix(reason, name) {
		return reason
	}
	return capital(reason)
}

// eventRow is a row of the events.
type eventRow struct {
	widget.BaseWidget
	words  [len(eventTitles)]string
	head   bool
	cursor bool
}

func newEventRow() *eventRow {
	r := &eventRow{}
	r.ExtendBaseWidget(r)
	return r
}

func (r *eventRow) show(words [len(eventTitles)]string, cursor bool) {
	r.words, r.cursor = words, cursor
	r.Refresh()
}

// eventShares are the parts of the width that the columns take.
var eventShares = [len(eventTitles)]float32{0.17, 0.08, 0.16, 0.17, 0.42}

// CreateRenderer draws the words.
func (r *eventRow) CreateRenderer() fyne.WidgetRenderer {
	var texts [len(eventTitles)]*canvas.Text
	ring := canvas.NewRectangle(color.Transparent)
	ring.StrokeWidth, ring.CornerRadius = 1.5, theme.SelectionRadiusSize()
	objects := []fyne.CanvasObject{ring}
	for i := range texts {
		texts[i] = canvas.NewText("", nil)
		objects = append(objects, texts[i])
	}
	x := &renderer{widget: r, objects: objects, min: func() fyne.Size { return fyne.NewSize(300, laneHeight) }, paint: func() {}}
	x.place = func(size fyne.Size) {
		ring.Move(fyne.NewPos(1, 1))
		ring.Resize(size.SubtractWidthHeight(2, 2))
		ring.Hidden, ring.StrokeColor = !r.cursor, themed(r, theme.ColorNamePrimary)
		at, width := float32(laneInset), size.Width-2*laneInset
		for i, t := range texts {
			t.TextSize, t.Color = r.Theme().Size(theme.SizeNameText), themed(r, theme.ColorNameForeground)
			if r.head {
				t.TextSize = r.Theme().Size(theme.SizeNameCaptionText)
			}
			if r.head || i == 0 || i == len(texts)-1 {
				t.Color = themed(r, theme.ColorNamePlaceHolder)
			}
			room := width * eventShares[i]
			fitText(t, r.words[i], at, (size.Height-t.MinSize().Height)/2, room-8)
			at += room
		}
	}
	return x
}
