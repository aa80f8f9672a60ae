// Package owner finds the processes that hold sockets, by their descriptors in
// /proc (proc_pid_fd(5)), and notices when they no longer do. It builds on every
// system; only Finder needs Linux.
//
// The kernel does not tell whose a socket is; to find out, the descriptors of
// processes are read, some 5 µs each and seconds in all on a busy computer. A
// Finder therefore looks where the answer is likely first, remembers what it saw
// and keeps it true at a slow pace: an owner's end is told by a pidfd, a new
// socket's owner is searched for at once, that a process gave a socket away is
// noticed within a minute, and that it shares another's within some.
package owner
