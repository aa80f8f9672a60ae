package process

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestPortableRead(t *testing.T) {
	path := copySelf(t, "a-program-with-a-long-name")
	c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path, cmd.Args = path, []string{"title", "x y"} })
	s, err := portableSummarize(c.id.PID)
	must(t, err)
	if s.PID != c.id.PID || s.Name != "a-program-with-a-long-name" || s.Comm == "" || s.Path != path || s.UID != os.Geteuid() || s.User != UserName(os.Geteuid()) {
		t.Errorf("got %+v", s)
	}
	if age := time.Since(s.Started); age < -2*time.Second || age > time.Minute {
		t.Errorf("started %v ago", age)
	}
	d, err := portableRead(s.ID)
	must(t, err)
	if d.ID != s.ID || d.Name != s.Name || d.Exe != path || d.Deleted || d.Missing[FieldExe] != "" {
		t.Errorf("got %+v", d)
	}
	if d.Missing[FieldArgs] == "" && !slices.Equal(d.Args, c.Args) {
		t.Errorf("arguments %q", d.Args)
	}
	if len(d.Parents) == 0 || d.Parents[0].PID != os.Getpid() || d.Parents[0].Name != filepath.Base(self(t)) {
		t.Errorf("parents %+v", d.Parents)
	}
}

func TestPortableLook(t *testing.T) {
	c := start(t, "wait", nil)
	f, err := portableLook(c.id.PID)
	if err != nil || f.ended || f.uid != os.Geteuid() || f.start == 0 {
		t.Fatalf("got %+v, %v", f, err)
	}
	if exe, err := portableExe(c.id.PID); exe != self(t) || err != nil {
		t.Errorf("got %q, %v", exe, err)
	}
	must(t, c.Process.Kill())
	eventually(t, "a zombie", func() bool { z, err := portableLook(c.id.PID); return err == nil && z.ended })
}

func TestPortableGone(t *testing.T) {
	c := start(t, "wait", nil)
	s, err := portableSummarize(c.id.PID)
	must(t, err)
	if _, err := portableRead(ID{s.PID, s.Start + 1}); !errors.Is(err, ErrGone) {
		t.Errorf("another start: %v", err)
	}
	c.collect()
	_, readErr := portableRead(s.ID)
	_, sumErr := portableSummarize(s.PID)
	_, lookErr := portableLook(s.PID)
	_, exeErr := portableExe(s.PID)
	_, hugeErr := portableSummarize(math.MaxInt32)
	_, zeroErr := portableSummarize(0)
	for i, err := range []error{readErr, sumErr, lookErr, exeErr, hugeErr, zeroErr} {
		if !errors.Is(err, ErrGone) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestPortableNote(t *testing.T) {
	me, failed := os.Geteuid(), errors.New("not implemented yet")
	cases := []struct {
		uid  int
		err  error
		want string
	}{
		{me, nil, ""},
		{me, failed, wordUntold.String()},
		{me, os.ErrPermission, wordProtected.String()},
		{me + 1, failed, "belongs to another user (x)"},
		{unknownUID, failed, wordUntold.String()},
	}
	for _, tc := range cases {
		d := &Details{UID: tc.uid, User: "x", Missing: map[string]string{}}
		if d.portableNote(FieldCwd, tc.err); d.Missing[FieldCwd] != tc.want {
			t.Errorf("%d, %v: %q", tc.uid, tc.err, d.Missing[FieldCwd])
		}
	}
}
