package window

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/assets/words"
)

// menuOf gives a menu of the chosen listener.
func (w *Window) menuOf(kind menuKind) *fyne.Menu {
	if kind == menuCopy {
		return fyne.NewMenu("", w.copyItems()...)
	}
	return fyne.NewMenu("", w.moreItems()...)
}

// openMenu opens the menu of the chosen row at a place.
func (w *Window) openMenu(at fyne.Position) {
	if w.chosen.row == nil {
		return
	}
	items := append(w.copyItems(), fyne.NewMenuItemSeparator())
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", append(items, w.moreItems()...)...), w.win.Canvas(), at)
}

// copyItems are what can be copied of the chosen listener.
func (w *Window) copyItems() []*fyne.MenuItem {
	r := w.chosen.row
	var items []*fyne.MenuItem
	add := func(label words.Text, text string) {
		items = append(items, w.item(label, nil, text != "", func() { w.copy(text) }))
	}
	add(wordCopyAddress, r.Address)
	add(wordCopyURL, r.URL)
	add(wordCopyPID, pidText(r))
	add(wordCopyCommand, w.command())
	add(wordCopyRow, rowLine(r))
	add(wordCopyAll, w.list.details.shown.plain())
	return append(items, w.valueItems())
}

// valueItems has each value that the details show.
func (w *Window) valueItems() *fyne.MenuItem {
	var values []*fyne.MenuItem
	for _, g := range w.list.details.shown.groups {
		for _, p := range g.pairs {
			if !p.faint {
				values = append(values, fyne.NewMenuItem(valueWords(g.title, &p), func() { w.copy(p.value) }))
			}
		}
	}
	item := fyne.NewMenuItem(wordCopyValue.String(), nil)
	item.ChildMenu = fyne.NewMenu("", values...)
	return item
}

// command is the command line of the first process, as far as it is known.
func (w *Window) command() string {
	owners := w.chosen.row.Listener.Owners
	if len(owners) == 0 {
		return ""
	}
	read := w.chosen.known[owners[0].ID]
	if read.details == nil || len(read.details.Args) == 0 {
		return ""
	}
	quoted := make([]string, len(read.details.Args))
	for i, a := range read.details.Args {
		quoted[i] = quote(a)
	}
	return strings.Join(quoted, " ")
}

// moreItems are what can be done with the chosen listener.
func (w *Window) moreItems() []*fyne.MenuItem {
	r := w.chosen.row
	exe, folder := w.places()
	items := []*fyne.MenuItem{
		w.item(wordOpen, theme.ComputerIcon(), r.URL != "" && !w.chosen.gone, func() { w.open(r.URL) }),
		w.item(wordReveal, theme.FileApplicationIcon(), exe != "", func() { w.show(w.opts.Reveal, exe) }),
		w.item(wordOpenFolder, theme.FolderOpenIcon(), folder != "", func() { w.show(w.opts.OpenFolder, folder) }),
		fyne.NewMenuItemSeparator(),
	}
	items = append(items, w.memoryItems(r)...)
	return append(items, fyne.NewMenuItemSeparator(),
		w.item(wordStop, theme.CancelIcon(), !w.chosen.gone && whyNotStop(r) == "", func() { w.askStopOf(r) }))
}

// item is an item of a menu, faint where it makes no sense.
func (w *Window) item(label words.Text, icon fyne.Resource, on bool, do func()) *fyne.MenuItem {
	i := fyne.NewMenuItemWithIcon(label.String(), icon, do)
	i.Disabled = !on
	return i
}

// places are the executable and the working folder of the first process, as far as
// they are known.
func (w *Window) places() (exe, folder string) {
	l := &w.chosen.row.Listener
	owners := l.Owners
	if len(owners) == 0 || contained(l) {
		return "", ""
	}
	if d := w.chosen.known[owners[0].ID].details; d != nil {
		return d.Exe, d.Cwd
	}
	return owners[0].Path, ""
}

// show opens a file or folder beside the window, which may take a while.
func (w *Window) show(open func(string) error, path string) {
	w.spawn(func() {
		if err := open(path); err != nil {
			w.do(func() { w.notice.say(showFailed(err)) })
		}
	})
}

// plain is all that the details show, as lines to copy.
func (d *details) plain() string {
	lines := []string{d.title + " " + d.headline, d.reach}
	for i := range d.groups {
		lines = append(lines, "", d.groups[i].title)
		for _, p := range d.groups[i].pairs {
			lines = append(lines, "  "+words.Labelled(p.label, strings.ReplaceAll(p.value, "\n", "\n    ")))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// rowLine is a row as a line of text: its columns, with tabs between them.
func rowLine(r *view.Row) string {
	return strings.Join([]string{r.Port + "/" + r.Proto, r.Service, r.Program, r.Address, r.Reach, r.User, r.PID}, "\t")
}

// pidText is the pid of the first process, "" without one.
func pidText(r *view.Row) string {
	if len(r.Listener.Owners) == 0 {
		return ""
	}
	return strconv.Itoa(r.Listener.Owners[0].PID)
}
