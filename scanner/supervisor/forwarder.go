package supervisor

import (
	"net/netip"
	"path"
	"strings"
)

// Forward is what a port forwarder tells of itself.
type Forward struct {
	Engine string         // whose containers it serves, "" where that may be several
	Proto  string         // "tcp" or "udp", "" if it does not tell
	Host   netip.AddrPort // where it listens; zero if it does not tell, so the next
	Target netip.AddrPort // the container's address
	ID     string         // of the container, or ""
	Name   string         // of the container, or ""
}

// Forwarder recognises a port forwarder of a container engine by the name of its
// program and reads its arguments, the first of which is the program's name.
// Arguments may be missing. docker-proxy tells where it forwards to, conmon (which
// keeps Podman's ports) tells its container; the others serve several containers
// and tell nothing.
func Forwarder(name string, args []string) (Forward, bool) {
	switch name, _, _ := strings.Cut(name, ".avx"); name { // passt installs pasta.avx2 too
	case "docker-proxy":
		return parseDockerProxy(args), true
	case "conmon":
		return parseConmon(args), true
	case "dockerd", "rootlesskit", "com.docker.backend", "com.docker.vpnkit":
		return Forward{Engine: "docker"}, true
	case "rootlessport", "pasta", "passt":
		return Forward{Engine: "podman"}, true
	case "slirp4netns":
		return Forward{}, true
	}
	return Forward{}, false
}

// parseDockerProxy reads -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip
// 172.17.0.2 -container-port 80 (cmd/docker-proxy of Moby).
func parseDockerProxy(args []string) Forward {
	if len(args) == 0 {
		return Forward{Engine: "docker"}
	}
	f := Forward{
		Engine: "docker",
		Host:   addrPort(flag(args, "host-ip"), flag(args, "host-port")),
		Target: addrPort(flag(args, "container-ip"), flag(args, "container-port")),
	}
	if proto := flag(args, "proto"); proto == "tcp" || proto == "udp" {
		f.Proto = proto
	}
	return f
}

// parseConmon reads -c <id> -n <name>, or --cid and --name (conmon(8)).
func parseConmon(args []string) Forward {
	f := Forward{Engine: "podman"}
	if id := firstOf(flag(args, "c"), flag(args, "cid")); isID(id) {
		f.ID, f.Name = id, bound(firstOf(flag(args, "n"), flag(args, "name")))
	}
	if strings.HasPrefix(path.Base(flag(args, "exit-command")), "crio") {
		f.Engine = "cri-o"
	}
	return f
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// flag finds the value of a flag, written with one dash or two, apart or behind an
// equals sign; "" is none.
func flag(args []string, name string) string {
	for i := 1; i < len(args); i++ {
		rest, ok := strings.CutPrefix(args[i], "-")
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(rest, "-")
		key, value, inOne := strings.Cut(rest, "=")
		switch {
		case key != name:
		case inOne:
			return value
		case i+1 < len(args):
			return args[i+1]
		}
	}
	return ""
}

// addrPort is zero where one of the two is wrong.
func addrPort(addr, port string) netip.AddrPort {
	a, err := netip.ParseAddr(addr)
	p, ok := parsePort(port)
	if err != nil || !ok {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.WithZone("").Unmap(), p)
}

// parseArgs splits /proc/PID/cmdline (proc_pid_cmdline(5)).
func parseArgs(b []byte) []string {
	s := strings.TrimSuffix(string(b), "\x00")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\x00")
}
