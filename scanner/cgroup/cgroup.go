// Package cgroup maps ids of cgroups to their paths and members in the version 2
// hierarchy (cgroup-v2.rst of the kernel). A socket tells the id of the cgroup
// that it was made in, also to ordinary users, and systemd and container engines
// keep a cgroup for each unit and container: so a socket leads to those, and to
// their processes, where its owner is hidden.
//
// The id is the inode number of the cgroup's directory and is not used again. On
// a 32-bit kernel inode numbers are shorter than ids, and no id is found. The
// parsers are pure and build on every system; Tree needs Linux.
package cgroup
