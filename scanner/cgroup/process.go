package cgroup

import (
	"bytes"
	"cmp"
	"strings"
)

// parseProcess reads /proc/PID/cgroup, a line "ID:controllers:path" for each
// hierarchy (cgroups(7)), and gives the path in version 2. Where that is only the
// root, as on systems that use version 1, it is the path that systemd uses there,
// or that of another hierarchy.
func parseProcess(b []byte) string {
	var unified, systemd, other string
	for line := range bytes.Lines(b) {
		id, rest, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), ":")
		controllers, path, ok := strings.Cut(rest, ":")
		switch {
		case !ok || !strings.HasPrefix(path, "/"):
		case id == "0" && controllers == "":
			unified = path
		case controllers == "name=systemd":
			systemd = path
		case path != "/":
			other = path
		}
	}
	if unified != "" && unified != "/" {
		return unified
	}
	return cmp.Or(systemd, other, unified)
}
