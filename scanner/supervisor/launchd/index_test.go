package launchd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// disk is the folders of a computer, all changed long ago unless said.
type disk struct {
	testing.TB
	root string
	time time.Time
}

func newDisk(t *testing.T) *disk {
	return &disk{t, t.TempDir(), time.Now().Add(-time.Hour).Truncate(time.Second)}
}

const daemons = "Library/LaunchDaemons"

// put writes a file; changed moves the times of it and of its folder on.
func (d *disk) put(folder, name string, b []byte) {
	d.Helper()
	dir := filepath.Join(d.root, folder)
	must(d, os.MkdirAll(dir, 0o755))
	must(d, os.WriteFile(filepath.Join(dir, name), b, 0o644))
	d.touch(folder, name)
	d.touch(folder)
}

// touch gives a file or folder a time of change of its own.
func (d *disk) touch(path ...string) {
	d.Helper()
	d.time = d.time.Add(time.Second)
	must(d, os.Chtimes(filepath.Join(d.root, filepath.Join(path...)), d.time, d.time))
}

func (d *disk) index() *Index {
	return NewIndex(Options{Root: d.root, Home: filepath.Join(d.root, "Users/u"), Ports: ports})
}

func expect(t *testing.T, when string, j *Jobs, want ...string) {
	t.Helper()
	if got := labels(j.all); !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", when, got, want)
	}
}

func TestIndex(t *testing.T) {
	d := newDisk(t)
	listener := socketOf("SockServiceName", "8021")
	d.put("System/Library/LaunchDaemons", "ssh.plist", job(sshJob))
	d.put("System/Library/LaunchDaemons", "quiet.plist", job("<key>Label</key><string>quiet</string>"))
	d.put("System/Library/LaunchDaemons", "readme.txt", labelled("text", listener))
	d.put("System/Library/LaunchAgents", "a.plist", labelled("a", listener))
	d.put(daemons, "b.plist", labelled("b", listener))
	d.put("Users/u/Library/LaunchAgents", "c.plist", labelled("c", listener))
	jobs := d.index().Read()
	expect(t, "first", jobs, "com.openssh.sshd", "a", "b", "c")
	for i, agent := range []bool{false, true, false, true} {
		if jobs.all[i].Agent != agent {
			t.Errorf("%+v", jobs.all[i])
		}
	}
	if want := filepath.Join(d.root, "System/Library/LaunchDaemons/ssh.plist"); jobs.all[0].Path != want || len(jobs.Notes) != 0 {
		t.Errorf("got %q, notes %v", jobs.all[0].Path, jobs.Notes)
	}
	expect(t, "no home", NewIndex(Options{Root: d.root}).Read(), "com.openssh.sshd", "a", "b")
}

// TestIndexReadsAgainWhatChanged looks into the files only when the times say so.
func TestIndexReadsAgainWhatChanged(t *testing.T) {
	d := newDisk(t)
	one := labelled("one", socketOf("SockServiceName", "1"))
	two := labelled("two", socketOf("SockServiceName", "1"))
	d.put(daemons, "x.plist", one)
	x := d.index()
	expect(t, "first", x.Read(), "one")
	path := filepath.Join(d.root, daemons, "x.plist")
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.WriteFile(path, two, 0o644))
	must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	d.touch(daemons)
	expect(t, "the file has its old time", x.Read(), "one")
	d.touch(daemons, "x.plist")
	expect(t, "the folder has its old time", x.Read(), "one")
	d.touch(daemons)
	expect(t, "both are new", x.Read(), "two")
	must(t, os.Remove(path))
	d.touch(daemons)
	expect(t, "removed", x.Read())
	must(t, os.RemoveAll(filepath.Join(d.root, daemons)))
	expect(t, "no folder", x.Read())
	d.put(daemons, "x.plist", one)
	expect(t, "back again", x.Read(), "one")
}

// TestIndexOfFreshFolder trusts no time that may not have moved with a change.
func TestIndexOfFreshFolder(t *testing.T) {
	d := newDisk(t)
	d.put(daemons, "x.plist", labelled("one", socketOf("SockServiceName", "1")))
	x, now := d.index(), time.Now().Add(time.Minute)
	dir, path := filepath.Join(d.root, daemons), filepath.Join(d.root, daemons, "x.plist")
	for _, label := range []string{"two", "six"} {
		must(t, os.WriteFile(path, labelled(label, socketOf("SockServiceName", "1")), 0o644))
		must(t, os.Chtimes(path, now, now))
		must(t, os.Chtimes(dir, now, now))
		f := x.folders[2]
		f.refresh(now.Add(time.Second))
		if got := f.jobs(); len(got) != 1 || got[0].Label != label {
			t.Errorf("got %+v, want %s", got, label)
		}
	}
}

// TestIndexOfHalfAFile reads a file again when it has been written to the end,
// which does not change its folder.
func TestIndexOfHalfAFile(t *testing.T) {
	d := newDisk(t)
	whole := labelled("one", socketOf("SockServiceName", "1"))
	d.put(daemons, "x.plist", whole[:len(whole)/2])
	d.put(daemons, "y.plist", labelled("y", socketOf("SockServiceName", "2")))
	x := d.index()
	for range 2 {
		jobs := x.Read()
		expect(t, "half", jobs, "y")
		if len(jobs.Notes) != 1 || filepath.Base(jobs.Notes[0].Path) != "x.plist" || !errors.Is(jobs.Notes[0].Err, errFormat) {
			t.Fatalf("notes %v", jobs.Notes)
		}
	}
	must(t, os.WriteFile(filepath.Join(d.root, daemons, "x.plist"), whole, 0o644))
	d.touch(daemons, "x.plist")
	info, err := os.Stat(filepath.Join(d.root, daemons))
	must(t, err)
	if !info.ModTime().Equal(x.folders[2].listed) {
		t.Fatal("the folder has changed too")
	}
	jobs := x.Read()
	expect(t, "whole", jobs, "one", "y")
	if len(jobs.Notes) != 0 {
		t.Errorf("notes %v", jobs.Notes)
	}
}

func TestIndexOfOddFiles(t *testing.T) {
	d := newDisk(t)
	d.put(daemons, "good.plist", labelled("good", socketOf("SockServiceName", "1")))
	d.put(daemons, "large.plist", bytes.Repeat([]byte(" "), MaxSize+1))
	dir := filepath.Join(d.root, daemons)
	must(t, os.Mkdir(filepath.Join(dir, "folder.plist"), 0o755))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "dangling.plist")))
	must(t, os.Symlink("good.plist", filepath.Join(dir, "link.plist")))
	d.put("Library", "LaunchAgents", nil)
	jobs := d.index().Read()
	expect(t, "odd", jobs, "good", "good")
	want := map[string]error{"dangling.plist": fs.ErrNotExist, "folder.plist": errNotFile, "large.plist": errSize, "LaunchAgents": nil}
	for _, n := range jobs.Notes {
		name := filepath.Base(n.Path)
		if err, ok := want[name]; !ok || n.Err == nil || err != nil && !errors.Is(n.Err, err) {
			t.Errorf("%s: %v", name, n.Err)
		}
		delete(want, name)
	}
	if len(want) != 0 {
		t.Errorf("no notes for %v", want)
	}
}

func TestIndexOfManyFiles(t *testing.T) {
	d := newDisk(t)
	d.put(daemons, "x.plist", nil)
	for i := range maxFiles {
		must(t, os.WriteFile(filepath.Join(d.root, daemons, fmt.Sprint(i)), nil, 0o644))
	}
	d.touch(daemons)
	jobs := d.index().Read()
	if !slices.ContainsFunc(jobs.Notes, func(n Note) bool { return errors.Is(n.Err, errMany) }) {
		t.Errorf("notes %v", jobs.Notes)
	}
}

// TestIndexFindsPortsOnce asks for the ports of names while it reads, not in Find,
// and for each name once.
func TestIndexFindsPortsOnce(t *testing.T) {
	d := newDisk(t)
	d.put(daemons, "a.plist", job(sshJob))
	d.put(daemons, "b.plist", labelled("b", socketOf("SockServiceName", "ssh")))
	d.put(daemons, "c.plist", labelled("c", socketOf("SockServiceName", "22")))
	var asked []string
	x := NewIndex(Options{Root: d.root, Ports: func(proto, service string) []uint16 {
		asked = append(asked, proto+"/"+service)
		return ports(proto, service)
	}})
	jobs := x.Read()
	for range 3 {
		if got := labels(jobs.Find("tcp", netip.IPv4Unspecified(), 22)); !slices.Equal(got, []string{"com.openssh.sshd", "b", "c"}) {
			t.Errorf("got %v", got)
		}
	}
	if !slices.Equal(asked, []string{"tcp/ssh"}) {
		t.Errorf("asked for %q", asked)
	}
}

// TestIndexGivesTheSame while nothing is another, and only then.
func TestIndexGivesTheSame(t *testing.T) {
	d := newDisk(t)
	d.put(daemons, "a.plist", job(sshJob))
	d.put(daemons, "b.plist", nil)
	port := uint16(22)
	x := NewIndex(Options{Root: d.root, Ports: func(string, string) []uint16 { return []uint16{port} }})
	before := x.Read()
	check := func(what string, same bool) {
		t.Helper()
		now := x.Read()
		if (now == before) != same {
			t.Errorf("%s: the same Jobs: %v", what, now == before)
		}
		before = now
	}
	check("nothing", true)
	d.touch(daemons)
	check("the time of the folder", true)
	d.touch(daemons, "a.plist")
	d.touch(daemons)
	check("the time of a file", true)
	port = 23
	check("services(5)", false)
	d.put(daemons, "b.plist", job("")) // no property list before, no label now
	check("another error", false)
	check("nothing then", true)
	d.put(daemons, "a.plist", labelled("a", socketOf("SockServiceName", "22")))
	check("a job", false)
	d.put(daemons, "b.plist", labelled("b", socketOf("SockServiceName", "23")))
	check("one more job", false)
	must(t, os.Remove(filepath.Join(d.root, daemons, "b.plist")))
	d.touch(daemons)
	check("one less", false)
	check("nothing at last", true)
}

func BenchmarkRead(b *testing.B) {
	root := b.TempDir()
	dir := filepath.Join(root, "System/Library/LaunchDaemons")
	must(b, os.MkdirAll(dir, 0o755))
	old := time.Now().Add(-time.Hour)
	for i := range 450 {
		path := filepath.Join(dir, fmt.Sprint(i, ".plist"))
		must(b, os.WriteFile(path, job(sshJob), 0o644))
		must(b, os.Chtimes(path, old, old))
	}
	must(b, os.Chtimes(dir, old, old))
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			NewIndex(Options{Root: root}).Read()
		}
	})
	b.Run("warm", func(b *testing.B) {
		x := NewIndex(Options{Root: root})
		for b.Loop() {
			x.Read()
		}
	})
}
