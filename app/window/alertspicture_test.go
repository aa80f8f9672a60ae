package window

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"portlight/app/alerts"
	"portlight/scanner"
)

// TestAlertPictures compares the Alerts tab with golden pictures, light, dark, and
// dark on a dense screen.
func TestAlertPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		fill func(*memory)
		act  func(testing.TB, *alertsScreen)
	}{
		{"alerts", busyMorning, func(t testing.TB, s *alertsScreen) {
			s.at(t, 80)
			s.decide(alerts.Allow)
			s.at(t, 8080)
		}},
		{"alertsempty", func(*memory) {}, nil},
		{"alertsallseen", func(m *memory) { busyMorning(m); m.check(m.agent.MarkAllSeen()) }, func(_ testing.TB, s *alertsScreen) { s.filter.choose(1) }},
		{"alertshostile", func(m *memory) {
			for _, l := range hostile().Listeners {
				m.tell(l, alerts.New, time.Minute)
			}
		}, func(t testing.TB, s *alertsScreen) {
			s.at(t, 8080)
			s.notice.say(alertsFailed(failedWrite, errors.New(strings.Repeat("another process keeps it locked ", 9))))
		}},
		{"rules", houseRules, func(_ testing.TB, s *alertsScreen) {
			s.part.choose(1)
			s.rules.rows.Select(1)
			s.rules.remove()
			s.rules.rows.Select(0)
			s.rules.rows.take()
		}},
		{"rulesempty", func(*memory) {}, func(_ testing.TB, s *alertsScreen) { s.part.choose(1) }},
		{"ruledialog", houseRules, func(_ testing.TB, s *alertsScreen) {
			s.part.choose(1)
			s.rules.edit(s.rules.list.rules[0])
		}},
		{"ruledialogwrong", houseRules, func(_ testing.TB, s *alertsScreen) {
			s.part.choose(1)
			d := newRuleDialog(s.rules, alerts.Rule{Action: alerts.Mute, Proto: scanner.TCP, Until: morning.Add(time.Hour)}, newPrograms(nil, nil))
			d.program.SetText("nginx")
			d.ports.SetText("80, 8000-8100")
			d.program.SetText("")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory(t)
			c.fill(m)
			s := newAlertsScreen(t, m.window)
			if c.act != nil {
				c.act(t, s)
			}
			s.picture(t, c.name)
		})
	}
	t.Run("nomemory", func(t *testing.T) {
		s := newAlertsScreen(t, nil, func(o *alertsOptions) { o.why = errNoDisk })
		s.picture(t, "alertsnomemory")
	})
}

var errNoDisk = errors.New("cannot be written: the disk is full, or fails; free some space on it")

func (s *alertsScreen) picture(t *testing.T, name string) {
	t.Helper()
	settings, canvas := fyne.CurrentApp().Settings(), s.win.Canvas().(software.WindowlessCanvas)
	test.AssertRendersToImage(t, name+".png", canvas)
	settings.SetTheme(variant{newTheme(), theme.VariantDark})
	test.AssertRendersToImage(t, name+"dark.png", canvas)
	canvas.SetScale(2)
	test.AssertRendersToImage(t, name+"dark2x.png", canvas)
}
