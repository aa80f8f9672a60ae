package process

import "time"

// Usage is what a process takes of the computer at one moment, with all its threads
// and without its children.
type Usage struct {
	ID
	At        time.Time         // when this was read, with a reading of the monotonic clock
	CPU       time.Duration     // time that it ran since its start, in user and kernel mode together, to the kernel's clock tick
	Memory    uint64            // bytes that are resident, shared ones too
	Threads   int               // that have not ended
	OpenFiles int               // open file descriptors: files, sockets, pipes
	Missing   map[string]string // for each fact that could not be read, by the Field constants, why in words for a person
}

// The keys of Usage.Missing.
const (
	FieldCPU       = "cpu"
	FieldMemory    = "memory"
	FieldThreads   = "threads"
	FieldOpenFiles = "open files"
)

// Measure reads what a process takes now. It is for being called every few seconds:
// on Linux it takes some microseconds, and reads nothing from the memory of the
// process, so it does not block. Facts that are missing and errors are as those of Read.
func Measure(id ID) (*Usage, error) { return measure(id) }

// shortest is the least time between two readings of which a share is told. Times
// count in ticks of 10 ms: over less than ten of them a share would jump.
const shortest = 100 * time.Millisecond

// Share is how much of one core the process took since before, an earlier reading:
// 1 is a whole core, 2.5 is two and a half. It is false where that cannot be told:
// before is nil, is of another process or less than a tenth of a second older, or
// one of the two lacks CPU. Time that the computer slept does not count on Linux and macOS.
func (u *Usage) Share(before *Usage) (float64, bool) {
	if before == nil || u.ID != before.ID || u.Missing[FieldCPU] != "" || before.Missing[FieldCPU] != "" {
		return 0, false
	}
	passed, used := u.At.Sub(before.At), u.CPU-before.CPU
	if passed < shortest || used < 0 {
		return 0, false
	}
	return used.Seconds() / passed.Seconds(), true
}
