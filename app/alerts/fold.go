package alerts

import (
	"slices"
	"strconv"
	"time"

	"portlight/scanner"
)

// How alerts fold into one notification.
const (
	foldFor    = 5 * time.Second // what follows so soon is told by the same notification
	foldMost   = time.Minute     // for so long at most
	updateLeft = time.Second     // between two updates of a notification at least
	maxFolded  = 200             // judgements that a notification keeps; the others are counted
)

// Notice is what one notification tells.
type Notice struct {
	Key        string      // names the notification: another notice with the same key takes its place
	Judgements []Judgement // in their order, at most maxFolded of them
	More       int         // judgements beyond those
	Away       bool        // it tells what began while nobody watched
}

// Gone reports whether no listener of a notice is left in a snapshot. Of one that tells
// of more than it keeps nobody knows.
func (n Notice) Gone(s *scanner.Snapshot) bool {
	return n.More == 0 && !slices.ContainsFunc(n.Judgements, func(j Judgement) bool {
		_, stands := s.Find(j.Event.Listener.Key)
		return stands
	})
}

// Folder gathers judgements that alert into notices: the first alert is told at once,
// what follows soon updates its notice. What became exposed stands apart from the
// rest, and so does what began while nobody watched. It is not safe for concurrent
// use.
type Folder struct {
	notices int
	bursts  [3]burst
}

// The bursts of a folder.
const (
	burstExposed = iota
	burstAway
	burstOther
)

// burst is a notice that more may be added to.
type burst struct {
	notice Notice
	began  time.Time
	grew   time.Time // when the last judgement came
	told   time.Time // zero before
	untold bool      // it has grown since
	ended  bool
}

// Add takes judgements over. Those that do not alert are left out.
func (f *Folder) Add(js []Judgement, now time.Time) {
	for _, j := range js {
		if j.Verdict.Alerts() {
			f.add(&f.bursts[burstOf(j)], j, now)
		}
	}
}

func burstOf(j Judgement) int {
	switch {
	case j.Verdict == Exposed:
		return burstExposed
	case j.Away:
		return burstAway
	}
	return burstOther
}

func (f *Folder) add(b *burst, j Judgement, now time.Time) {
	if b.over(now) {
		f.notices++
		*b = burst{notice: Notice{Key: "alert-" + strconv.Itoa(f.notices), Away: burstOf(j) == burstAway}, began: now}
	}
	b.grew, b.untold = now, true
	if len(b.notice.Judgements) < maxFolded {
		b.notice.Judgements = append(b.notice.Judgements, j)
	} else {
		b.notice.More++
	}
}

// over reports whether nothing more is added to a notice, also after the clock was
// set back. What it has not told yet it tells first.
func (b *burst) over(now time.Time) bool {
	long := now.Before(b.began) || now.Sub(b.grew) > foldFor || now.Sub(b.began) > foldMost
	return b.notice.Key == "" || !b.untold && (b.ended || long)
}

// End has nothing more added to the notices that there are: a person has dealt with
// them. With a key it is about that notice only.
func (f *Folder) End(key string) {
	for i := range f.bursts {
		if b := &f.bursts[i]; key == "" || b.notice.Key == key {
			b.ended = true
		}
	}
}

// Drop takes a listener that has ended out of what is told from now on.
func (f *Folder) Drop(k scanner.Key) {
	for i := range f.bursts {
		b := &f.bursts[i]
		js := slices.DeleteFunc(slices.Clone(b.notice.Judgements), func(j Judgement) bool { return j.Event.Listener.Key == k })
		if b.notice.Judgements = js; len(js) == 0 && b.notice.More == 0 {
			*b = burst{}
		}
	}
}

// Take gives the notices that are to be shown now, the most urgent first, and when to
// ask again (zero: no need).
func (f *Folder) Take(now time.Time) (due []Notice, next time.Time) {
	for i := range f.bursts {
		b := &f.bursts[i]
		if !b.untold {
			continue
		}
		at := b.told.Add(updateLeft)
		if at.After(now) && !now.Before(b.told) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			continue
		}
		b.told, b.untold = now, false
		due = append(due, b.notice)
	}
	return due, next
}
