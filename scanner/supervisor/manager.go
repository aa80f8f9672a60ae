package supervisor

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// Kind is what sort of thing stands behind a socket.
type Kind uint8

// The kinds. A session and an application are no services: what listens there was
// started by hand, and may be any program.
const (
	Unknown   Kind = iota
	Service        // a service of systemd
	Activated      // a socket unit or a job of launchd: systemd or launchd listens, and starts a program on a connection
	Systemd        // systemd itself listens, for a unit that is not known
	App            // an application of the desktop or of a packaging system
	Session        // a login session, a terminal or a command in a scope of its own
	Contained      // a container
	Machine        // a virtual machine
)

// String gives the kind as one lower-case word.
func (k Kind) String() string {
	names := [...]string{"unknown", "service", "socket", "systemd", "app", "session", "container", "machine"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// Manager is who stands behind a socket. It is comparable; zero is that nothing
// is known.
//
// What is asked for comes later, and may change: a hidden docker-proxy is a Service
// until Docker answers, and then Contained. Place is what the path of the cgroup
// tells, so it is the same whenever Of is asked with the same path. So is Unit, but
// for sockets that systemd listens on: with Place Systemd it becomes that of the
// socket unit once Kind is Activated.
type Manager struct {
	Kind      Kind
	Place     Kind           // Kind as the cgroup's path alone tells it, never changed by an answer; Unknown where no path is known, as on macOS
	By        string         // who listens where Kind is Activated: "systemd" or "launchd"; else ""
	Unit      string         // unit of the host, as systemd prints it: "ssh.service", "session-3.scope"; "" for a scope that is a container's alone. With launchd the labels of the jobs that may be behind it: "com.openssh.sshd"
	User      bool           // Unit is of a user's manager: systemctl --user
	Starts    string         // the unit that a socket unit starts, "ssh@.service" for one with an instance per connection; the programs of launchd's jobs; or ""
	App       string         // id of a packaged application: "firefox", "org.mozilla.firefox"
	Packaging string         // App's: "snap" or "flatpak"
	Container Container      // also what a forwarder serves; zero while that is not known
	Forwarded bool           // the socket is outside of a container and forwards to it; which one may be unknown
	Target    netip.AddrPort // where in the container's network it forwards to, as far as it is known
}

// Container is a container or a machine. What is not known is "", but for one of ID
// and Pod, without which it is zero: an engine alone is no container.
type Container struct {
	Engine  string // "docker", "podman", "containerd", "cri-o", "lxc", "systemd-nspawn", "qemu"
	ID      string // 64 hexadecimal digits, or the name where the engine has no other id
	Name    string
	Image   string // as the container was asked for: "nginx:1.27"
	Pod     string // uid of the Kubernetes pod, or id of the Podman pod
	Project string // of Compose
	Service string // of Compose
	Unit    string // service of the systemd inside of the container
}

// Label is the best name for a container: its name, the start of its id, or its
// pod. It is "" for the zero Container only.
func (c Container) Label() string {
	switch {
	case c.Name != "":
		return c.Name
	case isID(c.ID):
		return c.ID[:12]
	case c.ID != "":
		return c.ID
	}
	return c.Pod
}

// Who listens for an Activated socket.
const (
	bySystemd = "systemd"
	byLaunchd = "launchd"
)

// maxName bounds names, in bytes: those of files and of units have no more
// (UNIT_NAME_MAX of systemd).
const maxName = 255

// bound cuts a name that is too long, not within a character.
func bound(s string) string {
	if len(s) <= maxName {
		return s
	}
	end := maxName
	for end > maxName-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end])
}

// isID reports whether a name is the id of a container.
func isID(s string) bool { return len(s) == 64 && isHex(s) }

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
