package launchd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Options say where jobs are looked for.
type Options struct {
	Root  string                               // before the system's folders; "" for those of this computer
	Home  string                               // the user's home folder; "" leaves its agents out
	Ports func(proto, service string) []uint16 // port numbers of a name in services(5), asked by Read; nil knows none
}

// maxFiles bounds how many names of a folder are looked at. macOS has some 450 in
// the fullest.
const maxFiles = 4096

// settling is for how long after a change another one may leave the time of the
// change the same: file systems of old count in two seconds.
const settling = 2 * time.Second

var errMany = fmt.Errorf("only %d files are looked at", maxFiles)

// Index reads the jobs of the folders and remembers them. Only one goroutine may
// use it at a time.
type Index struct {
	folders []*folder
	ports   func(proto, service string) []uint16
	last    *Jobs // what Read gave; nil before
}

// NewIndex prepares to read. Nothing is read before Read.
func NewIndex(o Options) *Index {
	x := &Index{ports: o.Ports}
	if x.ports == nil {
		x.ports = func(string, string) []uint16 { return nil }
	}
	for _, above := range []string{"System/Library", "Library"} {
		for _, kind := range []string{"LaunchDaemons", "LaunchAgents"} {
			x.add(filepath.Join("/", o.Root, above, kind), kind == "LaunchAgents")
		}
	}
	if o.Home != "" {
		x.add(filepath.Join(o.Home, "Library/LaunchAgents"), true)
	}
	return x
}

func (x *Index) add(path string, agents bool) {
	x.folders = append(x.folders, &folder{path: path, agents: agents, files: map[string]*file{}})
}

// Read gives the jobs as they are now. A folder is listed again only when its own
// time of change is another one, and then only files that changed are read; a file
// that was broken is read again as soon as it changes. A job whose file is
// rewritten in place is therefore noticed late: so does launchd, which reads it
// when the job is loaded. A folder that is not there is no error. While nothing has
// changed, neither jobs nor Notes nor ports, it gives the same Jobs again.
func (x *Index) Read() *Jobs {
	var notes []Note
	var all []Job
	for _, f := range x.folders {
		f.refresh(time.Now())
		notes = append(notes, f.notes()...)
		all = append(all, f.jobs()...)
	}
	if jobs := newJobs(all, notes, x.ports); x.last == nil || !jobs.equal(x.last) {
		x.last = jobs
	}
	return x.last
}

// folder is one folder as it was when it was last listed.
type folder struct {
	path   string
	agents bool
	listed time.Time // its time of change then; the zero time if it may have changed since
	err    error
	files  map[string]*file
}

// file is a property list as it was when it was last read.
type file struct {
	changed time.Time
	size    int64
	job     Job
	err     error
}

func (d *folder) refresh(now time.Time) {
	info, err := os.Stat(d.path)
	if err != nil {
		d.listed, d.files = time.Time{}, map[string]*file{}
		if d.err = err; errors.Is(err, fs.ErrNotExist) {
			d.err = nil
		}
		return
	}
	if d.listed.IsZero() || !info.ModTime().Equal(d.listed) {
		d.list(now)
		d.listed = settled(info.ModTime(), now)
		return
	}
	for name, f := range d.files {
		if f.err != nil {
			d.files[name] = d.read(name, f, now)
		}
	}
}

// settled is a time of change that is old enough to prove that nothing has
// changed while it stays, or the zero time.
func settled(changed, now time.Time) time.Time {
	if now.Sub(changed).Abs() < settling {
		return time.Time{}
	}
	return changed
}

// list takes the files that are there now.
func (d *folder) list(now time.Time) {
	names, err := list(d.path)
	files := map[string]*file{}
	for _, name := range names {
		files[name] = d.read(name, d.files[name], now)
	}
	d.files, d.err = files, err
}

// list gives the names of the property lists in a folder.
func list(path string) ([]string, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxFiles + 1)
	switch {
	case len(names) > maxFiles:
		names, err = names[:maxFiles], errMany
	case err == io.EOF:
		err = nil
	}
	return slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, ".plist") }), err
}

// read reads a file unless it is as it was before. New rights to read it do not
// show in its time.
func (d *folder) read(name string, before *file, now time.Time) *file {
	path := filepath.Join(d.path, name)
	info, err := os.Stat(path)
	if err != nil {
		return &file{err: err}
	}
	f := &file{changed: settled(info.ModTime(), now), size: info.Size()}
	if before != nil && f.same(before) && !errors.Is(before.err, fs.ErrPermission) {
		return before
	}
	f.job, f.err = readJob(path)
	f.job.Agent = d.agents
	if len(f.job.Sockets) == 0 {
		f.job = Job{}
	}
	return f
}

func (f *file) same(before *file) bool {
	return !f.changed.IsZero() && f.changed.Equal(before.changed) && f.size == before.size
}

func (d *folder) notes() []Note {
	var notes []Note
	if d.err != nil {
		notes = append(notes, Note{d.path, d.err})
	}
	for _, name := range sortedKeys(d.files) {
		if err := d.files[name].err; err != nil {
			notes = append(notes, Note{filepath.Join(d.path, name), err})
		}
	}
	return notes
}

func (d *folder) jobs() []Job {
	var jobs []Job
	for _, name := range sortedKeys(d.files) {
		if j := d.files[name].job; len(j.Sockets) > 0 {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

func readJob(path string) (Job, error) {
	b, err := readFile(path)
	if err != nil {
		return Job{}, fmt.Errorf("read job: %w", err)
	}
	j, err := Parse(b)
	j.Path = path
	return j, err
}

var errNotFile = errors.New("no regular file")

// readFile reads a regular file, and one byte more than is allowed of one that is
// too large. A pipe of that name does not keep it waiting.
func readFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotFile
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}
