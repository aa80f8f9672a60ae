package cgroup

import (
	"bytes"
	"slices"
	"strconv"
)

// parseMounts gives where version 2 hierarchies are mounted, by the text of
// /proc/PID/mountinfo (proc_pid_mountinfo(5)), the whole ones before those that
// show a part. Lines that cannot be read are passed over.
func parseMounts(b []byte) (points []string) {
	var parts []string
	for line := range bytes.Lines(b) {
		point, whole, ok := parseMount(line)
		switch {
		case ok && whole:
			points = append(points, point)
		case ok:
			parts = append(parts, point)
		}
	}
	return slices.Concat(points, parts)
}

// parseMount reads one line: number, parent, device, root, mount point, options,
// optional fields up to a dash, type. Whole says that the root of the mount is
// that of the hierarchy, or of the cgroup namespace.
func parseMount(line []byte) (point string, whole, ok bool) {
	f := bytes.Split(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
	if len(f) < 6 || !bytes.HasPrefix(f[4], []byte("/")) {
		return "", false, false
	}
	dash := slices.IndexFunc(f[6:], func(b []byte) bool { return string(b) == "-" })
	if dash < 0 || dash+7 >= len(f) || string(f[dash+7]) != "cgroup2" {
		return "", false, false
	}
	return unescape(f[4]), string(f[3]) == "/", true
}

// unescape undoes the three octal digits behind a backslash that stand for
// blanks, line ends and backslashes.
func unescape(b []byte) string {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		if b[0] == '\\' && len(b) >= 4 {
			if c, err := strconv.ParseUint(string(b[1:4]), 8, 8); err == nil {
				out, b = append(out, byte(c)), b[4:]
				continue
			}
		}
		out, b = append(out, b[0]), b[1:]
	}
	return string(out)
}
