package process

import (
	"cmp"
	"fmt"
)

// maxTitled is how much is read of an interpreter's arguments: the class path of
// a large Java program alone may take the 128 KiB that the kernel allows one.
const maxTitled = 256 << 10

func readTitle(id ID) (Naming, error) { return proc.title(id) }

func (p procfs) title(id ID) (Naming, error) {
	d, err := p.open(id.PID)
	if err != nil {
		return Naming{}, fmt.Errorf("read title of process %d: %w", id.PID, err)
	}
	defer d.close()
	title, err := d.titleSince(id.Start)
	if err != nil {
		return Naming{}, fmt.Errorf("read title of process %d: %w", id.PID, err)
	}
	return title, nil
}

// titleSince is what a process is called that began then; 0 is at any time.
func (d pidDir) titleSince(start uint64) (Naming, error) {
	before, err := d.stat()
	if err != nil {
		return Naming{}, err
	}
	if start != 0 && start != before.Start {
		return Naming{}, ErrGone
	}
	exe, _, _ := d.exe()
	title, err := d.title(exe, before.Comm)
	if after, gone := d.stat(); gone != nil || after.Start != before.Start {
		return Naming{}, ErrGone
	}
	return title, err
}

// title is that of an interpreter. Everybody may read the arguments, the working
// folder only the user.
func (d pidDir) title(exe, comm string) (Naming, error) {
	exe = cmp.Or(exe, comm)
	if !titled(exe) {
		return Naming{}, nil
	}
	args, cut, err := d.args(maxTitled)
	if err != nil {
		return Naming{}, err
	}
	if cut && len(args) > 0 {
		args = args[:len(args)-1]
	}
	cwd, _ := d.link("cwd")
	return newNaming(exe, args, cwd), nil
}
