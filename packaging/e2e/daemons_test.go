//go:build e2e && linux

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// listed is what the tests read of `portlight list --json`.
type listed struct {
	Visibility struct{ Hidden int }
	Listeners  []struct {
		Proto, Family, Address, Service string
		ServiceSource                   string `json:"service_source"`
		Mismatch                        string
		Port                            int
		Processes                       []struct {
			PID  int
			Name string
		}
	}
}

func list(t *testing.T, args ...string) listed {
	t.Helper()
	out, err := exec.Command(binary(t), append([]string{"list", "--json"}, args...)...).Output()
	if err != nil {
		t.Fatalf("portlight list: %v", err)
	}
	var l listed
	if err := json.Unmarshal(out, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// lines gives one sorted line a listener: "tcp 0.0.0.0 22 [pids]"; a dual-stack
// address is "*", as ss writes it.
func (l listed) lines() []string {
	var lines []string
	for _, x := range l.Listeners {
		host, _, _ := strings.Cut(x.Address, "%")
		if x.Family == "dual" {
			host = "*"
		}
		pids := []int{}
		for _, p := range x.Processes {
			pids = append(pids, p.PID)
		}
		slices.Sort(pids)
		lines = append(lines, fmt.Sprint(x.Proto, " ", host, " ", x.Port, " ", pids))
	}
	slices.Sort(lines)
	return lines
}

// daemonConfig starts one of Debian's daemons on a port, in the foreground.
type daemonConfig struct {
	name  string
	start func(t *testing.T, dir string, port int) *exec.Cmd
}

var daemons = []daemonConfig{
	{"sshd", sshdCommand},
	{"nginx", nginxCommand},
	{"redis-server", func(t *testing.T, dir string, port int) *exec.Cmd {
		return exec.Command("redis-server", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "::1", "--dir", dir, "--save", "", "--daemonize", "no")
	}},
	{"smbd", func(t *testing.T, dir string, port int) *exec.Cmd { return smbdCommand(t, dir, port, port+1) }},
}

func sshdCommand(t *testing.T, dir string, port int) *exec.Cmd {
	key := filepath.Join(dir, "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v: %s", err, out)
	}
	path, err := exec.LookPath("sshd") // it starts itself anew and wants its full path
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(path, "-D", "-e", "-f", "/dev/null", "-h", key, "-p", strconv.Itoa(port), "-o", "PidFile=none", "-o", "UsePAM=no")
}

func nginxCommand(t *testing.T, dir string, port int) *exec.Cmd {
	conf := fmt.Sprintf(`daemon off; worker_processes 2; pid %[1]s/pid; error_log stderr;
events {}
http {
  access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
  server { listen %[2]d; listen [::]:%[2]d; return 204; }
}`, dir, port)
	if u, err := user.Current(); err == nil && u.Uid == "0" {
		conf = "user root;" + conf
	}
	return exec.Command("nginx", "-e", "stderr", "-p", dir, "-c", writeFile(t, dir, "nginx.conf", conf))
}

func smbdCommand(t *testing.T, dir string, port, second int) *exec.Cmd {
	conf := fmt.Sprintf(`[global]
server role = standalone server
smb ports = %d %d
private dir = %[3]s
lock directory = %[3]s
state directory = %[3]s
cache directory = %[3]s
pid directory = %[3]s
ncalrpc dir = %[3]s
binddns dir = %[3]s
log file = %[3]s/log
disable spoolss = yes
load printers = no
printcap name = /dev/null
`, port, second, dir)
	return exec.Command("smbd", "--foreground", "--no-process-group", "--debug-stdout", "--configfile="+writeFile(t, dir, "smb.conf", conf))
}

func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// daemonFolder is an empty folder with a short path, for the sockets that daemons put
// there. Those that change their user can go through it.
func daemonFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startGroup starts a daemon in a process group of its own: smbd ends its whole
// group. It is told to end with the test, since killed it would leave its children
// behind, and they are waited for.
func startGroup(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := startProcess(t, cmd)
	t.Cleanup(func() {
		p.stop(t)
		group := -p.Process.Pid
		if !eventually(5*time.Second, func() bool { return syscall.Kill(group, 0) == syscall.ESRCH }) {
			syscall.Kill(group, syscall.SIGKILL)
			t.Errorf("%s left processes behind", filepath.Base(p.Path))
		}
	})
	return p
}

// startDaemons starts all of them and waits until each answers.
func startDaemons(t *testing.T) map[string]int {
	t.Helper()
	ports := map[string]int{}
	for _, d := range daemons {
		port := freePort(t)
		if d.name == "smbd" {
			freePort(t) // port + 1, its second one
		}
		p := startGroup(t, d.start(t, daemonFolder(t), port))
		waitFor(t, d.name+" listens", 20*time.Second, func() bool {
			if !p.running() {
				t.Fatalf("%s ended: %s%s", d.name, p.out.String(), p.log.String())
			}
			c, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if err == nil {
				c.Close()
			}
			return err == nil
		})
		ports[d.name] = port
	}
	return ports
}

func TestListAgreesWithSSAndLsofOnRealDaemons(t *testing.T) {
	ports := startDaemons(t)
	var ours, theirs []string
	if !eventually(10*time.Second, func() bool { // children of the daemons still come and go
		ours, theirs = list(t).lines(), ssLines(t)
		return slices.Equal(ours, theirs)
	}) {
		t.Errorf("portlight list:\n%s\nss -Hlntup:\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
	for name, port := range ports {
		var seen []string
		for _, x := range list(t, "--port", strconv.Itoa(port)).Listeners {
			for _, p := range x.Processes {
				seen = append(seen, p.Name)
			}
		}
		if len(seen) == 0 || seen[0] != name {
			t.Errorf("%s on %d is listed as %q", name, port, seen)
		}
	}
	if ours, theirs := smbdByList(t), smbdByLsof(t); len(ours) < 2 || !slices.Equal(ours, theirs) {
		t.Errorf("list --process smbd: %q\nlsof -n -P -c smbd -a -i: %q", ours, theirs)
	}
}

var ssPID = regexp.MustCompile(`pid=(\d+)`)

// ssLines is the answer of `ss -Hlntup` in the form of listed.lines; sockets of
// one address are one line.
func ssLines(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("ss", "-Hlntup").Output()
	if err != nil {
		t.Fatal(err)
	}
	pids := map[string][]int{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		colon := strings.LastIndex(f[4], ":")
		host, _, _ := strings.Cut(strings.Trim(f[4][:colon], "[]"), "%")
		key := f[0] + " " + strings.TrimSuffix(host, "]") + " " + f[4][colon+1:]
		pids[key] = append(pids[key], []int{}...)
		for _, m := range ssPID.FindAllStringSubmatch(line, -1) {
			pid, _ := strconv.Atoi(m[1])
			pids[key] = append(pids[key], pid)
		}
	}
	var lines []string
	for key, all := range pids {
		slices.Sort(all)
		lines = append(lines, fmt.Sprint(key, " ", slices.Compact(all)))
	}
	slices.Sort(lines)
	return lines
}

// smbdByList gives "pid proto port" of every listener of smbd.
func smbdByList(t *testing.T) []string {
	var all []string
	for _, x := range list(t, "--process", "smbd").Listeners {
		for _, p := range x.Processes {
			all = append(all, fmt.Sprint(p.PID, " ", x.Proto, " ", x.Port))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// smbdByLsof asks the question that people used to ask.
func smbdByLsof(t *testing.T) []string {
	out, err := exec.Command("lsof", "-n", "-P", "-c", "smbd", "-a", "-i").Output()
	if err != nil {
		t.Fatalf("lsof: %v", err)
	}
	var all []string
	for _, line := range strings.Split(string(out), "\n") {
		f := strings.Fields(line)
		if len(f) < 9 || f[0] == "COMMAND" || (f[7] == "TCP" && !strings.HasSuffix(line, "(LISTEN)")) {
			continue
		}
		all = append(all, f[1]+" "+strings.ToLower(f[7])+" "+f[8][strings.LastIndex(f[8], ":")+1:])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
