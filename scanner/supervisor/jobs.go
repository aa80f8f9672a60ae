package supervisor

import (
	"path"
	"slices"
	"strings"

	"portlight/scanner/supervisor/launchd"
)

// jobManager gives what launchd's jobs tell of a socket that launchd holds: the job
// that it starts on a connection. Of several that fit all are named, as it cannot be
// told which one it is.
func jobManager(jobs []launchd.Job) Manager {
	var labels, programs []string
	for _, j := range jobs {
		labels = append(labels, j.Label)
		if p := jobProgram(j); p != "" && !slices.Contains(programs, p) {
			programs = append(programs, p)
		}
	}
	if len(labels) == 0 {
		return Manager{}
	}
	slices.Sort(labels)
	slices.Sort(programs)
	return Manager{
		Kind:   Activated,
		Unit:   bound(strings.Join(slices.Compact(labels), ", ")),
		Starts: bound(strings.Join(programs, ", ")),
	}
}

// jobProgram is the name of the program that a job runs.
func jobProgram(j launchd.Job) string {
	switch {
	case j.Program != "":
		return path.Base(j.Program)
	case len(j.Arguments) > 0:
		return path.Base(j.Arguments[0])
	}
	return ""
}

// heldByLaunchd reports whether launchd itself holds a socket, as far as its holders
// are seen.
func heldByLaunchd(s Socket) bool {
	return slices.ContainsFunc(s.Holders, func(h Holder) bool { return h.PID == 1 })
}
