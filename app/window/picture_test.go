package window

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

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
	}{
		{"light", false, func(w *Window) { w.Update(household()) }},
		{"dark", true, func(w *Window) { w.Update(household()); w.Show("tcp:[::]:80") }},
		{"empty", false, func(w *Window) { w.Update(snapshot()) }},
		{"nomatch", false, func(w *Window) { w.Update(household()); w.list.search.SetText("cups") }},
		{"hidden", false, func(w *Window) {
			s := household()
			s.Visibility.Notes = []string{"3 of 15 listeners belong to processes of other users, which an ordinary user may not look into"}
			w.Update(s)
			w.Show("tcp:0.0.0.0:445")
			w.list.reach.choose(int(reachNetwork))
		}},
		{"details", false, func(w *Window) { w.Update(household()); w.Show("tcp:127.0.0.1:8080") }},
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
		}},
		{"ports", false, func(w *Window) {
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			w.list.details.scroll.ScrollToBottom()
		}},
		{"hostile", false, func(w *Window) {
			w.Update(hostile())
			w.Show("tcp:0.0.0.0:8080")
		}},
		{"hostiledetails", true, func(w *Window) {
			w.Update(hostile())
			w.AskStop("tcp:0.0.0.0:8080")
		}},
		{"gone", false, func(w *Window) {
			w.Update(household())
			w.Show("tcp:127.0.0.1:8080")
			w.Update(snapshot(listener(scanner.TCP, "0.0.0.0", 22, sshd)))
			w.Fail(errors.New("read sockets: permission denied"))
		}},
		{"stop", false, func(w *Window) { w.Update(household()); w.AskStop("tcp:127.0.0.1:8080") }},
		{"settings", false, func(w *Window) {
			s := household()
			s.Visibility.Notes = []string{"3 of 15 listeners belong to processes of other users, which an ordinary user may not look into", "source sockdiag does not work: operation not permitted"}
			w.Update(s)
			w.ShowSettings()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := newTestWindow(t)
			if c.dark {
				w.opts.App.Settings().SetTheme(variant{newTheme(), theme.VariantDark})
			}
			c.act(w)
			test.AssertRendersToImage(t, c.name+".png", w.win.Canvas())
		})
	}
}
