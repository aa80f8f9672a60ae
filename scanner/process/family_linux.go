package process

import (
	"cmp"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
)

// parents climbs from a process to pid 1. A parent that cannot be read, or began
// later and thus only has the pid of the one that was, is the last, with its pid
// alone: then the chain is not whole.
func (p procfs) parents(st *Stat) (chain []Relative, whole bool) {
	below := *st
	for len(chain) < maxParents {
		pid := below.PPID
		if pid == 0 {
			return chain, true
		}
		a, above, err := p.relative(pid)
		if err != nil || above.Start > below.Start {
			return append(chain, Relative{ID: ID{PID: pid}}), false
		}
		chain, below = append(chain, a), above
	}
	return chain, false
}

func (p procfs) relative(pid int) (Relative, Stat, error) {
	d, err := p.open(pid)
	if err != nil {
		return Relative{}, Stat{}, err
	}
	defer d.close()
	s, st, err := d.summary(pid)
	if err != nil {
		return Relative{}, Stat{}, err
	}
	if s.Path == "" && len(s.Comm) >= commLen && !st.Kernel {
		args, _, _ := d.args(someArgs)
		s.Name = programName("", s.Comm, args)
	}
	return Relative{ID: s.ID, Name: s.Name, User: s.User}, st, nil
}

// children finds the processes whose parent is this one, by asking all: the kernel's
// own lists, proc_pid_task_children(5), may leave some out, and are one a thread.
// whole is false where another process could not be asked.
func (p procfs) children(pid int) (first []Relative, more int, whole bool) {
	var all []Stat
	whole = p.each(func(child int) bool {
		st, err := p.readStat(child)
		if err == nil && st.PPID == pid && !st.Ended() {
			all = append(all, st)
		}
		return err == nil || errors.Is(err, ErrGone)
	})
	slices.SortFunc(all, func(a, b Stat) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.PID, b.PID)) })
	for i := range all {
		if len(first) == maxChildren {
			return first, len(all) - i, whole
		}
		if r, st, err := p.relative(all[i].PID); err == nil && st.Start == all[i].Start && st.PPID == pid {
			first = append(first, r)
		}
	}
	return first, 0, whole
}

// each calls ask with every pid; whole is false where that said so or the list broke off.
func (p procfs) each(ask func(pid int) bool) (whole bool) {
	dir, err := os.Open(string(p))
	if err != nil {
		return false
	}
	defer dir.Close()
	for whole = true; ; {
		names, err := dir.Readdirnames(1024)
		for _, name := range names {
			if pid, err := strconv.Atoi(name); err == nil && !ask(pid) {
				whole = false
			}
		}
		if err != nil {
			return whole && err == io.EOF
		}
	}
}
