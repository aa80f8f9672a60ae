package process

import (
	"errors"
	"os"
	"testing"
	"time"
)

// measures are both ways to measure.
var measures = map[string]func(ID) (*Usage, error){"measure": measure, "portable": portableMeasure}

func TestShare(t *testing.T) {
	at := time.Now()
	before := Usage{ID: ID{7, 8}, At: at, CPU: time.Second}
	after := func(change func(*Usage)) *Usage {
		u := Usage{ID: ID{7, 8}, At: at.Add(2 * time.Second), CPU: 1500 * time.Millisecond}
		change(&u)
		return &u
	}
	cases := []struct {
		name  string
		u     *Usage
		share float64
		ok    bool
	}{
		{"a quarter", after(func(*Usage) {}), 0.25, true},
		{"idle", after(func(u *Usage) { u.CPU = time.Second }), 0, true},
		{"several cores", after(func(u *Usage) { u.CPU = 6 * time.Second }), 2.5, true},
		{"too soon", after(func(u *Usage) { u.At = at.Add(shortest - 1) }), 0, false},
		{"soon enough", after(func(u *Usage) { u.At, u.CPU = at.Add(shortest), time.Second+shortest }), 1, true},
		{"backwards", after(func(u *Usage) { u.At = at.Add(-time.Second) }), 0, false},
		{"less than before", after(func(u *Usage) { u.CPU = 0 }), 0, false},
		{"another pid", after(func(u *Usage) { u.PID = 9 }), 0, false},
		{"another start", after(func(u *Usage) { u.Start = 9 }), 0, false},
		{"unknown", after(func(u *Usage) { u.Missing = map[string]string{FieldCPU: wordUntold.String()} }), 0, false},
	}
	for _, tc := range cases {
		if share, ok := tc.u.Share(&before); share != tc.share || ok != tc.ok {
			t.Errorf("%s: %v, %v", tc.name, share, ok)
		}
	}
	if _, ok := before.Share(cases[len(cases)-1].u); ok {
		t.Error("a share since a reading without the time")
	}
	if _, ok := before.Share(nil); ok {
		t.Error("a share since nothing")
	}
}

// TestMeasureBusyChild compares with what the kernel says of the child at its end.
func TestMeasureBusyChild(t *testing.T) {
	for name, measure := range measures {
		c := start(t, "busy", nil)
		id := idBy(t, measure, c)
		before, err := measure(id)
		must(t, err)
		var u *Usage
		eventually(t, "time on the CPU", func() bool {
			u, err = measure(id)
			must(t, err)
			return u.CPU-before.CPU >= 300*time.Millisecond
		})
		share, ok := u.Share(before)
		if !ok || share <= 0 || share > 1.5 {
			t.Errorf("%s: took %v, %v of a core", name, share, ok)
		}
		c.collect()
		whole := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		if u.CPU > whole+20*time.Millisecond || u.ID != id {
			t.Errorf("%s: %v of %v in all", name, u.CPU, whole)
		}
	}
}

// idBy gives the ID of a child as one way to measure knows it.
func idBy(t *testing.T, measure func(ID) (*Usage, error), c *child) ID {
	t.Helper()
	u, err := measure(ID{PID: c.id.PID})
	must(t, err)
	return u.ID
}

func TestMeasureZombie(t *testing.T) {
	for name, measure := range measures {
		c := start(t, "wait", nil)
		must(t, c.Process.Kill())
		eventually(t, "a zombie", func() bool { f, err := look(c.id.PID); return err == nil && f.ended })
		u, err := measure(ID{PID: c.id.PID})
		must(t, err)
		for _, field := range []string{FieldMemory, FieldThreads, FieldOpenFiles} {
			if u.Missing[field] != wordEnded.String() {
				t.Errorf("%s: %s: %q", name, field, u.Missing[field])
			}
		}
		if u.Memory != 0 || u.Threads != 0 || u.OpenFiles != 0 {
			t.Errorf("%s: got %+v", name, u)
		}
	}
}

func TestMeasureWhatIsGone(t *testing.T) {
	for name, measure := range measures {
		c := start(t, "wait", nil)
		id := idBy(t, measure, c)
		if _, err := measure(ID{id.PID, id.Start + 1}); !errors.Is(err, ErrGone) {
			t.Errorf("%s: another start: %v", name, err)
		}
		c.collect()
		for _, gone := range []ID{id, {PID: id.PID}, {}, {PID: -1}} {
			if u, err := measure(gone); !errors.Is(err, ErrGone) || u != nil {
				t.Errorf("%s: %v: %v, %v", name, gone, u, err)
			}
		}
	}
}

// TestMeasureWhileItVanishes measures as fast as it can while the process ends.
func TestMeasureWhileItVanishes(t *testing.T) {
	c := start(t, "files", nil)
	collected := make(chan struct{})
	go func() {
		c.collect()
		close(collected)
	}()
	eventually(t, "its end", func() bool {
		u, err := Measure(c.id)
		if err == nil && (u.ID != c.id || u.Threads == 0 && u.Missing[FieldThreads] == "" || u.Memory == 0 && u.Missing[FieldMemory] == "") {
			t.Errorf("got %+v", u)
		}
		if err != nil && !errors.Is(err, ErrGone) {
			t.Errorf("got %v", err)
		}
		return err != nil
	})
	<-collected
}

func TestPortableChildren(t *testing.T) {
	first, killed, last := start(t, "wait", nil), start(t, "wait", nil), start(t, "wait", nil)
	must(t, killed.Process.Kill())
	eventually(t, "a zombie", func() bool { f, err := look(killed.id.PID); return err == nil && f.ended })
	me, err := openPortable(os.Getpid())
	must(t, err)
	children, more, whole := me.children()
	if len(children) != 2 || children[0].PID != first.id.PID || children[1].PID != last.id.PID || more != 0 || !whole {
		t.Errorf("got %+v, %d, %v", children, more, whole)
	}
	d, err := portableRead(me.id())
	if err != nil || len(d.Children) != 2 || d.Missing[FieldChildren] != "" {
		t.Errorf("got %+v, %v", d, err)
	}
}
