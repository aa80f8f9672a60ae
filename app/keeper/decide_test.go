package keeper

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/scannertest"
)

// following is a keeper that has seen nothing, and then all of these listen.
func following(t *testing.T, store *history.Store, listeners ...string) (*Keeper, []alerts.Notice) {
	t.Helper()
	k := newKeeper(slog.New(slog.DiscardHandler), 1000, store)
	var why error
	if store == nil {
		why = errors.New("no disk")
	}
	k.begin(why)
	before := &scanner.Snapshot{Time: time.Now()}
	k.update(scanner.Update{Snapshot: before, Baseline: true})
	after := &scanner.Snapshot{Time: time.Now()}
	for _, l := range listeners {
		after.Listeners = append(after.Listeners, scannertest.Listener(t, l))
	}
	k.update(scanner.Update{Snapshot: after, Events: scanner.Diff(before, after)})
	k.due()
	return k, k.TakeNotices()
}

func TestDecideNotice(t *testing.T) {
	for action, want := range map[alerts.Action]history.State{alerts.Allow: history.StateAllowed, alerts.Mute: history.StateMuted} {
		store := open(t, t.TempDir(), history.Agent)
		k, notices := following(t, store, "tcp 0.0.0.0:80 a", "tcp 0.0.0.0:81 b", "tcp [::]:80 a")
		if len(notices) != 1 || k.Unseen() != 2 || !k.IsNew(notices[0]) {
			t.Fatalf("%v, %d", notices, k.Unseen())
		}
		if err := k.DecideNotice(notices[0], action); err != nil {
			t.Fatal(err)
		}
		rules, err := store.Rules()
		if err != nil || len(rules) != 2 || rules[0].Program != "exe:/bin/b" || rules[1].Program != "exe:/bin/a" || rules[1].Action != action || rules[1].Created.IsZero() {
			t.Errorf("%+v, %v", rules, err)
		}
		all, err := store.Alerts("", 0, 0)
		if err != nil || len(all) != 2 || all[0].State != want || all[1].State != want || k.Unseen() != 0 || k.IsNew(notices[0]) {
			t.Errorf("%+v, %v, %d are new", all, err, k.Unseen())
		}
	}
}

// TestWithoutMemory: alerts are new until somebody has dealt with them. A decision holds,
// and it is said that it is not kept.
func TestWithoutMemory(t *testing.T) {
	k, notices := following(t, nil, "tcp 0.0.0.0:80 a", "tcp 0.0.0.0:81 b", "tcp 0.0.0.0:82 c", "tcp [::]:82 c", "tcp 127.0.0.1:83 d")
	if len(notices) != 1 || k.Note() != NoMemory("no disk") || k.Unseen() != 3 || len(k.News()) != 3 {
		t.Fatalf("%v, %q, %d are new", notices, k.Note(), k.Unseen())
	}
	first := k.News()[2]
	if l, open := k.Find(&first); !open || l.Port != 80 || first.Program != "exe:/bin/a" || first.Verdict != alerts.New {
		t.Errorf("%+v, %v", first, open)
	}
	if err := k.Decide(first.ID, alerts.Allow); !errors.Is(err, errNotKept) || k.Unseen() != 2 || !k.IsNew(notices[0]) {
		t.Errorf("%v, %d", err, k.Unseen())
	}
	if err := k.DecideNotice(notices[0], alerts.Mute); !errors.Is(err, errNotKept) || k.Unseen() != 0 || k.IsNew(notices[0]) {
		t.Errorf("%v, %d", err, k.Unseen())
	}
	if until := time.Now().Add(time.Hour); k.Pause(until) != nil || !k.PausedUntil().Equal(until) {
		t.Errorf("paused until %v", k.PausedUntil())
	}
	if rules := k.policy.Rules; len(rules) != 4 || rules[3].Action != alerts.Allow || rules[3].FirstPort != 80 || rules[0].Action != alerts.Mute || rules[0].FirstPort != 82 {
		t.Errorf("%+v", rules)
	}
}

// TestManyWithoutMemory: more than are kept are counted, and their notice stays.
func TestManyWithoutMemory(t *testing.T) {
	var listeners []string
	for port := range 3 * newsKept {
		listeners = append(listeners, fmt.Sprintf("tcp 0.0.0.0:%d a", port+1))
	}
	k, notices := following(t, nil, listeners...)
	news := k.News()
	if len(notices) != 1 || len(news) != newsKept || k.Unseen() != 3*newsKept || !k.IsNew(notices[0]) || news[0].Port != 3*newsKept {
		t.Fatalf("%d notices, %d of %d, new %v", len(notices), len(news), k.Unseen(), k.IsNew(notices[0]))
	}
	if err := k.MarkSeen(news[1].ID); err != nil || k.Unseen() != 3*newsKept-1 {
		t.Errorf("%v, %d", err, k.Unseen())
	}
	if err := k.MarkSeenTo(news[2].ID); err != nil || k.Unseen() != 1 || len(k.News()) != 1 {
		t.Errorf("of all but the newest: %v, %d", err, k.Unseen())
	}
	if err := k.MarkSeenTo(news[0].ID); err != nil || k.Unseen() != 0 || k.IsNew(notices[0]) {
		t.Errorf("%v, %d", err, k.Unseen())
	}
}

// TestMarkSeen: of more alerts than are read the older ones are marked too.
func TestMarkSeen(t *testing.T) {
	var listeners []string
	for port := range newsKept + 10 {
		listeners = append(listeners, fmt.Sprintf("tcp 0.0.0.0:%d a", port+1))
	}
	k, _ := following(t, open(t, t.TempDir(), history.Agent), listeners...)
	news := k.News()
	if len(news) != newsKept || k.Unseen() != newsKept+10 {
		t.Fatalf("%d of %d", len(news), k.Unseen())
	}
	if l, open := k.Find(&news[0]); !open || l.Port != news[0].Port {
		t.Errorf("%v, %v", l, open)
	}
	if err := k.MarkSeen(news[0].ID); err != nil || k.Unseen() != newsKept+9 {
		t.Errorf("%d, %v", k.Unseen(), err)
	}
	if err := k.MarkSeenTo(k.News()[0].ID); err != nil || k.Unseen() != 0 {
		t.Errorf("%d, %v", k.Unseen(), err)
	}
}

// TestNotified: the reason why notifications are not shown outlives the process.
func TestNotified(t *testing.T) {
	store := open(t, t.TempDir(), history.Agent)
	k := New(slog.New(slog.DiscardHandler), store, nil)
	k.Notified(errors.New("no service"))
	k.Close()
	if k := New(slog.New(slog.DiscardHandler), store, nil); k.Note() != wordsNotNotified.With("Reason", "no service") {
		t.Errorf("%q", k.Note())
	} else if k.Notified(nil); k.Note() != "" {
		t.Errorf("%q", k.Note())
	}
}

// TestNotifiedIsStoredInEnglish has a reason that has translations.
func TestNotifiedIsStoredInEnglish(t *testing.T) {
	store, reason := open(t, t.TempDir(), history.Agent), words.Error("notifications are closed")
	t.Cleanup(func() { words.Use("en") })
	if err := words.Use("de"); err != nil {
		t.Fatal(err)
	}
	k := New(slog.New(slog.DiscardHandler), store, nil)
	k.Notified(fmt.Errorf("send notification: %w", reason))
	if stored, err := store.Settings(); err != nil || stored[SettingSilent] != string(reason) {
		t.Errorf("stored is %q, %v", stored[SettingSilent], err)
	}
	if got, want := k.Note(), wordsNotNotified.With("Reason", reason.Error()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWelcomed: the first snapshot is given once, whether the person was welcomed or not.
func TestWelcomed(t *testing.T) {
	for _, welcomed := range []bool{false, true} {
		store := open(t, t.TempDir(), history.Agent)
		if welcomed {
			if err := store.Set(alerts.SettingWelcomed, "true"); err != nil {
				t.Fatal(err)
			}
		}
		k := New(slog.New(slog.DiscardHandler), store, nil)
		k.update(scanner.Update{Snapshot: &scanner.Snapshot{Time: time.Now()}, Baseline: true})
		if first := k.TakeWelcome(); first == nil || k.TakeWelcome() != nil || k.Welcomed() != welcomed {
			t.Errorf("the first snapshot is %v, welcomed %v, want %v", first, k.Welcomed(), welcomed)
		}
	}
}
