package cgroup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Bounds of what is read: users may make cgroups below their own as they like.
const (
	maxMountinfo = 8 << 20 // bytes
	maxProcs     = 1 << 20 // bytes of one cgroup.procs: some 130,000 pids
	maxDirs      = 16 << 10
	maxDepth     = 32 // levels below the start
	maxMissed    = 4 << 10
	maxProcesses = 64 << 10
)

// Tree is the version 2 hierarchy, mapped when an id is asked for that it does
// not know. It is not safe for concurrent use.
type Tree struct {
	root   string // mount point
	limit  int    // cgroups that a walk visits
	pause  time.Duration
	now    func() time.Time
	walked time.Time
	paths  map[uint64]string
	missed map[uint64]bool // ids that no cgroup has, nor will have
	entire bool            // the last walk saw the hierarchy from its very root, and all of it
}

// Open finds the hierarchy in /proc/self/mountinfo and fails where none is
// mounted. Pause is the least time between the starts of two walks through it; a
// walk takes some microseconds a cgroup.
func Open(pause time.Duration) (*Tree, error) {
	b, err := readSome("/proc/self/mountinfo", maxMountinfo)
	if err != nil {
		return nil, fmt.Errorf("find cgroup hierarchy: %w", err)
	}
	for _, point := range parseMounts(b) {
		if isHierarchy(point) {
			return newTree(point, pause, time.Now), nil
		}
	}
	return nil, errors.New("find cgroup hierarchy: version 2 is not mounted")
}

func newTree(root string, pause time.Duration, now func() time.Time) *Tree {
	return &Tree{root: root, limit: maxDirs, pause: pause, now: now, missed: map[uint64]bool{}}
}

// isHierarchy is false for a mount that another covers, or that is out of reach.
func isHierarchy(point string) bool {
	var st unix.Statfs_t
	return unix.Statfs(point, &st) == nil && int64(st.Type) == unix.CGROUP2_SUPER_MAGIC
}

// Path gives the path of a cgroup from the root of the mount, like
// /system.slice/ssh.service; its parts may hold any bytes. An id that no cgroup
// has is remembered and stays unknown. Another unknown id is looked for in a new
// walk if the last one is long enough ago, otherwise it is worth asking again
// later.
func (t *Tree) Path(id uint64) (string, bool) {
	if cgroup, ok := t.paths[id]; ok {
		if inode, _, err := t.stat(cgroup); err == nil && inode == id {
			return cgroup, true
		}
		delete(t.paths, id)
		t.miss(id)
		return "", false
	}
	if id == 0 || t.missed[id] || !t.walk() {
		return "", false
	}
	cgroup, ok := t.paths[id]
	if !ok {
		t.miss(id)
	}
	return cgroup, ok
}

// Removed reports whether it is known that the cgroup of an id is no more. Where a
// part of the hierarchy is out of sight it is not known.
func (t *Tree) Removed(id uint64) bool { return id != 0 && t.missed[id] && t.entire }

// Missed reports whether a walk has looked for the cgroup of an id and not found it:
// it never will.
func (t *Tree) Missed(id uint64) bool { return id == 0 || t.missed[id] }

func (t *Tree) miss(id uint64) {
	if len(t.missed) >= maxMissed {
		clear(t.missed)
	}
	t.missed[id] = true
}

// walk maps the tree anew, unless it is too early for that.
func (t *Tree) walk() bool {
	now := t.now()
	if !t.walked.IsZero() && now.Sub(t.walked) < t.pause {
		return false
	}
	t.walked, t.paths = now, map[uint64]string{}
	inode, _, err := t.stat("/")
	if err == nil {
		t.paths[inode] = "/"
	}
	t.descend("/", func(cgroup string, inode uint64) bool {
		t.paths[inode] = cgroup
		return true
	})
	t.entire = inode == rootID && len(t.paths) < t.limit
	return true
}

// rootID is the id of the hierarchy's root, from which a cgroup namespace may keep
// away.
const rootID = 1

// Processes gives the members of a cgroup and of those below it, by pid, at most
// 65,536. The path is as Path gives it. The error matches os.ErrNotExist when
// there is no such cgroup; what vanishes meanwhile below it is passed over.
func (t *Tree) Processes(cgroup string) ([]int, error) {
	if cgroup == "" || cgroup[0] != '/' || path.Clean(cgroup) != cgroup {
		return nil, fmt.Errorf("read processes of cgroup %q: %w", cgroup, os.ErrInvalid)
	}
	pids, err := t.members(cgroup)
	if err != nil {
		return nil, fmt.Errorf("read processes of cgroup %q: %w", cgroup, err)
	}
	t.descend(cgroup, func(below string, _ uint64) bool {
		more, _ := t.members(below)
		pids = append(pids, more...)
		return len(pids) < maxProcesses
	})
	slices.Sort(pids)
	pids = slices.Compact(pids)
	return pids[:min(len(pids), maxProcesses)], nil
}

// members reads the processes of one cgroup. A removed one may still be open.
func (t *Tree) members(cgroup string) ([]int, error) {
	b, err := readSome(t.root+cgroup+"/cgroup.procs", maxProcs)
	if errors.Is(err, unix.ENODEV) {
		err = os.ErrNotExist
	}
	return parsePIDs(b), err
}

// descend visits all cgroups below one, level by level, until visit has enough.
// What cannot be read is passed over.
func (t *Tree) descend(from string, visit func(cgroup string, inode uint64) bool) {
	left := t.limit
	level := []string{from}
	for depth := 0; depth < maxDepth && len(level) > 0; depth++ {
		var next []string
		for _, parent := range level {
			done := t.children(parent, func(cgroup string) bool {
				inode, leaf, err := t.stat(cgroup)
				if err != nil {
					return true
				}
				if !leaf {
					next = append(next, cgroup)
				}
				left--
				return visit(cgroup, inode) && left > 0
			})
			if done {
				return
			}
		}
		level = next
	}
}

// children gives what is directly below a cgroup, piece by piece, until take has
// enough.
func (t *Tree) children(parent string, take func(cgroup string) bool) (done bool) {
	dir, err := os.Open(t.root + parent)
	if err != nil {
		return false
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(256)
		for _, e := range entries {
			if e.IsDir() && !take(path.Join(parent, e.Name())) {
				return true
			}
		}
		if err != nil {
			return false
		}
	}
}

// stat gives the inode number of a cgroup and whether nothing is below it: two
// links, its name and its own dot. File systems that do not count so have one.
func (t *Tree) stat(cgroup string) (inode uint64, leaf bool, err error) {
	var st unix.Stat_t
	if err := unix.Lstat(t.root+cgroup, &st); err != nil {
		return 0, false, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return 0, false, fs.ErrInvalid
	}
	return st.Ino, st.Nlink == 2, nil
}

// readSome reads at most so many bytes of a file.
func readSome(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
