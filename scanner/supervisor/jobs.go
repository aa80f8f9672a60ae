package supervisor

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"portlight/scanner/supervisor/launchd"
)

// jobs are those of launchd at one moment. They are not changed.
type jobs struct {
	*launchd.Jobs // the same while nothing has changed
	disabled      launchd.Overrides
}

// same compares two answers; the first may be none.
func (j *jobs) same(o *jobs) bool {
	return j != nil && j.Jobs == o.Jobs && j.disabled.Equal(o.disabled)
}

// notes is one sentence about what could not be read, if there is such.
func (j *jobs) notes() []string {
	if j == nil || len(j.Notes) == 0 {
		return nil
	}
	first := j.Notes[0]
	why := first.Err
	if e := (*fs.PathError)(nil); errors.As(why, &e) {
		why = e.Err // the path is named already
	}
	file, reason := bound(first.Path), bound(why.Error())
	if n := len(j.Notes) - 1; n > 0 {
		return []string{wordMoreJobsUnknown.Of(n, "File", file, "Reason", reason)}
	}
	return []string{wordJobsUnknown.With("File", file, "Reason", reason)}
}

// jobManager gives what launchd's jobs tell of a socket that launchd holds: the job
// that it starts on a connection. Of several that fit all are named, as it cannot be
// told which one it is.
func jobManager(found []launchd.Job) Manager {
	var labels, programs []string
	for _, j := range found {
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
		By:     byLaunchd,
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
