package process

import (
	"cmp"
	"fmt"
)

// maxTitled is how much is read of an interpreter's arguments: the class path of
// a large Java program alone may take the 128 KiB that the kernel allows one.
const maxTitled = 256 << 10

func readTitle(id ID) (string, error) { return proc.title(id) }

func (p procfs) title(id ID) (string, error) {
	d, err := p.open(id.PID)
	if err != nil {
		return "", fmt.Errorf("read title of process %d: %w", id.PID, err)
	}
	defer d.close()
	title, err := d.titleSince(id.Start)
	if err != nil {
		return "", fmt.Errorf("read title of process %d: %w", id.PID, err)
	}
	return title, nil
}

// titleSince is the title of a process that began then; 0 is at any time.
func (d pidDir) titleSince(start uint64) (string, error) {
	before, err := d.stat()
	if err != nil {
		return "", err
	}
	if start != 0 && start != before.Start {
		return "", ErrGone
	}
	exe, _, _ := d.exe()
	title, err := d.title(exe, before.Comm)
	if after, gone := d.stat(); gone != nil || after.Start != before.Start {
		return "", ErrGone
	}
	return title, err
}

// title is that of an interpreter. Everybody may read the arguments, the working
// folder only the user.
func (d pidDir) title(exe, comm string) (string, error) {
	exe = cmp.Or(exe, comm)
	if !titled(exe) {
		return "", nil
	}
	args, cut, err := d.args(maxTitled)
	if err != nil {
		return "", err
	}
	if cut && len(args) > 0 {
		args = args[:len(args)-1]
	}
	cwd, _ := d.link("cwd")
	return Title(exe, args, cwd), nil
}
