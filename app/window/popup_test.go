package window

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

// newEditing is a window with a rule in its dialog; what is beside Fyne's goroutine
// waits in the queue.
func newEditing(t *testing.T) (*Window, *memory, *queue) {
	t.Helper()
	w, _, m := newRemembering(t)
	houseRules(m)
	w.MemoryChanged()
	w.ShowAlerts()
	q := &queue{}
	w.alerts.o.spawn = q.spawn
	w.alerts.part.choose(1)
	w.alerts.rules.edit(w.alerts.rules.list.rules[0])
	return w, m, q
}

// TestClosedDialogLeavesOthers has the program be started again while a rule is saved:
// its dialog makes way, and does not close the question that has opened since.
func TestClosedDialogLeavesOthers(t *testing.T) {
	w, _, q := newEditing(t)
	button(t, w.popup.Content, wordSave.String()).OnTapped()
	w.AskStop("tcp:127.0.0.1:8080")
	mine := w.popup
	q.drain()
	if w.popup != mine || mine == nil || !strings.Contains(said(w), "Stop node") {
		t.Errorf("the question is gone: %q", said(w))
	}
}

// TestClosedDialogFails says in the window that a rule was not kept: nobody sees the
// dialog any more.
func TestClosedDialogFails(t *testing.T) {
	w, m, q := newEditing(t)
	button(t, w.popup.Content, wordSave.String()).OnTapped()
	w.Show("tcp:127.0.0.1:8080")
	m.check(m.agent.RemoveRule(w.alerts.rules.list.rules[0].ID))
	q.drain()
	if got := w.alerts.notice.text.Text; !w.alerts.notice.box.Visible() || got != alertsFailed(failedWrite, errRuleGone) {
		t.Errorf("said is %q", got)
	}
}

// TestTypedRuleStays lets nothing that was typed go for what the user has not asked
// for in the dialog, until it is left.
func TestTypedRuleStays(t *testing.T) {
	w, _, _ := newEditing(t)
	note := find[*ruleEntry](w.popup.Content)[2]
	was := note.Text
	note.SetText("The shop, until spring")
	if w.makeWay() || w.popup == nil || !note.Visible() {
		t.Fatal("what was typed is gone")
	}
	note.SetText(was)
	if !w.makeWay() || w.popup != nil {
		t.Error("a dialog with nothing to lose stays")
	}
	w.alerts.rules.edit(w.alerts.rules.list.rules[0])
	find[*ruleEntry](w.popup.Content)[2].SetText("x")
	press(w, fyne.KeyEscape)
	if w.popup != nil || !w.makeWay() {
		t.Error("Esc does not close the dialog")
	}
}
