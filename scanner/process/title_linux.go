package process

import "cmp"

// maxTitled is how much is read of an interpreter's arguments: the class path of
// a large Java program alone may take the 128 KiB that the kernel allows one.
const maxTitled = 256 << 10

// title is that of an interpreter. Everybody may read the arguments, the working
// folder only the user.
func (d pidDir) title(exe, comm string) string {
	exe = cmp.Or(exe, comm)
	if !titled(exe) {
		return ""
	}
	args, cut, _ := d.args(maxTitled)
	if cut && len(args) > 0 {
		args = args[:len(args)-1]
	}
	cwd, _ := d.link("cwd")
	return Title(exe, args, cwd)
}
