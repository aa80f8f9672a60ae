package window

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"portlight/app/alerts"
	"portlight/app/history"
)

// menuItem gives the item of a menu whose words contain something, and the number of items.
func menuItem(t testing.TB, m *fyne.Menu, words string) (*fyne.MenuItem, int) {
	t.Helper()
	for _, i := range m.Items {
		if strings.Contains(i.Label, words) {
			return i, len(m.Items)
		}
	}
	t.Fatalf("no item %q", words)
	return nil, 0
}

// left counts the events and the alerts in a memory.
func (m *memory) left() (events, told int) {
	m.t.Helper()
	e, err := m.agent.Events(history.Query{Limit: 1000})
	m.check(err)
	a, err := m.agent.Alerts("", 0, 1000)
	m.check(err)
	return len(e), len(a)
}

// TestForget deletes what is remembered of one program, and then everything, each after a
// question.
func TestForget(t *testing.T) {
	w, m, _ := newPast(t, longDay)
	_, err := m.agent.AddRule(alerts.Rule{Action: alerts.Mute, Program: "exe:/usr/sbin/nginx"}, 0)
	m.check(err)
	p := w.past
	p.lanes.Select(1)
	one, items := menuItem(t, p.forgetMenu(), "nginx")
	if items != 2 {
		t.Errorf("%d items", items)
	}
	one.Action()
	if got := said(w); !strings.Contains(got, "Delete what is remembered of nginx?") || !strings.Contains(got, "Rules, settings") {
		t.Errorf("it asks %q", got)
	}
	press(w, fyne.KeyReturn) // Cancel has the keyboard
	if events, told := m.left(); events != 17 || told != 3 || w.popup != nil {
		t.Fatalf("%d events and %d alerts after Cancel", events, told)
	}
	one.Action()
	button(t, w.popup.Content, wordForget.String()).OnTapped()
	if events, told := m.left(); events != 14 || told != 2 || w.popup != nil || p.notice.text.Text != "What was remembered of nginx is deleted." {
		t.Errorf("%d events, %d alerts, it says %q", events, told, p.notice.text.Text)
	}
	if got := p.names(); got != "avahi-daemon · 5353/udp, node · 8080, sshd · 22" || !strings.HasSuffix(p.foot.Text, ", 14 events") {
		t.Errorf("the lanes are %s, the foot is %q", got, p.foot.Text)
	}
	p.lanes.UnselectAll()
	all, _ := menuItem(t, p.forgetMenu(), wordForgetAll.String())
	all.Action()
	button(t, w.popup.Content, wordForget.String()).OnTapped()
	events, told := m.left()
	rules, err := m.agent.Rules()
	m.check(err)
	if first, err := m.agent.First(); events != 0 || told != 0 || !first || err != nil || len(rules) != 1 || p.names() != "" {
		t.Errorf("%d events, %d alerts, first %v, %v, %d rules; lanes %q", events, told, first, err, len(rules), p.names())
	}
}

// TestForgetFails: the memory is gone meanwhile, or there is none.
func TestForgetFails(t *testing.T) {
	w, m, _ := newPast(t, longDay)
	m.check(m.window.Close())
	w.askForget("", "")
	button(t, w.popup.Content, wordForget.String()).OnTapped()
	if got := w.past.notice.text.Text; !strings.HasPrefix(got, "Not all could be deleted: ") {
		t.Errorf("it says %q", got)
	}
	w.SetMemory(nil, nil)
	if all, items := menuItem(t, w.past.forgetMenu(), wordForgetAll.String()); !all.Disabled || items != 1 {
		t.Errorf("it can be chosen without a memory; %d items", items)
	}
	w.askForget("", "")
	button(t, w.popup.Content, wordForget.String()).OnTapped()
	if got := w.past.notice.text.Text; got != "Not all could be deleted: "+errNoMemory.Error() {
		t.Errorf("it says %q", got)
	}
}
