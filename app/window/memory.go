package window

import (
	"errors"
	"maps"
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
	Since() (map[string]history.Span, error)
	Story(l *scanner.Listener, last int) (alerts.Story, error)
	Names() ([]history.Name, error)
	SetName(history.Name) error
	RemoveName(history.Name) error
	settingStore
	Set(key, value string) error
}

// settingColumns is the setting for the widths of the columns.
const settingColumns = "window.columns"

// maxPast is how many events of the past the details list.
const maxPast = 5

// SetMemory gives the window its memory, or nil and why there is none.
func (w *Window) SetMemory(m Memory, why error) {
	w.do(func() {
		w.memory, w.noMemory = m, why
		w.alerts.use(m, why)
		w.past.use(m, why)
		w.settings.use(m)
		w.reload()
		if m != nil {
			w.spawn(func() { w.useSettings(m) })
		}
	})
}

// useSettings takes what was kept of how the window looks.
func (w *Window) useSettings(m Memory) {
	stored, err := m.Settings()
	if err != nil {
		return // it looks as it does without
	}
	w.do(func() {
		w.list.header.set = parseWidths(stored[settingColumns])
		w.list.header.Refresh()
		w.list.list.Refresh()
	})
}

// keepWidths stores the widths of the columns, where there is a memory.
func (w *Window) keepWidths(set widths) {
	m := w.memory
	if m == nil {
		return
	}
	w.spawn(func() {
		if err := m.Set(settingColumns, set.String()); err != nil {
			w.do(func() { w.notice.say(notSaved(err)) })
		}
	})
}

// MemoryChanged has the window look at its memory again: another process has written
// to it.
func (w *Window) MemoryChanged() {
	w.do(func() {
		w.alerts.refresh()
		w.reload()
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
		details: func(id string) { w.bringUp(id, false) },
		unseen: func(n int) {
			w.nav.rename(tabAlerts, alertsTab(n))
			if w.navBox != nil {
				w.navBox.Refresh()
			}
		},
		shortcut: w.shortcut,
		open:     w.openDialog,
		close:    w.closePopup,
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
	w.model.know(f)
	w.list.arranged()
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
		c.past = []pair{{label: wordRemembered, value: noPastWords(w.noMemory), faint: true}}
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
		return []pair{{label: wordRemembered, value: sentence(err.Error()), faint: true}}
	}
	words := view.StoryWords(story, w.now())
	g := group{}
	g.add(wordSeen, words.Summary, false)
	g.add(wordStands, words.Stands, false)
	g.add(wordTold, words.Told, false)
	g.add(wordLately, strings.Join(words.Events, "\n"), false)
	rules, err := m.Rules()
	if err != nil {
		g.addWhy(wordRule, sentence(err.Error()))
		return g.pairs
	}
	if r := w.ruleFor(rules, l); r != nil {
		g.add(wordRule, view.RuleWords(*r), false)
	} else {
		g.addWhy(wordRule, wordNoRule)
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

// memoryItems are what can be decided about the chosen listener.
func (w *Window) memoryItems() []*fyne.MenuItem {
	on := w.memory != nil
	return []*fyne.MenuItem{
		w.item(wordAllowIt, theme.ConfirmIcon(), on, func() { w.decide(alerts.Allow, history.StateAllowed) }),
		w.item(wordMuteIt, theme.VolumeMuteIcon(), on, func() { w.decide(alerts.Mute, history.StateMuted) }),
		w.item(wordNameIt, theme.DocumentCreateIcon(), on, w.askName),
	}
}

// decide makes a rule of each program of the chosen listener on its port, says what
// it covers and offers to take it back. What was told about it is dealt with.
func (w *Window) decide(action alerts.Action, state history.State) {
	m, l := w.memory, w.chosen.row.Listener
	w.spawn(func() {
		made, err := decideAll(m, &l, action, state, w.now())
		w.do(func() {
			if err != nil {
				w.notice.say(notSaved(err))
			} else {
				w.notice.offer(ruleMade(made), wordUndo, func() { w.undo(m, made) })
			}
			w.remembered()
		})
	})
}

// remembered shows what has just been written.
func (w *Window) remembered() {
	w.alerts.refresh()
	w.reload()
}

// decideAll gives the rules that it has made.
func decideAll(m Memory, l *scanner.Listener, action alerts.Action, state history.State, now time.Time) (made []alerts.Rule, err error) {
	programs := programsOf(l)
	for _, program := range programs {
		r := alerts.RuleFor(action, l, program, now)
		id, added, err := m.PutFirst(r)
		if err != nil {
			return made, err
		}
		if r.ID = id; added {
			made = append(made, r)
		}
	}
	all, err := m.Alerts(history.StateNew, 0, maxNews)
	if err != nil {
		return made, err
	}
	var about []int64
	for i := range all {
		a := &all[i]
		if slices.Contains(programs, a.Program) && a.Proto == l.Proto && (a.Port == l.Port || a.Ephemeral && l.Ephemeral) {
			about = append(about, a.ID)
		}
	}
	return made, m.SetAlertState(about, state)
}

// undo removes rules that were made.
func (w *Window) undo(m Memory, made []alerts.Rule) {
	w.spawn(func() {
		var err error
		for _, r := range made {
			if e := m.RemoveRule(r.ID); e != nil && !errors.Is(e, history.ErrNoRule) {
				err = e
			}
		}
		w.do(func() {
			if err != nil {
				w.notice.say(notSaved(err))
			}
			w.remembered()
		})
	})
}
