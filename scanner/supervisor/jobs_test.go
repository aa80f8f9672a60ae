package supervisor

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portlight/scanner/process"
	"portlight/scanner/supervisor/launchd"
)

const sshJob = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>Label</key><string>com.openssh.sshd</string>
<key>Disabled</key><true/>
<key>Program</key><string>/usr/libexec/sshd-keygen-wrapper</string>
<key>Sockets</key><dict><key>Listeners</key><dict><key>SockServiceName</key><string>22</string></dict></dict>
</dict></plist>`

// TestJobManager reads a job as it lies on a Mac.
func TestJobManager(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "System/Library/LaunchDaemons")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "ssh.plist"), []byte(sshJob), 0o600); err != nil {
		t.Fatal(err)
	}
	jobs := launchd.NewIndex(launchd.Options{Root: root}).Read()
	want := Manager{Kind: Activated, By: "launchd", Unit: "com.openssh.sshd", Starts: "sshd-keygen-wrapper"}
	if got := jobManager(jobs.Find("tcp", netip.IPv4Unspecified(), 22)); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := jobManager(jobs.Find("tcp", netip.IPv4Unspecified(), 23)); got != (Manager{}) {
		t.Errorf("a port of no job is that of %+v", got)
	}
	several := []launchd.Job{{Label: "b", Arguments: []string{"/bin/two"}}, {Label: "a", Program: "/bin/one"}, {Label: "a", Program: "/bin/one"}}
	if got := jobManager(several); got.Unit != "a, b" || got.Starts != "one, two" {
		t.Errorf("of several: %+v", got)
	}
}

func TestHeldByLaunchd(t *testing.T) {
	for pid, want := range map[int]bool{1: true, 2: false} {
		if got := heldByLaunchd(Socket{Holders: []Holder{{ID: process.ID{PID: pid}}}}); got != want {
			t.Errorf("pid %d: %v", pid, got)
		}
	}
	if heldByLaunchd(Socket{}) {
		t.Error("a socket without holders is launchd's")
	}
}

func TestSameJobs(t *testing.T) {
	index := launchd.NewIndex(launchd.Options{Root: t.TempDir()})
	daemons := func(m map[string]bool) launchd.Overrides { return launchd.Overrides{Daemons: m} }
	one := &jobs{index.Read(), daemons(map[string]bool{"a": true})}
	for name, c := range map[string]struct {
		before, after *jobs
		want          bool
	}{
		"read again":      {one, &jobs{index.Read(), daemons(map[string]bool{"a": true})}, true},
		"first":           {nil, one, false},
		"switched on":     {one, &jobs{index.Read(), daemons(map[string]bool{"a": false})}, false},
		"not known":       {one, &jobs{index.Read(), launchd.Overrides{}}, false},
		"none, not known": {&jobs{index.Read(), daemons(map[string]bool{})}, &jobs{index.Read(), launchd.Overrides{}}, true},
		"an agent":        {one, &jobs{index.Read(), launchd.Overrides{Daemons: one.disabled.Daemons, Agents: map[string]bool{"a": true}}}, false},
		"other files":     {one, &jobs{&launchd.Jobs{}, one.disabled}, false},
	} {
		if got := c.before.same(c.after); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNotesOfJobs(t *testing.T) {
	denied := launchd.Note{Path: "/L/a.plist", Err: &fs.PathError{Op: "open", Path: "/L/a.plist", Err: fs.ErrPermission}}
	long := launchd.Note{Path: strings.Repeat("p", 999), Err: errors.New(strings.Repeat("e", 999))}
	for _, c := range []struct {
		jobs *jobs
		want []string
	}{
		{nil, nil},
		{&jobs{&launchd.Jobs{}, launchd.Overrides{}}, nil},
		{&jobs{&launchd.Jobs{Notes: []launchd.Note{denied}}, launchd.Overrides{}}, []string{"jobs of launchd are not known: /L/a.plist: permission denied"}},
		{&jobs{&launchd.Jobs{Notes: []launchd.Note{denied, long, long}}, launchd.Overrides{}},
			[]string{"jobs of launchd are not known: /L/a.plist: permission denied; nor are 2 other files read"}},
		{&jobs{&launchd.Jobs{Notes: []launchd.Note{long}}, launchd.Overrides{}},
			[]string{"jobs of launchd are not known: " + long.Path[:maxName] + ": " + long.Err.Error()[:maxName]}},
	} {
		if got := c.jobs.notes(); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
