package cgroup

import (
	"bytes"
	"strconv"
)

// parsePIDs reads the text of cgroup.procs, a pid a line. A last line without an
// end is cut and does not count, nor does 0: a process that this pid namespace
// does not see.
func parsePIDs(b []byte) (pids []int) {
	for line := range bytes.Lines(b) {
		number, whole := bytes.CutSuffix(line, []byte("\n"))
		if pid, err := strconv.ParseUint(string(number), 10, 31); whole && err == nil && pid > 0 {
			pids = append(pids, int(pid))
		}
	}
	return pids
}
