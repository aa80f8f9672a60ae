package process

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	gops "github.com/shirou/gopsutil/v3/process"

	"portlight/assets/words"
	"portlight/scanner/codesign"
)

// Here is what is told on every system: by gopsutil, on macOS by the kernel for what
// gopsutil would start other programs for. Linux has its own way: gopsutil there takes
// a whole second for the unit of start times, reads arguments without a bound, leaves
// " (deleted)" in paths and follows HOST_PROC. This file is compiled there all the
// same, so that its tests run.

// portable is one process and the moment it began, in milliseconds since 1970.
type portable struct {
	handle
	start uint64
}

// errUncounted stands for a number that neither the system nor gopsutil gives.
const errUncounted = words.Error(wordUncounted)

func openPortable(pid int) (portable, error) {
	if pid <= 0 || pid > math.MaxInt32 {
		return portable{}, readFailed(pid, ErrGone)
	}
	h, start, err := openHandle(pid)
	if err != nil {
		return portable{}, readFailed(pid, orVanished(pid, err))
	}
	return portable{h, start}, nil
}

// orVanished turns an error about a process that has ended meanwhile into
// ErrGone: the systems differ in what they answer then.
func orVanished(pid int, err error) error {
	if there, asked := gops.PidExists(int32(pid)); asked == nil && !there {
		return ErrGone
	}
	return err
}

func (p portable) id() ID { return ID{PID: int(p.Pid), Start: p.start} }

// same reports whether the pid still is this process.
func (p portable) same() bool {
	now, err := openPortable(int(p.Pid))
	return err == nil && now.start == p.start
}

// user gives the effective user; uid is -1 where the system knows no numbers.
func (p portable) user() (uid int, name string, err error) {
	uids, err := p.Uids()
	if err != nil || len(uids) == 0 {
		name, err = p.Username()
		return unknownUID, name, err
	}
	uid = int(uint32(uids[min(1, len(uids)-1)]))
	return uid, UserName(uid), nil
}

func (p portable) summary() Summary {
	s := Summary{ID: p.id(), Started: time.UnixMilli(int64(p.start)), Image: p.image()}
	s.UID, s.User, _ = p.user()
	s.Path, _ = p.Exe()
	s.Comm, _ = p.kernelName()
	var args []string
	if s.Path == "" && len(s.Comm) >= commLen {
		args, _ = p.CmdlineSlice()
	}
	s.Name = programName(s.Path, s.Comm, args)
	s.Interpreted = titled(cmp.Or(s.Path, s.Comm))
	n, _ := p.title(s.Path, s.Comm)
	s.Title, s.Script = n.Title, n.Script
	s.Signature = p.signature()
	return s
}

// title is that of an interpreter.
func (p portable) title(exe, comm string) (Naming, error) {
	exe = cmp.Or(exe, comm)
	if !titled(exe) {
		return Naming{}, nil
	}
	args, err := p.CmdlineSlice()
	cwd, _ := p.Cwd()
	return newNaming(exe, args, cwd), err
}

func portableSummarize(pid int) (Summary, error) {
	p, err := openPortable(pid)
	if err != nil {
		return Summary{}, err
	}
	s := p.summary()
	if s.Image != p.image() { // it became another program meanwhile
		s = p.summary()
	}
	if !p.same() {
		return Summary{}, readFailed(pid, ErrGone)
	}
	return s, nil
}

func portableRead(id ID) (*Details, error) {
	p, err := openPortable(id.PID)
	if err != nil {
		return nil, err
	}
	gone := readFailed(id.PID, ErrGone)
	if id.Start != 0 && id.Start != p.start {
		return nil, gone
	}
	t := p.details()
	if !p.same() {
		return nil, gone
	}
	return t, nil
}

func portableTitle(id ID) (Naming, error) {
	p, err := openPortable(id.PID)
	if err != nil {
		return Naming{}, err
	}
	if id.Start != 0 && id.Start != p.start {
		return Naming{}, readFailed(id.PID, ErrGone)
	}
	exe, _ := p.Exe()
	comm, _ := p.kernelName()
	title, err := p.title(exe, comm)
	if !p.same() {
		err = ErrGone
	}
	if err != nil {
		return Naming{}, fmt.Errorf("read title of process %d: %w", id.PID, err)
	}
	return title, nil
}

func (p portable) details() *Details {
	t := &Details{ID: p.id(), Started: time.UnixMilli(int64(p.start)), Missing: map[string]string{}}
	var err error
	t.UID, t.User, err = p.user()
	t.portableNote(FieldUser, err)
	t.Comm, err = p.kernelName()
	t.Exe, t.Deleted = p.exe(t)
	t.Cwd, t.Args = p.cwdAndArgs(t)
	if t.Name = programName(t.Exe, t.Comm, t.Args); t.Name == "" {
		t.portableNote(FieldName, err)
	}
	t.Title = Title(cmp.Or(t.Exe, t.Comm), t.Args, t.Cwd)
	if t.Signature = p.signature(); t.Signature == (codesign.Signature{}) {
		t.Signature, _ = codesign.OfFile(t.Exe) // it may be none of macOS's, or not readable
	}
	var whole bool
	if t.Parents, whole = p.parents(); !whole {
		t.Missing[FieldParents] = wordParents.String()
	}
	if t.Children, t.MoreChildren, whole = p.children(); !whole {
		t.Missing[FieldChildren] = wordChildren.String()
	}
	return t
}

func (p portable) exe(t *Details) (path string, deleted bool) {
	path, err := p.Exe()
	t.portableNote(FieldExe, err)
	_, err = os.Stat(path)
	return path, path != "" && errors.Is(err, os.ErrNotExist)
}

func (p portable) cwdAndArgs(t *Details) (cwd string, args []string) {
	cwd, err := p.Cwd()
	t.portableNote(FieldCwd, err)
	if args, err = p.CmdlineSlice(); err != nil {
		if line := p.commandLine(); line != "" {
			return cwd, []string{line}
		}
	}
	t.portableNote(FieldArgs, err)
	if err == nil && len(args) == 0 {
		t.Missing[FieldArgs] = wordNone.String()
	}
	return cwd, args
}

func (t *Details) portableNote(field string, err error) {
	if err != nil {
		t.Missing[field] = portableWhy(t.UID, t.User, err)
	}
}

// portableWhy words the reason for a fact of a process of a user that is missing.
// What the system answers for lack of rights differs (macOS: EINVAL for arguments),
// so a process of another user is reason enough.
func portableWhy(uid int, user string, err error) string {
	if errors.Is(err, errUncounted) {
		return wordUncounted.String()
	}
	if uid != unknownUID && uid != os.Geteuid() || errors.Is(err, gops.ErrorNotPermitted) || errors.Is(err, os.ErrPermission) {
		return whyHidden(uid, user)
	}
	return wordUntold.String()
}

func portableLook(pid int) (facts, error) {
	p, err := openPortable(pid)
	if err != nil {
		return facts{}, err
	}
	uid, _, _ := p.user()
	return facts{start: p.start, uid: uid, ended: p.zombie()}, nil
}

func portableExe(pid int) (string, error) {
	p, err := openPortable(pid)
	if err != nil {
		return "", err
	}
	path, err := p.Exe()
	if err != nil {
		return "", fmt.Errorf("read executable of process %d: %w", pid, orVanished(pid, err))
	}
	return path, nil
}
