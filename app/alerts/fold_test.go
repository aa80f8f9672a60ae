package alerts

import (
	"strconv"
	"testing"
	"time"

	"portlight/scanner"
	"portlight/scanner/scannertest"
)

func alert(v Verdict, port int) Judgement {
	l := scanner.Listener{Key: scanner.Key{Proto: scanner.TCP, Port: uint16(port)}}
	return Judgement{Event: scanner.Event{Op: scanner.Opened, Listener: l}, Verdict: v, Program: "exe:/bin/a"}
}

// TestFold tells the first alert at once, and what follows soon by the same notice,
// once a second at most.
func TestFold(t *testing.T) {
	var f Folder
	start := time.Unix(1000, 0)
	steps := []struct {
		after time.Duration
		add   []Judgement
		key   string // of the notice that is due, "" for none
		tells int
		next  time.Duration
	}{
		{0, []Judgement{alert(New, 1), alert(Known, 2), alert(Paused, 3)}, "alert-1", 1, 0},
		{100 * time.Millisecond, []Judgement{alert(New, 4)}, "", 0, time.Second},
		{900 * time.Millisecond, []Judgement{alert(Wider, 5)}, "", 0, time.Second},
		{time.Second, nil, "alert-1", 3, 0},
		{1100 * time.Millisecond, nil, "", 0, 0},
		{5 * time.Second, []Judgement{alert(New, 6)}, "alert-1", 4, 0},
		{10 * time.Second, []Judgement{alert(New, 7)}, "alert-1", 5, 0},
		{16 * time.Second, []Judgement{alert(New, 8)}, "alert-2", 1, 0},
		{-time.Hour, []Judgement{alert(New, 9)}, "alert-3", 1, 0},
	}
	for i, s := range steps {
		now := start.Add(s.after)
		f.Add(s.add, now)
		due, next := f.Take(now)
		key, tells := "", 0
		for _, n := range due {
			key, tells = n.Key, len(n.Judgements)
		}
		if len(due) > 1 || key != s.key || tells != s.tells {
			t.Errorf("step %d: %+v", i, due)
		}
		if want := start.Add(s.next); s.next == 0 && !next.IsZero() || s.next != 0 && !next.Equal(want) {
			t.Errorf("step %d: next at %v", i, next)
		}
	}
}

// TestExposedStandsApart: so does what began while nobody watched.
func TestExposedStandsApart(t *testing.T) {
	var f Folder
	away := alert(New, 3)
	away.Away = true
	f.Add([]Judgement{alert(New, 1), away, alert(Exposed, 2), alert(New, 4)}, time.Unix(1000, 0))
	due, _ := f.Take(time.Unix(1000, 0))
	if len(due) != 3 || due[0].Judgements[0].Verdict != Exposed || !due[1].Away || len(due[2].Judgements) != 2 || due[2].Away {
		t.Errorf("due: %+v", due)
	}
}

// TestFoldOfManyIsBounded: what lasts for long begins anew, and counts what it cannot
// keep.
func TestFoldOfManyIsBounded(t *testing.T) {
	var f Folder
	now := time.Unix(1000, 0)
	keys, told := map[string]bool{}, 0
	for i := range 300 {
		for range 50 {
			f.Add([]Judgement{alert(New, 1+i)}, now)
		}
		due, _ := f.Take(now)
		for _, n := range due {
			if keys[n.Key] = true; len(n.Judgements) > maxFolded {
				t.Fatalf("%d judgements", len(n.Judgements))
			}
			told = len(n.Judgements) + n.More
		}
		now = now.Add(time.Second)
	}
	if len(keys) != 5 || told < 2500 || told > 3100 {
		t.Errorf("%d notices, the last of %d", len(keys), told)
	}
}

// busyJudge knows ten thousand programs and has twenty rules; the event is of one of them.
func busyJudge() (*Judge, scanner.Event) {
	j := NewJudge(1000)
	for i := range 10_000 {
		j.known[Fingerprint{"exe:/usr/lib/programs/" + strconv.Itoa(i), scanner.TCP, uint16(i), ReachIPv4}] = span{}
	}
	for i := range 20 {
		j.policy.Rules = append(j.policy.Rules, Rule{Action: Mute, Program: "exe:/opt/" + strconv.Itoa(i), Proto: scanner.TCP})
	}
	return j, scanner.Event{Op: scanner.Opened, Time: time.Unix(1, 0), Listener: scanner.Listener{
		Key:    scanner.Key{Proto: scanner.TCP, Port: 7},
		Owners: []scanner.Process{{Name: "7", Path: "/usr/lib/programs/1.2.3/7"}},
	}}
}

func BenchmarkJudge(b *testing.B) {
	j, e := busyJudge()
	b.ReportAllocs()
	for b.Loop() {
		j.Judge(e)
	}
}

// TestJudgeIsFast: an event takes less than ten microseconds, at the best of some times:
// others may have the processor meanwhile.
func TestJudgeIsFast(t *testing.T) {
	const each = 20
	j, e := busyJudge()
	fastest := time.Hour
	for range 500 {
		began := time.Now()
		for range each {
			j.Judge(e)
		}
		fastest = min(fastest, time.Since(began)/each)
	}
	if most := 10 * time.Microsecond * raceSlows; fastest > most {
		t.Errorf("an event takes %v, at most %v", fastest, most)
	}
}

func TestOneClickRule(t *testing.T) {
	l := scannertest.Listener(t, "tcp 0.0.0.0:80 nginx")
	other := scannertest.Listener(t, "tcp [::]:81 nginx")
	moved := scannertest.Listener(t, "tcp 0.0.0.0:40000 test ephemeral")
	again := scannertest.Listener(t, "tcp 0.0.0.0:50000 test ephemeral")
	now := time.Unix(1, 0)
	r, e := RuleFor(Allow, &l, "exe:/bin/nginx", now), RuleFor(Mute, &moved, "exe:/bin/test", now)
	if !r.Covers(&l, "exe:/bin/nginx", now) || r.Covers(&l, "exe:/bin/nc", now) || r.Covers(&other, "exe:/bin/nginx", now) {
		t.Errorf("covers otherwise: %+v", r)
	}
	if !e.Covers(&again, "exe:/bin/test", now) || e.Covers(&l, "exe:/bin/test", now) {
		t.Errorf("covers otherwise: %+v", e)
	}
}

func TestSettingsAreKept(t *testing.T) {
	s := Settings{Loopback: true, Paused: time.Unix(1e9, 0).UTC(), KeepDays: 7, KeepEvents: 5000, Interval: 250 * time.Millisecond, Row: ProgramPort, Title: TitleReachable}
	if got, problems := ParseSettings(s.Values()); got != s || problems != nil {
		t.Errorf("%+v, %v", got, problems)
	}
	got, problems := ParseSettings(map[string]string{
		SettingKeepDays: "0", SettingKeepEvents: "1e9", keyLoopback: "perhaps", SettingPaused: "soon", keyEphemeral: "false", "other": "x",
	})
	want := DefaultSettings()
	want.Ephemeral = false
	if got != want || len(problems) != 4 {
		t.Errorf("%+v, %v", got, problems)
	}
}

// TestEndedBeforeTold: what has ended before it was told is not, what was told stays.
func TestEndedBeforeTold(t *testing.T) {
	var f Folder
	now := time.Unix(1000, 0)
	f.Add([]Judgement{alert(New, 1)}, now)
	told, _ := f.Take(now)
	f.Add([]Judgement{alert(New, 2), alert(New, 3)}, now)
	f.Drop(alert(New, 2).Event.Listener.Key)
	due, _ := f.Take(now.Add(time.Second))
	if len(told) != 1 || len(told[0].Judgements) != 1 || len(due) != 1 || len(due[0].Judgements) != 2 || due[0].Judgements[1].Event.Listener.Port != 3 {
		t.Errorf("told %+v, then %+v", told, due)
	}
	f = Folder{}
	f.Add([]Judgement{alert(New, 4)}, now)
	f.Drop(alert(New, 4).Event.Listener.Key)
	if due, next := f.Take(now); len(due) > 0 || !next.IsZero() {
		t.Errorf("told: %+v", due)
	}
}

// TestNoticeIsNotChanged: what is added or dropped later changes no notice that was
// given.
func TestNoticeIsNotChanged(t *testing.T) {
	var f Folder
	now := time.Unix(1000, 0)
	f.Add([]Judgement{alert(New, 1), alert(New, 2)}, now)
	told, _ := f.Take(now)
	f.Add([]Judgement{alert(New, 3)}, now)
	f.Drop(alert(New, 1).Event.Listener.Key)
	if js := told[0].Judgements; len(js) != 2 || js[0].Event.Listener.Port != 1 || js[1].Event.Listener.Port != 2 {
		t.Errorf("it tells %+v now", js)
	}
}

func TestNoticeIsGone(t *testing.T) {
	a, b := alert(New, 1), alert(New, 2)
	n := Notice{Judgements: []Judgement{a, b}}
	stands := &scanner.Snapshot{Listeners: []scanner.Listener{b.Event.Listener}}
	if n.Gone(stands) || !n.Gone(&scanner.Snapshot{}) {
		t.Error("one of two listeners stands, or none")
	}
	if n.More = 1; n.Gone(&scanner.Snapshot{}) {
		t.Error("of the one that is not kept nobody knows")
	}
}
