package process

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestParentsThatBreakOff(t *testing.T) {
	at := func(pid, ppid int, start uint64) string {
		return statLine(Stat{PID: pid, Comm: "p", State: 'S', PPID: ppid, Threads: 1, Start: start})
	}
	cases := []struct {
		name  string
		files map[string]string
		pids  []int
		whole bool
	}{
		{"no parent", map[string]string{"9/stat": at(9, 0, 50)}, nil, true},
		{"parent hidden", map[string]string{"9/stat": at(9, 8, 50)}, []int{8}, false},
		{"malformed parent", map[string]string{"9/stat": at(9, 8, 50), "8/stat": "8 (x"}, []int{8}, false},
		{"pid used again", map[string]string{"9/stat": at(9, 8, 50), "8/stat": at(8, 1, 51)}, []int{8}, false},
		{"circle", map[string]string{"9/stat": at(9, 9, 50)}, slices.Repeat([]int{9}, maxParents), false},
	}
	for _, tc := range cases {
		d, err := fixture(t, tc.files).details(ID{PID: 9})
		must(t, err)
		var pids []int
		for _, a := range d.Parents {
			pids = append(pids, a.PID)
		}
		if whole := d.Missing[FieldParents] == ""; !slices.Equal(pids, tc.pids) || whole != tc.whole {
			t.Errorf("%s: %v, %v", tc.name, pids, d.Missing)
		}
	}
}

func TestChildren(t *testing.T) {
	first, killed, last := start(t, "wait", nil), start(t, "wait", nil), start(t, "wait", nil)
	must(t, killed.Process.Kill())
	eventually(t, "a zombie", func() bool { s, _ := ReadStat(killed.id.PID); return s.Ended() })
	d, err := Read(ID{PID: os.Getpid()})
	must(t, err)
	name, user := filepath.Base(self(t)), UserName(os.Geteuid())
	want := []Relative{{first.id, name, user}, {last.id, name, user}}
	if !slices.Equal(d.Children, want) || d.MoreChildren != 0 || d.Missing[FieldChildren] != "" {
		t.Errorf("got %+v and %d more, %v", d.Children, d.MoreChildren, d.Missing)
	}
}

// family is a fixture of process 9 with children whose pids are in another order
// than their age.
func family(t *testing.T, count int) map[string]string {
	t.Helper()
	files := map[string]string{"9/stat": statLine(Stat{PID: 9, Comm: "parent", State: 'S', Threads: 1, Start: 5})}
	for i := range count {
		pid := 1000 - i
		files[fmt.Sprintf("%d/stat", pid)] = statLine(Stat{PID: pid, Comm: fmt.Sprint("c", i), State: 'S', PPID: 9, Threads: 1, Start: uint64(10 + i)})
	}
	return files
}

func TestManyChildren(t *testing.T) {
	for _, count := range []int{0, 1, maxChildren, maxChildren + 1, maxChildren + 30} {
		d, err := fixture(t, family(t, count)).details(ID{PID: 9})
		must(t, err)
		if len(d.Children) != min(count, maxChildren) || d.MoreChildren != count-len(d.Children) || d.Missing[FieldChildren] != "" {
			t.Errorf("%d: %d and %d more, %v", count, len(d.Children), d.MoreChildren, d.Missing)
		}
		for i, c := range d.Children {
			if want := (ID{1000 - i, uint64(10 + i)}); c.ID != want || c.Name != fmt.Sprint("c", i) {
				t.Errorf("%d: child %d is %+v", count, i, c)
			}
		}
	}
}

func TestChildrenThatCannotBeRead(t *testing.T) {
	files := family(t, 2)
	files["50/stat"], files["51/comm"], files["x/stat"] = "50 (x", "gone", "no process"
	d, err := fixture(t, files).details(ID{PID: 9})
	must(t, err)
	if len(d.Children) != 2 || d.Missing[FieldChildren] != wordChildren.String() {
		t.Errorf("got %+v, %v", d.Children, d.Missing)
	}
	if children, more, whole := procfs("/nowhere").children(9); children != nil || more != 0 || whole {
		t.Errorf("without a list: %v, %d, %v", children, more, whole)
	}
}
