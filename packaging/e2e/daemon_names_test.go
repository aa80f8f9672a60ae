//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// knownDaemon is one of Debian's daemons on the ports that it is known for.
type knownDaemon struct {
	name  string // of its processes
	start func(t *testing.T, dir string) *exec.Cmd
	ports []string // "tcp 445 smb, microsoft-ds": a port and the names that fit it
	users bool     // it changes to a user of its own, and will not run without
}

func knownDaemons() []knownDaemon {
	return []knownDaemon{
		{name: "sshd", ports: []string{"tcp 22 ssh"}, start: func(t *testing.T, dir string) *exec.Cmd {
			return sshdCommand(t, dir, 22)
		}},
		{name: "nginx", ports: []string{"tcp 80 http"}, start: func(t *testing.T, dir string) *exec.Cmd {
			return nginxCommand(t, dir, 80)
		}},
		{name: "smbd", ports: []string{"tcp 445 smb, microsoft-ds", "tcp 139 netbios-ssn"}, start: func(t *testing.T, dir string) *exec.Cmd {
			return smbdCommand(t, dir, 445, 139)
		}},
		{name: "redis-server", ports: []string{"tcp 6379 redis"}, start: func(_ *testing.T, dir string) *exec.Cmd {
			return exec.Command("redis-server", "--dir", dir, "--save", "", "--daemonize", "no")
		}},
		{name: "postgres", ports: []string{"tcp 5432 postgres, postgresql"}, start: postgresCommand},
		{name: "cupsd", ports: []string{"tcp 631 ipp, Printing (CUPS)"}, start: cupsdCommand},
		{name: "dnsmasq", ports: []string{"tcp 53 domain, dns", "udp 53 domain, dns", "udp 67 bootps, dhcp", "udp 69 tftp"}, start: dnsmasqCommand},
		{name: "avahi-daemon", ports: []string{"udp 5353 mdns"}, start: avahiCommand},
		{name: "systemd-resolved", ports: []string{"tcp 53 domain, dns", "udp 53 domain, dns", "tcp 5355 llmnr", "udp 5355 llmnr"},
			start: func(*testing.T, string) *exec.Cmd { return exec.Command("systemd-resolved") }},
		{name: "apache2", ports: []string{"tcp 80 http", "tcp 443 https"}, start: apacheCommand},
		{name: "exim4", ports: mailPorts, start: eximCommand, users: true},
		{name: "master", ports: mailPorts, start: postfixCommand, users: true},
	}
}

var mailPorts = []string{"tcp 25 smtp", "tcp 465 smtp, smtps, submissions, urd", "tcp 587 submission"}

// postgresCommand makes the data folder first, which takes a second.
func postgresCommand(t *testing.T, dir string) *exec.Cmd {
	data := filepath.Join(dir, "data")
	if out, err := exec.Command("initdb", "--pgdata="+data, "--no-sync", "--auth=trust", "--username=postgres").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	return exec.Command("postgres", "-D", data, "-h", "127.0.0.1", "-k", dir, "-c", "fsync=off", "-c", "jit=off")
}

func cupsdCommand(t *testing.T, dir string) *exec.Cmd {
	conf := writeFile(t, dir, "cupsd.conf", "Listen localhost:631\nBrowsing Off\nWebInterface No\n")
	files := fmt.Sprintf(`ServerRoot %[1]s
CacheDir %[1]s
StateDir %[1]s
RequestRoot %[1]s
ServerBin %[1]s
TempDir %[2]s
AccessLog stderr
ErrorLog stderr
PageLog stderr
SystemGroup root
`, dir, makeFolder(t, dir, "tmp", 0o700)) // it empties the last
	return exec.Command("cupsd", "-f", "-c", conf, "-s", writeFile(t, dir, "files.conf", files))
}

// dnsmasqCommand gives a server of names, addresses and files. As one that is not a
// daemon it keeps its user.
func dnsmasqCommand(_ *testing.T, dir string) *exec.Cmd {
	return exec.Command("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
		"--dhcp-leasefile="+filepath.Join(dir, "leases"), "--dhcp-range=198.51.100.10,198.51.100.20,255.255.255.0",
		"--enable-tftp", "--tftp-root="+dir)
}

func avahiCommand(t *testing.T, dir string) *exec.Cmd {
	conf := writeFile(t, dir, "avahi.conf", "[server]\nuse-ipv4=yes\nuse-ipv6=yes\nenable-dbus=no\n")
	return exec.Command("avahi-daemon", "--no-drop-root", "--no-rlimits", "--no-chroot", "-f", conf)
}

func apacheCommand(t *testing.T, dir string) *exec.Cmd {
	conf := fmt.Sprintf(`ServerRoot %[1]s
DefaultRuntimeDir %[1]s
PidFile %[1]s/pid
ErrorLog %[1]s/log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
ServerName localhost
User www-data
Group www-data
Listen 80
Listen 443
`, dir)
	return exec.Command("apache2", "-D", "FOREGROUND", "-f", writeFile(t, dir, "apache.conf", conf))
}

func eximCommand(t *testing.T, dir string) *exec.Cmd {
	conf := fmt.Sprintf(`spool_directory = %[1]s
log_file_path = %[1]s/%%slog
pid_file_path = %[1]s/pid
daemon_smtp_ports = 25 : 465 : 587
tls_on_connect_ports = 465
keep_environment =
`, makeFolder(t, dir, "spool", 0o777))
	return exec.Command("exim4", "-bdf", "-C", writeFile(t, dir, "exim.conf", conf))
}

// postfixCommand gives the master of Postfix, which listens for its services. They
// run only when somebody connects.
func postfixCommand(t *testing.T, dir string) *exec.Cmd {
	queue := makeFolder(t, dir, "queue", 0o755)
	for _, sub := range []string{"pid", "public", "private"} {
		makeFolder(t, queue, sub, 0o755)
	}
	writeFile(t, dir, "main.cf", fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %s
data_directory = %s
inet_interfaces = all
myhostname = localhost.localdomain
`, queue, makeFolder(t, dir, "data", 0o777)))
	writeFile(t, dir, "master.cf", "smtp inet n - n - - smtpd\nsmtps inet n - n - - smtpd\nsubmission inet n - n - - smtpd\n")
	return exec.Command("master", "-c", dir, "-d")
}

func makeFolder(t *testing.T, dir, name string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	return path
}

// TestNoMarksOnDebiansDaemons: each daemon on the ports that it is known for is
// listed as ss lists it, under the usual names, and nothing is odd about it.
func TestNoMarksOnDebiansDaemons(t *testing.T) {
	for _, d := range knownDaemons() {
		if d.users && !hasUsers(t) {
			t.Logf("%s is left out: there is no other user that it could change to", d.name)
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			ownPorts(t)
			p := startGroup(t, d.start(t, daemonFolder(t)))
			var got listed
			var ours, theirs []string
			if !eventually(20*time.Second, func() bool { // its children come and go at first
				got = list(t)
				ours, theirs = got.lines(), ssLines(t)
				return !p.running() || (got.hasAll(d.ports) && slices.Equal(ours, theirs))
			}) || !p.running() {
				t.Fatalf("%s does not listen on %q as it should.\nportlight list:\n%s\nss -Hlntup:\n%s\nit said:\n%s%s", d.name, d.ports,
					strings.Join(ours, "\n"), strings.Join(theirs, "\n"), p.out.String(), p.log.String())
			}
			got.checkUsual(t, d)
		})
	}
}

// checkUsual wants every listener to be the daemon's, with a name that fits.
func (l listed) checkUsual(t *testing.T, d knownDaemon) {
	t.Helper()
	for _, x := range l.Listeners {
		at := fmt.Sprint(x.Proto, " ", x.Address, " ", x.Port)
		if len(x.Processes) == 0 || x.Processes[0].Name != d.name {
			t.Errorf("%s is listed with the processes %v", at, x.Processes)
		}
		if x.Mismatch != "" {
			t.Errorf("%s is marked: %s", at, x.Mismatch)
		}
		if names := fitting(d.ports, x.Proto, x.Port); !slices.Contains(names, x.Service) {
			t.Errorf("%s is named %q (%s), want one of %q", at, x.Service, x.ServiceSource, names)
		}
	}
}

// hasAll reports whether somebody listens on each of the ports (see knownDaemon).
func (l listed) hasAll(ports []string) bool {
	return !slices.ContainsFunc(ports, func(line string) bool {
		f := strings.Fields(line)
		for _, x := range l.Listeners {
			if x.Proto == f[0] && fmt.Sprint(x.Port) == f[1] {
				return false
			}
		}
		return true
	})
}

// fitting gives the names that fit a port.
func fitting(ports []string, proto string, port int) []string {
	for _, line := range ports {
		if names, ok := strings.CutPrefix(line, fmt.Sprint(proto, " ", port, " ")); ok {
			return strings.Split(names, ", ")
		}
	}
	return nil
}

// ownPorts gives the test a network where all ports are its own, and everybody's. It
// must not open them on the network of whoever runs the tests.
func ownPorts(t *testing.T) {
	t.Helper()
	if !nested() {
		t.Fatal("the well-known ports are opened only in a network of the test's own, and none could be made")
	}
	ownNetwork(t)
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// hasUsers reports whether a process may change to another user.
func hasUsers(t *testing.T) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	var inside, outside, count int64
	if _, err := fmt.Sscan(string(text), &inside, &outside, &count); err != nil {
		t.Fatalf("read /proc/self/uid_map: %v", err)
	}
	return count > 1
}

// TestMarkOnUnusualProgram: nc on the ports of others is marked, with the sentence
// why; on a port that is nobody's it is not.
func TestMarkOnUnusualProgram(t *testing.T) {
	t.Parallel()
	ownPorts(t)
	ports := []string{"tcp 22 ssh", "tcp 445 smb, microsoft-ds", "tcp 5432 postgres, postgresql"}
	daemon(t, program(t, "nc"), nil, "tcp4 0.0.0.0:22", "tcp [::]:445", "tcp 127.0.0.1:5432", "tcp 127.0.0.1:20123")
	seen := list(t)
	if !seen.hasAll(append(ports, "tcp 20123")) {
		t.Fatalf("not all of nc's listeners are listed:\n%s", strings.Join(seen.lines(), "\n"))
	}
	for _, x := range seen.Listeners {
		names := fitting(ports, x.Proto, x.Port)
		if len(names) == 0 {
			if x.Mismatch != "" {
				t.Errorf("port %d is marked: %s", x.Port, x.Mismatch)
			}
			continue
		}
		if !slices.Contains(names, x.Service) {
			t.Errorf("port %d is named %q, want one of %q", x.Port, x.Service, names)
		}
		words := strings.FieldsFunc(x.Mismatch, func(r rune) bool { return strings.ContainsRune(" ,.()", r) })
		if !slices.Contains(words, "nc") || !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(words, n) }) {
			t.Errorf("port %d has the mark %q; it does not name nc and one of %q", x.Port, x.Mismatch, names)
		}
	}
}

// TestProgramNamesUnusualPort: a program that is known for one service gives its
// name to any port.
func TestProgramNamesUnusualPort(t *testing.T) {
	t.Parallel()
	ownPorts(t)
	p := startGroup(t, exec.Command("redis-server", "--port", "7777", "--bind", "127.0.0.1", "--dir", daemonFolder(t), "--save", "", "--daemonize", "no"))
	var seen listed
	waitFor(t, "redis-server listens on 7777", 20*time.Second, func() bool {
		if !p.running() {
			t.Fatalf("redis-server ended: %s%s", p.out.String(), p.log.String())
		}
		seen = list(t, "--port", "7777")
		return len(seen.Listeners) == 1
	})
	x := seen.Listeners[0]
	if x.Service != "redis" || x.ServiceSource != "hint" || x.Mismatch != "" {
		t.Errorf("redis-server on 7777 is named %q (%s) with the mark %q, want redis by a hint and no mark", x.Service, x.ServiceSource, x.Mismatch)
	}
	if len(x.Processes) != 1 || x.Processes[0].Name != "redis-server" {
		t.Errorf("the processes are %v", x.Processes)
	}
}
