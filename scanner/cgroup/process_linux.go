package cgroup

import "strconv"

// maxProcessFile bounds what is read of /proc/PID/cgroup: a line for each
// hierarchy, a path of at most 4096 bytes in it.
const maxProcessFile = 64 << 10

// OfProcess gives the path of the cgroup that a process is in, "" if it has ended.
// What was mounted over or moved may have another path here than elsewhere.
func OfProcess(pid int) string {
	b, err := readSome("/proc/"+strconv.Itoa(pid)+"/cgroup", maxProcessFile)
	if err != nil {
		return ""
	}
	return parseProcess(b)
}
