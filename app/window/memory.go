package window

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
	"portlight/scanner"
)

// Memory is what Portlight remembers. *history.Store is one. Its calls may wait for
// seconds.
type Memory interface {
	alertStore
	pastStore
	forgetStore
	Since() (map[string]history.Span, error)
	Story(l *scanner.Listener, last int) (alerts.Story, error)
	Names() ([]history.Name, error)
	SetName(history.Name) error
	RemoveName(history.Name) error
	settingStore
}

// The settings for how the table looks: the widths of its columns and their order.
const (
	settingColumns = "window.columns"
	settingOrder   = "window.order"
)

// maxPast is how many events of the past the details list.
const maxPast = 5

// SetMemory gives the window its memory, or nil and why there is none.
func (w *Window) SetMemory(m Memory, why error) { w.do(func() { w.useMemory(m, why) }) }

func (w *Window) useMemory(m Memory, why error) {
	w.memory, w.noMemory, w.due = m, why, nil
	w.alerts.use(m, why)
	w.past.use(m, why)
	w.settings.use(m)
	w.reload()
	if m != nil {
		w.spawn(func() { w.useSettings(m) })
	}
}

// useSettings takes what was kept of how the window looks.
func (w *Window) useSettings(m Memory) {
	stored, err := m.Settings()
	if err != nil {
		return // it looks as it does without
	}
	w.do(func() {
		w.list.header.set = parseWidths(stored[settingColumns])
		w.list.setOrder(parseOrder(stored[settingOrder]))
	})
	if stored[alerts.SettingWelcomed] == "" {
		w.prepareWelcome(m)
	}
}

// keepLook stores how the table looks, where there is a memory: the last look, however
// many come while it waits.
func (w *Window) keepLook() {
	m := w.memory
	look := map[string]string{settingColumns: w.list.header.set.String(), settingOrder: w.model.order.String()}
	if w.wanted = look; m == nil || w.keeping {
		return
	}
	w.keeping = true
	w.spawn(func() {
		err := m.SetAll(look)
		w.do(func() {
			w.keeping = false
			switch {
			case err != nil:
				w.notice.say(notSaved(err))
			case !maps.Equal(w.wanted, look):
				w.keepLook()
			}
		})
	})
}

// MemoryChanged has the window look at its memory again: another process has written
// to it.
func (w *Window) MemoryChanged() {
	w.do(func() {
		w.remembered()
		w.settings.refresh()
		if w.nav.chosen == tabHistory && w.past.live {
			w.past.refresh()
		}
	})
}

// alertsOptions are what the Alerts tab has of the window.
func (w *Window) alertsOptions() alertsOptions {
	return alertsOptions{
		facts:    w.facts,
		programs: w.programs,
		now:      w.now, do: w.do, spawn: w.spawn,
		details:  func(id string) { w.bringUp(id, false) },
		unseen:   w.tellUnseen,
		shortcut: w.shortcut,
		focus:    w.focus,
		open: func(focus fyne.Focusable, dialog fyne.CanvasObject, closed func(), keeps func() bool) {
			w.openDialog(focus, dialog, closed)
			w.keepPopup(keeps)
		},
		close: w.closePopup,
	}
}

// facts are what rows are made with now.
func (w *Window) facts() view.Facts { return view.FactsOf(w.model.snap, w.opts.Names) }

// programs are the identities of those that listen now.
func (w *Window) programs() []string {
	known := map[string]bool{}
	for _, e := range w.model.all {
		for _, program := range programsOf(&e.Listener) {
			known[program] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

// reload reads what the table and the details show of the memory.
func (w *Window) reload() {
	w.recall()
	m := w.memory
	if m == nil {
		w.know(rowFacts{})
		return
	}
	w.spawn(func() {
		f, err := readFacts(m)
		w.do(func() {
			if err == nil && w.memory == m {
				w.know(f)
			}
		})
	})
}

func (w *Window) know(f rowFacts) {
	w.tellUnseen(f.news)
	if reflect.DeepEqual(f, w.model.facts) {
		return
	}
	w.model.know(f)
	w.list.arranged()
}

// tellUnseen puts the number of alerts that nobody has looked at into the tab's title.
func (w *Window) tellUnseen(n int) {
	w.nav.rename(tabAlerts, alertsTab(n))
	if w.navBox != nil {
		w.navBox.Refresh()
		w.entitle()
	}
}

// readFacts reads what the table shows of the memory.
func readFacts(m Memory) (rowFacts, error) {
	f := rowFacts{since: map[string]since{}, unseen: map[string]bool{}}
	spans, err := m.Since()
	if err != nil {
		return f, err
	}
	for id, s := range spans {
		how := earlier
		if s.Exact {
			how = exactly
		}
		f.since[id] = since{s.Opened, how}
	}
	all, err := m.Alerts(history.StateNew, 0, maxNews)
	f.news = len(all)
	for i := range all {
		f.unseen[all[i].Listener.ID()] = true
	}
	return f, err
}

// maxNews bounds how many alerts are asked for what is new.
const maxNews = 1000

// recall asks the memory for the past of the chosen listener.
func (w *Window) recall() {
	c, m := &w.chosen, w.memory
	switch {
	case c.row == nil:
	case m == nil:
		c.past = []pair{{label: wordRemembered.String(), value: noPastWords(w.noMemory), faint: true}}
		w.describe()
	default:
		ctx, l := c.ctx, c.row.Listener
		w.spawn(func() {
			past := w.tell(m, &l)
			w.do(func() {
				if ctx.Err() == nil {
					c.past = past
					w.describe()
				}
			})
		})
	}
}

// tell words the past of a listener, and the rule that covers it.
func (w *Window) tell(m Memory, l *scanner.Listener) []pair {
	story, err := m.Story(l, maxPast)
	if err != nil {
		return []pair{{label: wordRemembered.String(), value: sentence(err.Error()), faint: true}}
	}
	told := view.StoryWords(story, w.now())
	g := group{}
	g.add(wordSeen, told.Summary, false)
	g.add(wordStands, told.Stands, false)
	g.add(wordTold, told.Told, false)
	g.add(wordLately, strings.Join(told.Events, "\n"), false)
	rules, err := m.Rules()
	if err != nil {
		g.addWhy(wordRule, sentence(err.Error()))
		return g.pairs
	}
	if r := w.ruleFor(rules, l); r != nil {
		g.add(wordRule, view.RuleWords(*r), false)
	} else {
		g.addWhy(wordRule, noRule(l))
	}
	return g.pairs
}

// ruleFor is the rule that decides about a listener, nil for none.
func (w *Window) ruleFor(rules []alerts.Rule, l *scanner.Listener) *alerts.Rule {
	for _, program := range programsOf(l) {
		if i := slices.IndexFunc(rules, func(r alerts.Rule) bool { return r.Covers(l, program, w.now()) }); i >= 0 {
			return &rules[i]
		}
	}
	return nil
}

// programsOf are the identities of the programs that hold a listener.
func programsOf(l *scanner.Listener) []string {
	var all []string
	for _, f := range alerts.Fingerprints(l) {
		if !slices.Contains(all, f.Program) {
			all = append(all, f.Program)
		}
	}
	return all
}

// memoryItems are what can be decided about a listener.
func (w *Window) memoryItems(r *view.Row) []*fyne.MenuItem {
	m := w.memory
	return []*fyne.MenuItem{
		w.item(wordAllowIt, theme.ConfirmIcon(), m != nil, func() { w.decide(m, r, alerts.Allow) }),
		w.item(wordMuteIt, theme.VolumeMuteIcon(), m != nil, func() { w.decide(m, r, alerts.Mute) }),
		w.item(wordNameIt, theme.DocumentCreateIcon(), m != nil, func() { w.askName(m, r) }),
	}
}

// decision is what one click has made of a listener.
type decision struct {
	rules  []alerts.Rule
	alerts []int64 // that were new, and are dealt with
}

// decide makes a rule of each program of a listener on its port, says what it covers and
// offers to take it back. What was told about it is dealt with.
func (w *Window) decide(m Memory, r *view.Row, action alerts.Action) {
	l := r.Listener
	w.spawn(func() {
		made, err := decideAll(m, &l, action, w.now())
		w.do(func() {
			undo := func() { w.undo(m, made) }
			switch {
			case err != nil && len(made.rules) == 0:
				w.notice.say(notSaved(err))
			case err != nil:
				w.notice.offer(partlySaved(err), wordUndo.String(), undo)
			case len(made.rules) == 0:
				w.notice.done(ruleMade(nil))
			default:
				w.notice.offer(ruleMade(made.rules), wordUndo.String(), undo)
			}
			w.remembered()
		})
	})
}

// remembered shows what has just been written, here or by another process.
func (w *Window) remembered() {
	if w.stale = w.nav.chosen != tabAlerts; !w.stale {
		w.alerts.refresh()
	}
	w.reload()
}

// decideAll gives what it has made, also where it could not make all.
func decideAll(m Memory, l *scanner.Listener, action alerts.Action, now time.Time) (made decision, err error) {
	programs := programsOf(l)
	for _, program := range programs {
		r := alerts.RuleFor(action, l, program, now)
		id, added, err := m.PutFirst(r)
		if err != nil {
			return made, err
		}
		if r.ID = id; added {
			made.rules = append(made.rules, r)
		}
	}
	all, err := m.Alerts(history.StateNew, 0, maxNews)
	if err != nil {
		return made, err
	}
	var about []int64
	for i := range all {
		a := &all[i]
		if slices.Contains(programs, a.Program) && a.IsOn(l) {
			about = append(about, a.ID)
		}
	}
	if err := m.SetAlertState(about, history.StateAfter(action)); err != nil {
		return made, err
	}
	made.alerts = about
	return made, nil
}

// undo removes rules that were made, and makes the alerts new again.
func (w *Window) undo(m Memory, made decision) {
	w.spawn(func() {
		var err error
		for _, r := range made.rules {
			err = errors.Join(err, removeIfThere(m, r.ID))
		}
		if len(made.alerts) > 0 {
			err = errors.Join(err, m.SetAlertState(made.alerts, history.StateNew))
		}
		w.do(func() {
			if err != nil {
				w.notice.say(notSaved(err))
			}
			w.remembered()
		})
	})
}
