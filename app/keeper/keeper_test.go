package keeper

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/scannertest"
	"portlight/services"
)

// TestKeeperScripts plays testdata/*.txt on a real store. A line is a scan, a
// second after the one before; one that begins with "&" is of the same scan as the
// next:
//
//	open LISTENER, close LISTENER    what listens; see scannertest.Listener
//	wait [SECONDS]                   nothing happens
//	start                            the agent starts, with what listens then
//	stop                             and ends; what is opened until it starts again was opened meanwhile
//	crash                            the same, but nothing is written or closed any more, as by SIGKILL
//	jump SECONDS                     the clock is set
//	slept SECONDS                    the computer has slept
//	allow N, mute N                  a click on the Nth of the alerts that are new
//	click N, click all               the same, or on the row for all of them: they are seen
//	rule ACTION PROGRAM PORTS [tcp]  by another process; remove is the opposite, of all
//	pause SECONDS                    of alerts
//	loopback                         is told, by another process
//	keep DAYS                        is how long events are kept, by another process
//	seen                             all alerts are, by another process
//	forget [PROGRAM]                 by another process
//	lock                             another program writes to the file, until unlock
//	hide                             the folder of the memory is not there, until show
//	refuse PORT                      the file takes no event of a port, until accept
//	rules                            tells the rules
//	note                             tells what the menu says is wrong
//	menu                             tells the rows of the section New
//	damage                           the file is overwritten while nobody has it
//	unseen                           tells the alerts that are new
//	alerts                           tells all that the store has, the latest first, with their states
//	history                          tells the events, the oldest first
//
// Behind " => " stands what is judged, and what notifications say in brackets.
func TestKeeperScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			playKeeper(t, file)
		})
	}
}

func playKeeper(t *testing.T, file string) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{TB: t, dir: t.TempDir(), now: time.Unix(1_800_000_000, 0).UTC()}
	defer s.stop()
	for n, line := range strings.Split(string(b), "\n") {
		step, want, _ := strings.Cut(line, "=>")
		if step = strings.TrimSpace(step); step == "" || step[0] == '#' {
			continue
		}
		step, more := strings.CutPrefix(step, "& ")
		if got := s.perform(step, more); got != strings.TrimSpace(want) {
			t.Errorf("%s:%d: %s => %s, want %s", file, n+1, step, got, strings.TrimSpace(want))
		}
	}
}

// stage is a computer on which a keeper runs now and then.
type stage struct {
	testing.TB
	dir    string
	now    time.Time
	listen []scanner.Listener
	keeper *Keeper
	last   *scanner.Snapshot // that the keeper has seen
	woke   bool
	locker *sqlite3.Conn
}

// perform does a step and gives what comes of it. With more the scan comes later.
func (s *stage) perform(step string, more bool) string {
	verb, rest, _ := strings.Cut(step, " ")
	rest = strings.TrimSpace(rest)
	elapsed := time.Second
	switch verb {
	case "open":
		s.listen = append(s.listen, scannertest.Listener(s, rest))
	case "close":
		l := scannertest.Listener(s, rest)
		s.listen = slices.DeleteFunc(s.listen, func(o scanner.Listener) bool { return o.Key == l.Key })
	case "wait":
		if rest != "" {
			elapsed = s.seconds(rest)
		}
	case "slept":
		elapsed, s.woke = s.seconds(rest), true
	case "jump":
		s.now = s.now.Add(s.seconds(rest))
	case "start":
		return s.start()
	case "stop":
		s.stop()
		return ""
	case "crash":
		s.crash()
		return ""
	case "damage":
		s.must(os.WriteFile(filepath.Join(s.dir, history.FileName), []byte(strings.Repeat("no database", 1000)), 0o600))
		return ""
	case "lock":
		var err error
		s.locker, err = sqlite3.Open(filepath.Join(s.dir, history.FileName))
		s.must(err)
		s.must(s.locker.Exec("BEGIN IMMEDIATE"))
		return ""
	case "unlock":
		s.must(s.locker.Close())
		return ""
	case "hide":
		s.must(os.Rename(s.dir, s.dir+".hidden"))
		return ""
	case "show":
		s.must(os.Rename(s.dir+".hidden", s.dir))
		return ""
	case "refuse":
		s.execute(fmt.Sprintf(`CREATE TRIGGER refuse_%[1]s BEFORE INSERT ON events WHEN NEW.port = %[1]s BEGIN SELECT RAISE(ABORT, 'refused'); END`, rest))
		return ""
	case "accept":
		s.execute("DROP TRIGGER refuse_" + rest)
		return ""
	case "rules":
		var got []string
		for _, r := range s.keeper.policy.Rules {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Action, r.Program, r.Ports(), r.Where)))
		}
		return strings.Join(got, ", ")
	case "note":
		note, _, _ := strings.Cut(s.keeper.Note(), ":")
		return note
	case "menu":
		return s.menu()
	case "unseen":
		return s.unseen()
	case "alerts":
		return s.alerts()
	case "history":
		return s.history()
	case "allow", "mute", "click", "pause":
		if err := s.click(verb, rest); err != nil && (s.keeper.store != nil || !errors.Is(err, errNotKept)) {
			s.Fatal(err)
		}
		return ""
	default:
		s.decide(verb, strings.Fields(rest))
		return ""
	}
	s.now = s.now.Add(elapsed)
	if more || s.keeper == nil {
		return ""
	}
	return s.scan()
}

func (s *stage) seconds(text string) time.Duration {
	n, err := strconv.Atoi(text)
	s.must(err)
	return time.Duration(n) * time.Second
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// execute changes the file.
func (s *stage) execute(sql string) {
	db, err := sqlite3.Open(filepath.Join(s.dir, history.FileName))
	s.must(err)
	defer db.Close()
	s.must(db.Exec(sql))
}

func (s *stage) start() string {
	open := func() (*history.Store, error) { return history.Open(s.dir, history.Agent, history.Options{}) }
	store, err := open()
	if _, hidden := os.Stat(s.dir); hidden == nil {
		s.must(err)
	}
	s.keeper = newKeeper(slog.New(slog.DiscardHandler), 1000, store)
	s.keeper.now = func() time.Time { return s.now }
	s.keeper.begin(err)
	s.keeper.OpenLater(open)
	s.last, s.now = nil, s.now.Add(time.Second)
	return s.scan()
}

func (s *stage) stop() {
	if s.keeper != nil {
		s.keeper.Close()
		if s.keeper.store != nil {
			s.must(s.keeper.store.Close())
		}
		s.keeper = nil
	}
}

// crash leaves the files as they are at this moment to the agent that starts next: the
// kernel takes the locks of a process away, but this one lives on.
func (s *stage) crash() {
	left := s.TempDir()
	s.must(os.CopyFS(left, os.DirFS(s.dir)))
	s.stop()
	s.dir = left
}

// scan has the keeper see what listens now, as the agent's loop does.
func (s *stage) scan() string {
	s.keeper.followChanges()
	snap := &scanner.Snapshot{Time: s.now, Listeners: slices.Clone(s.listen)}
	slices.SortFunc(snap.Listeners, func(a, b scanner.Listener) int { return a.Compare(b.Key) })
	u := scanner.Update{Snapshot: snap, Baseline: s.last == nil, Woke: s.woke}
	if s.last != nil {
		u.Events = scanner.Diff(s.last, snap)
	}
	s.last, s.woke = snap, false
	js := s.keeper.update(u)
	late, _ := s.keeper.due()
	var got []string
	if first := s.keeper.TakeWelcome(); first != nil {
		title, _ := view.Welcome(first)
		got = append(got, "["+title+"]")
	}
	for _, j := range append(js, late...) {
		got = append(got, toldOf(j))
	}
	for _, n := range s.keeper.TakeNotices() {
		got = append(got, fmt.Sprintf("[%s: %s]", n.Key, view.NewAlert(n, facts()).Title))
	}
	return strings.Join(got, ", ")
}

func toldOf(j alerts.Judgement) string {
	words := []string{j.Event.Op.String(), string(j.Verdict), j.Program}
	if j.Away {
		words = append([]string{"away"}, words...)
	}
	for _, o := range j.Others {
		words = append(words, "+", string(o.Verdict), o.Program)
	}
	return strings.Join(words, " ")
}

// click does what a person decides in the menu.
func (s *stage) click(verb, on string) error {
	k := s.keeper
	switch {
	case verb == "pause":
		return k.Pause(s.now.Add(s.seconds(on)))
	case on == "all":
		return k.MarkSeenTo(k.News()[0].ID)
	}
	n, err := strconv.Atoi(on)
	s.must(err)
	if verb == "click" {
		return k.MarkSeen(k.News()[n-1].ID)
	}
	return k.Decide(k.News()[n-1].ID, alerts.Action(verb))
}

// decide does what a person decides by another process.
func (s *stage) decide(verb string, words []string) {
	other, err := history.Open(s.dir, history.Other, history.Options{})
	s.must(err)
	defer other.Close()
	switch verb {
	case "rule":
		r := alerts.Rule{Action: alerts.Action(words[0]), Program: words[1]}
		s.must(r.SetPorts(words[2]))
		if len(words) > 3 {
			r.Proto = scanner.TCP
		}
		_, _, err := other.PutFirst(r)
		s.must(err)
	case "remove":
		s.must(other.ReplaceRules(nil))
	case "loopback":
		set := alerts.DefaultSettings()
		set.Loopback = true
		s.must(other.SetAll(set.Values()))
	case "keep":
		s.must(other.Set(alerts.SettingKeepDays, words[0]))
	case "seen":
		s.must(other.MarkAllSeen())
	case "forget":
		if len(words) > 0 {
			s.must(other.ForgetProgram(words[0]))
		} else {
			s.must(other.ForgetAll())
		}
	default:
		s.Fatalf("unknown step %q", verb)
	}
}

// facts give ports the names that the system's do, and those that everybody knows.
func facts() view.Facts { return view.Facts{Names: services.Open("")} }

func (s *stage) menu() string {
	var got []string
	for i, a := range s.keeper.News() {
		l, open := s.keeper.Find(&s.keeper.News()[i])
		got = append(got, view.NewsRow(a.ID, a.Program, view.NewRow(l, facts()), open, s.keeper.Settings().Row).Label)
	}
	return strings.Join(got, ", ")
}

func (s *stage) unseen() string {
	all, err := s.keeper.store.Alerts(history.StateNew, 0, 0)
	s.must(err)
	if len(all) != s.keeper.unseen || len(all) != len(s.keeper.news) {
		s.Errorf("the keeper knows of %d and %d", s.keeper.unseen, len(s.keeper.news))
	}
	var got []string
	for _, a := range all {
		got = append(got, fmt.Sprintf("%s %s %d x%d", a.Verdict, a.Program, a.Port, a.Count))
	}
	return strings.Join(got, ", ")
}

func (s *stage) alerts() string {
	all, err := s.keeper.store.Alerts("", 0, 0)
	s.must(err)
	var got []string
	for _, a := range all {
		got = append(got, fmt.Sprintf("%s %s %d x%d", a.State, a.Program, a.Port, a.Count))
	}
	return strings.Join(got, ", ")
}

func (s *stage) history() string {
	all, err := s.keeper.store.Events(history.Query{})
	s.must(err)
	var got []string
	for _, e := range slices.Backward(all) {
		got = append(got, fmt.Sprintf("%s %d", toldOf(e.Judgement), e.Event.Listener.Port))
	}
	return strings.Join(got, ", ")
}
