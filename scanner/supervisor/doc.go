// Package supervisor tells who stands behind a socket: the unit of systemd, the
// container or the packaged application that its cgroup belongs to, the socket
// unit for which systemd listens or the job for which launchd does, and the
// container that a port forwarder serves.
//
// A cgroup's path tells most of it, for the sockets of all users and without
// rights (systemd.unit(5), Control Group APIs and Delegation of systemd, the
// cgroup drivers of the engines). What it does not tell is asked: systemd over
// D-Bus, Docker and Podman over their API sockets where this user may open them.
// A Resolver does that in the background and only when a socket calls for it.
//
// macOS has no cgroups. There a Resolver knows of the sockets that launchd itself is
// seen to hold, by the jobs' property lists (package launchd) and by what launchctl
// tells of jobs that are switched off; nothing of containers.
//
// Names are as systemd and the engines give them, of bounded length and otherwise
// raw: users choose them, so they may hold any bytes. The parsers are pure and
// build on every system; on others than Linux and macOS a Resolver knows nothing.
package supervisor
