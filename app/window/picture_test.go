package window

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"portlight/scanner"
	"portlight/scanner/process"
)

// TestPictures compares the window with golden pictures; a new one lies in
// testdata/failed after a run.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		dark bool
		act  func(*Window)
		big  bool // 1440×900, at twice the pixels
	}{
		{"light", false, func(w *Window) { w.Update(household()) }, false},
		{"big", true, func(w *Window) { w.Update(household()); w.Show("tcp:[::]:80") }, true},
		{"dark", true, func(w *Window) { w.Update(household()); w.Show("tcp:[::]:80") }, false},
		{"empty", false, func(w *Window) { w.Update(snapshot()) }, false},
		{"nomatch", false, func(w *Window) { w.Update(household()); w.list.search.SetText("cups") }, false},
		{"hidden", false, func(w *Window) {
			s := household()
			s.Visibility.Notes = []string{"3 of 15 listeners belong to processes of other users, which an ordinary user may not look into"}
			w.Update(s)
			w.Show("tcp:0.0.0.0:445")
			w.list.kinds.choose(int(kindNetwork))
		}, false},
		{"details", false, func(w *Window) { w.Update(household()); w.Show("tcp:127.0.0.1:8080") }, false},
		{"partial", false, func(w *Window) {
			w.opts.ReadDetails = func(ctx context.Context, p scanner.Process) (*process.Details, error) {
				d, err := readDetails(ctx, p)
				d.Args = []string{"node: server on 127.0.0.1:8080"}
				d.Parents = ancestors("npm", "bash", "tmux", "login", "getty", "")
				d.Missing[process.FieldParents] = "the parent cannot be read"
				return d, err
			}
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			w.list.details.scroll.ScrollToBottom()
		}, false},
		{"ports", false, func(w *Window) {
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			w.list.details.scroll.ScrollToBottom()
		}, false},
		{"hostile", false, func(w *Window) {
			w.Update(hostile())
			w.Show("tcp:0.0.0.0:8080")
		}, false},
		{"hostiledetails", true, func(w *Window) {
			w.Update(hostile())
			w.AskStop("tcp:0.0.0.0:8080")
		}, false},
		{"gone", false, func(w *Window) {
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			w.Update(snapshot(listener(scanner.TCP, "0.0.0.0", 22, sshd)))
			w.Fail(errors.New("read sockets: permission denied"))
		}, false},
		{"stop", false, func(w *Window) { w.Update(household()); w.AskStop("tcp:127.0.0.1:8080") }, false},
		{"grouped", true, func(w *Window) {
			w.Update(household())
			w.list.grouped.SetChecked(true)
			w.list.toggle("hidden (root)")
			w.Show("tcp:127.0.0.1:8080")
		}, false},
		{"changes", false, func(w *Window) {
			s := household()
			nc := owner(3107, "nc", "user", 1000)
			s.Listeners = s.Listeners[:len(s.Listeners)-3]
			w.Update(household())
			odd := listener(scanner.TCP, "0.0.0.0", 8022, nc)
			w.opts.Names.(ports)[8022] = "ssh"
			defer delete(w.opts.Names.(ports), 8022)
			w.Update(snapshot(append(s.Listeners, odd)...))
			w.Show("tcp:0.0.0.0:8022")
		}, false},
		{"copymenu", true, func(w *Window) {
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			test.Tap(find[*keyButton](w.list.details.root)[1])
		}, false},
		{"moremenu", false, func(w *Window) {
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			test.Tap(find[*keyButton](w.list.details.root)[2])
		}, false},
		{"keyboard", false, func(w *Window) {
			w.Update(household())
			w.toTable()
			press(w, fyne.KeyDown)
			press(w, fyne.KeyDown)
			press(w, fyne.KeyReturn)
			w.toTable()
		}, false},
		{"still", false, func(w *Window) {
			w.Update(household())
			w.AskStop("tcp:[::1]:6379")
			test.Tap(find[*keyButton](w.popup.Content)[1])
		}, false},
		{"health", true, func(w *Window) {
			s := household()
			s.Visibility.Notes = []string{"3 of 15 listeners belong to processes of other users, which an ordinary user may not look into"}
			w.Update(s)
			w.nav.choose(tabHealth)
		}, false},
		{"settings", false, func(w *Window) {
			s := household()
			s.Visibility.Notes = []string{"3 of 15 listeners belong to processes of other users, which an ordinary user may not look into", "source sockdiag does not work: operation not permitted"}
			w.Update(s)
			w.ShowSettings()
		}, false},
		{"settingsgiven", true, func(w *Window) {
			w.opts.Interval = 5 * time.Second
			w.Update(household())
			m := newMemory(t)
			m.check(m.agent.SetAll(map[string]string{"menu.row": "program port", "tray.title": "all", "scan.interval": "3s"}))
			w.SetMemory(m.window, nil)
			w.ShowSettings()
			w.win.Canvas().Focus(w.settings.tray.row)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := newTestWindow(t)
			w.paint(c.dark)
			if c.big {
				w.win.Canvas().(software.WindowlessCanvas).SetScale(2)
				w.win.Resize(fyne.NewSize(1440, 900))
			}
			c.act(w)
			test.AssertRendersToImage(t, c.name+".png", w.win.Canvas())
		})
	}
}
