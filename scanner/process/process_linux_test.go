package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"portlight/scanner/codesign"
)

func TestReadOwnChild(t *testing.T) {
	path := copySelf(t, "a-program-with-a-long-name")
	dir, long := t.TempDir(), strings.Repeat("x", 4096)
	c := start(t, "wait", func(cmd *exec.Cmd) {
		cmd.Path, cmd.Dir, cmd.Args = path, dir, []string{"title", "", "a b\n", long, ""}
	})
	d, err := Read(c.id)
	must(t, err)
	if time.Since(d.Started) < 0 || time.Since(d.Started) > time.Minute {
		t.Errorf("started %v", d.Started)
	}
	if len(d.Parents) == 0 || d.Parents[0].PID != os.Getpid() || d.Parents[0].Name != filepath.Base(self(t)) {
		t.Errorf("parents %+v", d.Parents)
	}
	if last := d.Parents[len(d.Parents)-1]; d.Missing[FieldParents] == "" && last.PID != 1 && os.Getppid() != 0 {
		t.Errorf("the last parent is %+v", last)
	}
	want := &Details{
		ID: c.id, Name: "a-program-with-a-long-name", Comm: "a-program-with-", UID: os.Geteuid(), User: UserName(os.Geteuid()),
		Exe: path, Args: c.Args, Cwd: dir, Started: d.Started, Parents: d.Parents, Missing: d.Missing,
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
	for _, field := range []string{FieldUser, FieldExe, FieldArgs, FieldCwd} {
		if why := d.Missing[field]; why != "" {
			t.Errorf("%s: %s", field, why)
		}
	}
	s, err := Summarize(c.id.PID)
	if want := (Summary{c.id, d.Name, "", "", false, d.Comm, path, d.UID, d.User, d.Started, s.Image, codesign.Signature{}}); err != nil || s != want || s.Image == 0 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestReadHostileName(t *testing.T) {
	c := start(t, "hostile", nil)
	d, err := Read(c.id)
	must(t, err)
	if d.Comm != hostileName || d.Name != filepath.Base(self(t)) || d.ID != c.id || d.Parents[0].PID != os.Getpid() {
		t.Errorf("got %+v", d)
	}
}

// TestNameOfALink takes the name of the link that was started, and not one that
// the process only claims.
func TestNameOfALink(t *testing.T) {
	dir := t.TempDir()
	link := dir + "/redis-server"
	must(t, os.Symlink(copySelf(t, "redis-check-rdb"), dir+"/elsewhere"))
	must(t, os.Link(copySelf(t, "redis-check-rdb"), dir+"/redis-check-rdb"))
	must(t, os.Symlink("redis-check-rdb", link))
	for file, want := range map[string]string{link: "redis-server", dir + "/elsewhere": "redis-check-rdb"} {
		c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path = file })
		s, err := Summarize(c.id.PID)
		must(t, err)
		d, err := Read(c.id)
		must(t, err)
		if s.Name != want || d.Name != want || filepath.Base(s.Path) != "redis-check-rdb" {
			t.Errorf("%s: named %q and %q, executable %s, want %q", file, s.Name, d.Name, s.Path, want)
		}
	}
}

func TestReadDeletedExecutable(t *testing.T) {
	path := copySelf(t, "removed")
	c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path = path })
	must(t, os.Remove(path))
	d, err := Read(c.id)
	must(t, err)
	if d.Exe != path || !d.Deleted || d.Name != "removed" || d.Missing[FieldExe] != "" {
		t.Errorf("got %+v", d)
	}
	if s, err := Summarize(c.id.PID); err != nil || s.Path != path {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestReadExecutableThatIsNamedDeleted(t *testing.T) {
	path := copySelf(t, "odd (deleted)")
	c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path = path })
	exe, deleted, err := Exe(c.id.PID)
	if exe != path || deleted || err != nil {
		t.Errorf("there: %q, %v, %v", exe, deleted, err)
	}
	must(t, os.Remove(path))
	exe, deleted, err = Exe(c.id.PID)
	if exe != path || !deleted || err != nil {
		t.Errorf("removed: %q, %v, %v", exe, deleted, err)
	}
}

func TestReadProcessWithoutFirstThread(t *testing.T) {
	c := start(t, "headless", nil)
	if s, err := ReadStat(c.id.PID); err != nil || s.State != 'Z' || s.Ended() {
		t.Fatalf("got %+v, %v", s, err)
	}
	if outcome, err := Stop(t.Context(), c.id, "", patience); outcome != Ended || err != nil {
		t.Errorf("got %v, %v", outcome, err)
	}
}

func TestReadZombie(t *testing.T) {
	c := start(t, "wait", nil)
	must(t, c.Process.Kill())
	eventually(t, "a zombie", func() bool { s, _ := ReadStat(c.id.PID); return s.Ended() })
	d, err := Read(c.id)
	must(t, err)
	if d.Missing[FieldExe] != wordEnded.String() || d.Missing[FieldCwd] != wordEnded.String() || d.Missing[FieldArgs] != wordEnded.String() || d.UID != os.Geteuid() {
		t.Errorf("got %+v", d)
	}
}

func TestReadWhatIsGone(t *testing.T) {
	c := start(t, "wait", nil)
	if _, err := Read(ID{c.id.PID, c.id.Start + 1}); !errors.Is(err, ErrGone) {
		t.Errorf("another start: %v", err)
	}
	if d, err := Read(ID{PID: c.id.PID}); err != nil || d.ID != c.id {
		t.Errorf("unknown start: %+v, %v", d, err)
	}
	c.collect()
	_, readErr := Read(c.id)
	_, sumErr := Summarize(c.id.PID)
	_, statErr := ReadStat(c.id.PID)
	_, _, exeErr := Exe(c.id.PID)
	_, zeroErr := Read(ID{})
	for i, err := range []error{readErr, sumErr, statErr, exeErr, zeroErr} {
		if !errors.Is(err, ErrGone) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestReadWhileItVanishes reads as fast as it can while the process ends: what
// is told is whole, or nothing is.
func TestReadWhileItVanishes(t *testing.T) {
	for range 5 {
		c := start(t, "wait", nil)
		collected := make(chan struct{})
		go func() {
			c.collect()
			close(collected)
		}()
		eventually(t, "its end", func() bool {
			s, sumErr := Summarize(c.id.PID)
			if sumErr == nil && (s.ID != c.id || s.UID != os.Geteuid() || s.Name == "") {
				t.Errorf("got %+v", s)
			}
			d, err := Read(c.id)
			if err == nil && (d.UID != os.Geteuid() || d.Name == "" || len(d.Parents) == 0 && d.Missing[FieldParents] == "") {
				t.Errorf("got %+v", d)
			}
			if err != nil && !errors.Is(err, ErrGone) || sumErr != nil && !errors.Is(sumErr, ErrGone) {
				t.Errorf("got %v, %v", err, sumErr)
			}
			return err != nil
		})
		<-collected
	}
}

// foreigner is a process of another user: for root this one, seen by nobody;
// for anyone else pid 1, or the first that there is.
func foreigner(t *testing.T) (ID, *syscall.SysProcAttr) {
	t.Helper()
	attr := childAttr()
	if os.Geteuid() == 0 && mapped(t, nobody) {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}
		s, err := Summarize(os.Getpid())
		must(t, err)
		return s.ID, attr
	}
	for _, pid := range append([]int{1}, allPIDs(t)...) {
		if s, err := Summarize(pid); err == nil && s.UID != os.Geteuid() {
			return s.ID, attr
		}
	}
	return ID{}, attr
}

// nobody is a user without rights.
const nobody = 65534

// mapped reports whether a user exists in this user namespace, user_namespaces(7).
func mapped(t *testing.T, uid int) bool {
	t.Helper()
	b, err := os.ReadFile("/proc/self/uid_map")
	must(t, err)
	for line := range strings.Lines(string(b)) {
		var inside, outside, count int
		if _, err := fmt.Sscan(line, &inside, &outside, &count); err == nil && uid >= inside && uid-inside < count {
			return true
		}
	}
	return false
}

func allPIDs(t *testing.T) []int {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	must(t, err)
	var pids []int
	for _, d := range dirs {
		if pid, err := strconv.Atoi(filepath.Base(d)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func TestProcessOfAnotherUser(t *testing.T) {
	id, attr := foreigner(t)
	if id.PID == 0 {
		t.Log("every process here belongs to this user: there is no other to look at")
		return
	}
	arg, err := json.Marshal(id)
	must(t, err)
	cmd := exec.Command("/proc/self/exe", string(arg))
	cmd.Env = append(os.Environ(), helperMode+"=foreign")
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = "/", os.Stderr, attr
	out, err := cmd.Output()
	must(t, err)
	var got sight
	must(t, json.Unmarshal(out, &got))
	checkSight(t, id, got)
}

func checkSight(t *testing.T, id ID, got sight) {
	t.Helper()
	st, err := ReadStat(id.PID)
	must(t, err)
	owner := got.Details.User
	for _, field := range []string{FieldExe, FieldCwd} {
		why := got.Details.Missing[field]
		if st.Kernel && why != wordKernel.String() || !st.Kernel && why != "belongs to another user ("+owner+")" {
			t.Errorf("%s: %q", field, why)
		}
	}
	if got.Details.Comm != st.Comm || got.Details.Name == "" || got.Summary.Path != "" || got.Summary.Name != got.Details.Name {
		t.Errorf("got %+v", got)
	}
	if st.Kernel {
		return
	}
	checkUsageFromAbroad(t, owner, got.Usage)
	want := PermissionError{id.PID, owner, "sudo kill " + strconv.Itoa(id.PID)}
	if !got.Denied || got.Denial != want || got.DenialByPath != want {
		t.Errorf("stopping gave %+v and %+v, want %+v", got.Denial, got.DenialByPath, want)
	}
}

func TestStopRefusesTheKernel(t *testing.T) {
	for _, pid := range allPIDs(t) {
		st, err := ReadStat(pid)
		if err != nil || !st.Kernel {
			continue
		}
		if _, err := harmless(ID{pid, st.Start}, ""); !errors.Is(err, ErrRefused) {
			t.Errorf("process %d: %v", pid, err)
		}
		return
	}
}

// fixture makes a proc file system of one process, whose parents are others.
func fixture(t *testing.T, files map[string]string) procfs {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if base := filepath.Base(name); base == "exe" || base == "cwd" {
			must(t, os.Symlink(content, path))
		} else {
			must(t, os.WriteFile(path, []byte(content), 0o644))
		}
	}
	return procfs(root)
}

func TestDetailsOfAFixture(t *testing.T) {
	init := Stat{PID: 1, Comm: "systemd", State: 'S', Threads: 1}
	shell := Stat{PID: 70, Comm: "bash", State: 'S', PPID: 1, Threads: 1, Start: 500}
	prog := Stat{PID: 99, Comm: "gone", State: 'S', PPID: 70, Threads: 1, Start: 900}
	p := fixture(t, map[string]string{
		"1/stat": statLine(init), "70/stat": statLine(shell), "70/exe": "/usr/bin/bash",
		"99/stat": statLine(prog), "99/exe": "/opt/gone away (deleted)", "99/cwd": "/srv/old (deleted)",
		"99/cmdline": "gone\x00--flag\x00",
	})
	d, err := p.details(ID{PID: 99, Start: 900})
	must(t, err)
	user := UserName(os.Geteuid())
	want := &Details{
		ID: ID{99, 900}, Name: "gone away", Comm: "gone", User: user, UID: os.Geteuid(), Exe: "/opt/gone away", Deleted: true,
		Args: []string{"gone", "--flag"}, Cwd: "/srv/old (deleted)", Started: d.Started,
		Parents: []Relative{{ID{70, 500}, "bash", user}, {ID{PID: 1}, "systemd", user}}, Missing: map[string]string{},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
}

func TestDetailsWithoutFacts(t *testing.T) {
	kernel := statLine(Stat{PID: 9, Comm: "kthreadd", State: 'S', Kernel: true, Threads: 1, Start: 1})
	plain := statLine(Stat{PID: 9, Comm: "plain", State: 'S', Threads: 1, Start: 1})
	cases := []struct {
		name  string
		files map[string]string
		want  map[string]string
	}{
		{"kernel", map[string]string{"9/stat": kernel, "9/cmdline": ""}, map[string]string{"exe": wordKernel.String(), "cwd": wordKernel.String(), "args": wordKernel.String()}},
		{"unknown", map[string]string{"9/stat": plain}, map[string]string{"exe": wordUntold.String(), "cwd": wordUntold.String(), "args": wordUntold.String()}},
		{"no arguments", map[string]string{"9/stat": plain, "9/cmdline": "", "9/exe": "/a", "9/cwd": "/"}, map[string]string{"args": wordNone.String()}},
		{"endless arguments", map[string]string{"9/stat": plain, "9/cmdline": strings.Repeat("x", maxArgs+1), "9/exe": "/a", "9/cwd": "/"}, map[string]string{"args": wordCut.String()}},
	}
	for _, tc := range cases {
		d, err := fixture(t, tc.files).details(ID{PID: 9})
		if err != nil || !reflect.DeepEqual(d.Missing, tc.want) {
			t.Errorf("%s: %v, %v", tc.name, d, err)
		}
	}
}

func TestDetailsOfMalformedState(t *testing.T) {
	p := fixture(t, map[string]string{"9/stat": "9 (x", "8/exe": "/x"})
	if _, err := p.details(ID{PID: 9}); !errors.Is(err, errStat) {
		t.Errorf("malformed: %v", err)
	}
	if _, err := p.summary(8); !errors.Is(err, ErrGone) {
		t.Errorf("no state: %v", err)
	}
}

func TestWhyHidden(t *testing.T) {
	me := os.Geteuid()
	for uid, want := range map[int]string{me: wordProtected.String(), me + 1: "belongs to another user (x)"} {
		if got := whyHidden(uid, "x"); got != want {
			t.Errorf("%d: %q", uid, got)
		}
	}
	if got := foreignWords(""); got != "belongs to another user" {
		t.Errorf("without a name: %q", got)
	}
}

func TestParseArgs(t *testing.T) {
	cases := []struct {
		name, in string
		want     []string
	}{
		{"none", "", nil},
		{"wiped", "\x00\x00\x00", nil},
		{"one", "sh\x00", []string{"sh"}},
		{"empty ones", "sh\x00\x00-c\x00\x00", []string{"sh", "", "-c", ""}},
		{"empty name", "\x00x\x00", []string{"", "x"}},
		{"a title and its padding", "nginx: worker process\x00\x00\x00\x00", []string{"nginx: worker process"}},
		{"a title without an end", "postgres: checkpointer", []string{"postgres: checkpointer"}},
		{"cut", "a\x00b", []string{"a", "b"}},
	}
	for _, tc := range cases {
		if got := parseArgs([]byte(tc.in)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q", tc.name, got)
		}
	}
}

func FuzzParseArgs(f *testing.F) {
	f.Add([]byte("sh\x00-c\x00\x00"))
	f.Add([]byte("title\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		args := parseArgs(b)
		joined := strings.Join(args, "\x00")
		if !strings.HasPrefix(string(b), joined) || strings.Trim(string(b)[len(joined):], "\x00") != "" {
			t.Errorf("%q became %q", b, args)
		}
	})
}

func BenchmarkReadStat(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadStat(os.Getppid()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSummarize(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Summarize(os.Getppid()); err != nil {
			b.Fatal(err)
		}
	}
}
