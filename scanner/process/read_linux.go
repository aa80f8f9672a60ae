package process

import (
	"cmp"
	"errors"
	"os"
)

func read(id ID) (*Details, error) { return proc.details(id) }

func summarize(pid int) (Summary, error) { return proc.summary(pid) }

func (p procfs) summary(pid int) (Summary, error) {
	s, _, err := p.summaryAndStat(pid)
	return s, err
}

func (p procfs) summaryAndStat(pid int) (Summary, Stat, error) {
	d, err := p.open(pid)
	if err != nil {
		return Summary{}, Stat{}, readFailed(pid, err)
	}
	defer d.close()
	s, st, err := d.summary(pid)
	if err != nil {
		return Summary{}, Stat{}, readFailed(pid, err)
	}
	return s, st, nil
}

// summary leaves the arguments alone: reading those may block.
func (d pidDir) summary(pid int) (Summary, Stat, error) {
	uid, err := d.uid()
	if err != nil {
		return Summary{}, Stat{}, orGone(err)
	}
	path, _, _ := d.exe()
	st, err := d.stat()
	if err != nil {
		return Summary{}, Stat{}, err
	}
	return Summary{
		ID:          ID{PID: pid, Start: st.Start},
		Name:        programName(d.invoked(path, st.Comm), st.Comm, nil),
		Interpreted: titled(cmp.Or(path, st.Comm)),
		Comm:        st.Comm,
		Path:        path,
		UID:         uid,
		User:        UserName(uid),
		Started:     StartTime(st.Start),
		Image:       st.Image,
	}, st, nil
}

func (p procfs) details(id ID) (*Details, error) {
	gone := readFailed(id.PID, ErrGone)
	d, err := p.open(id.PID)
	if err != nil {
		return nil, readFailed(id.PID, err)
	}
	defer d.close()
	st, err := d.stat()
	if err != nil {
		return nil, readFailed(id.PID, err)
	}
	if id.Start != 0 && id.Start != st.Start {
		return nil, gone
	}
	facts := p.gather(d, id.PID, &st)
	if after, err := d.stat(); err != nil || after.Start != st.Start {
		return nil, gone
	}
	return facts, nil
}

// gather reads what there is, and notes what there is not.
func (p procfs) gather(d pidDir, pid int, st *Stat) *Details {
	uid, err := d.uid()
	t := &Details{
		ID:      ID{PID: pid, Start: st.Start},
		Comm:    st.Comm,
		UID:     uid,
		User:    UserName(uid),
		Started: StartTime(st.Start),
		Missing: map[string]string{},
	}
	t.note(FieldUser, st, err)
	t.Exe, t.Deleted, err = d.exe()
	t.note(FieldExe, st, err)
	t.Cwd, err = d.link("cwd")
	t.note(FieldCwd, st, err)
	args, cut, err := d.args(maxArgs)
	switch t.Args = args; {
	case err != nil, len(args) == 0:
		t.Missing[FieldArgs] = why(st, uid, err)
	case cut:
		t.Missing[FieldArgs] = wordCut.String()
	}
	t.Name = programName(d.invoked(t.Exe, t.Comm), t.Comm, t.Args)
	t.Title = Title(cmp.Or(t.Exe, t.Comm), t.Args, t.Cwd)
	var whole bool
	if t.Parents, whole = p.parents(st); !whole {
		t.Missing[FieldParents] = wordParents.String()
	}
	if t.Children, t.MoreChildren, whole = p.children(pid); !whole {
		t.Missing[FieldChildren] = wordChildren.String()
	}
	return t
}

func (t *Details) note(field string, st *Stat, err error) {
	if err != nil {
		t.Missing[field] = why(st, t.UID, err)
	}
}

// why words the reason for a fact of a process of a user that is missing.
func why(st *Stat, uid int, err error) string {
	switch {
	case st.Kernel:
		return wordKernel.String()
	case st.Ended():
		return wordEnded.String()
	case errors.Is(err, os.ErrPermission):
		return whyHidden(uid, UserName(uid))
	case err == nil:
		return wordNone.String()
	}
	return wordUntold.String()
}
