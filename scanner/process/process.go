// Package process tells the details of a process and stops it safely.
package process

// ID names one process for good: a pid is used again, a pid with its start time
// is not.
type ID struct {
	PID   int    // process id
	Start uint64 // start time in the system's own unit: on Linux clock ticks since boot (proc_pid_stat(5), field 22), elsewhere milliseconds since 1970; 0 is unknown
}
