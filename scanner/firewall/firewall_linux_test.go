package firewall

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

const (
	// modeEnv makes the test binary a child that does what the mode says.
	modeEnv = "PORTLIGHT_TEST_CHILD"
	nobody  = 65534 // a user without rights
)

func TestMain(m *testing.M) {
	modes := map[string]func() error{
		"rules": runRules, "stranger": runStranger, "translation": runTranslation,
		"": func() error { os.Exit(m.Run()); return nil },
	}
	if err := modes[os.Getenv(modeEnv)](); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// runChild runs the test binary in a mode. It fails if that does, or prints
// anything.
func runChild(t *testing.T, mode string, attr *syscall.SysProcAttr) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+mode, "GORACE=atexit_sleep_ms=0")
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = "/", os.Stderr, attr
	attr.Pdeathsig = syscall.SIGKILL
	runtime.LockOSThread() // Pdeathsig speaks of the thread that starts the child
	defer runtime.UnlockOSThread()
	if out, err := cmd.Output(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRealRules makes rules in a network namespace of their own. Whoever is not root
// needs a user namespace for that.
func TestRealRules(t *testing.T) { runChild(t, "rules", ownNetwork()) }

func ownNetwork() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	}
	return attr
}

// Messages, flags and attributes of linux/netfilter/nf_tables.h, beside those that
// are read.
const (
	newTable, newChain, newRule = unix.NFT_MSG_NEWTABLE, unix.NFT_MSG_NEWCHAIN, unix.NFT_MSG_NEWRULE

	attrChainName    = 3 // NFTA_CHAIN_NAME
	attrHookPriority = 2 // NFTA_HOOK_PRIORITY
	attrRuleTable    = 1 // NFTA_RULE_TABLE
	attrRuleChain    = 2 // NFTA_RULE_CHAIN
)

// nft has the kernel do one thing, in a batch of its own.
func nft(message uint16, body []byte) error {
	const begin, end, subsystem = unix.NFNL_MSG_BATCH_BEGIN, unix.NFNL_MSG_BATCH_END, unix.NFNL_SUBSYS_NFTABLES
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	frame := []byte{0, 0, 0, subsystem}
	batch := slices.Concat(request(begin, 0, frame),
		request(subsystem<<8|message, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_APPEND, body), request(end, 0, frame))
	if err := unix.Sendto(fd, batch, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	b := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, b, 0)
	if err != nil || n < 20 {
		return fmt.Errorf("%d bytes: %w", n, err)
	}
	if errno := -int32(binary.NativeEndian.Uint32(b[16:])); errno != 0 {
		return fmt.Errorf("message %d: %w", message, syscall.Errno(errno))
	}
	return nil
}

// request is a message (struct nlmsghdr) with its body.
func request(kind, flags uint16, body []byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(16+len(body)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, flags|unix.NLM_F_REQUEST)
	return append(append(b, make([]byte, 8)...), body...)
}

// chainIn adds a base chain to a table.
func chainIn(table string, family byte, name, kind string, hook, policy uint32) error {
	return nft(newChain, body(family, text(attrChainTable, table), text(attrChainName, name),
		nlattr(attrChainHook, slices.Concat(number(attrHookNumber, hook), number(attrHookPriority, 0))...),
		number(attrChainPolicy, policy), text(attrChainType, kind)))
}

func tableOf(family byte, name string, flags uint32) error {
	return nft(newTable, tableBytes(family, name, flags))
}

// ruleIn adds a rule that says nothing.
func ruleIn(table string, family byte, chain string) error {
	return nft(newRule, body(family, text(attrRuleTable, table), text(attrRuleChain, chain)))
}

// runRules adds one thing after another.
func runRules() error {
	for _, step := range []struct {
		name string
		do   func() error
		want Status
	}{
		{"nothing", func() error { return nil }, Inactive},
		{"a table that sleeps", func() error {
			return errors.Join(tableOf(familyInet, "asleep", tableDormant), chainIn("asleep", familyInet, "in", "filter", hookInput, drop))
		}, Inactive},
		{"chains without rules", func() error {
			return errors.Join(tableOf(familyIPv4, "filter", 0), chainIn("filter", familyIPv4, "INPUT", "filter", hookInput, accept),
				chainIn("filter", familyIPv4, "FORWARD", "filter", forward, drop))
		}, Inactive},
		{"a rule for addresses", func() error {
			return errors.Join(tableOf(familyIPv4, "nat", 0), chainIn("nat", familyIPv4, "pre", "nat", hookPrerouting, accept), ruleIn("nat", familyIPv4, "pre"))
		}, Inactive},
		{"a rule before routing", func() error {
			return errors.Join(chainIn("filter", familyIPv4, "raw", "filter", hookPrerouting, accept), ruleIn("filter", familyIPv4, "raw"))
		}, Unknown},
		{"a rule", func() error { return ruleIn("filter", familyIPv4, "INPUT") }, Active},
		{"a chain that drops", func() error {
			return errors.Join(tableOf(familyInet, "mine", 0), chainIn("mine", familyInet, "in", "filter", hookInput, drop))
		}, Active},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if err := checkRules(step.want); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func checkRules(want Status) error {
	r := readRules()
	if r == nil {
		return errors.New("rules are not readable")
	}
	if got := r.state(); got.Status != want || got.Name != "nftables" {
		return fmt.Errorf("got %+v, want %s", got, want)
	}
	return nil
}

// TestStranger is told of no rules, and never that there is no firewall.
func TestStranger(t *testing.T) {
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}
	}
	runChild(t, "stranger", attr)
}

func runStranger() error {
	if r := readRules(); r != nil {
		return fmt.Errorf("rules are readable: %+v", r)
	}
	if s := Read(context.Background()); s.Status == Inactive {
		return fmt.Errorf("got %+v", s)
	}
	var ports Translation
	if found, err := ports.Read(context.Background()); len(found) > 0 || err != nil {
		return fmt.Errorf("ports lead to %v, error %w", found, err)
	}
	return nil
}

// TestLegacy has the files that iptables-legacy shows.
func TestLegacy(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "ip_tables_names"), "nat\nfilter\n")
	s := signs{}
	if s.readLegacy(dir); !slices.Equal(s.legacy, []string{"nat", "filter"}) || s.hidden {
		t.Errorf("got %+v", s)
	}
	if err := os.Mkdir(filepath.Join(dir, "ip6_tables_names"), 0o700); err != nil { // it is no file, so it is not readable
		t.Fatal(err)
	}
	if s.readLegacy(dir); !s.hidden {
		t.Errorf("got %+v", s)
	}
}

func TestReadUFW(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ufw.conf")
	if got := readUFW(path); got != unset {
		t.Errorf("without a file: %d", got)
	}
	write(t, path, "ENABLED=yes\n")
	if got := readUFW(path); got != on {
		t.Errorf("got %d", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// systemBus starts a dbus-daemon that stands for the system bus.
func systemBus(t *testing.T) {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
}

// TestFirewalldOnTheBus takes its name and gives it back. A file that says that it
// runs counts only without a bus.
func TestFirewalldOnTheBus(t *testing.T) {
	systemBus(t)
	pidFile := firewalldFile(t)
	if firewalldRuns(context.Background(), pidFile) {
		t.Error("it runs before it has begun")
	}
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	if r, err := bus.RequestName(busName, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("reply %d, error %v", r, err)
	}
	if !firewalldRuns(context.Background(), "/nowhere") {
		t.Error("it does not run")
	}
	if _, err := bus.ReleaseName(busName); err != nil {
		t.Fatal(err)
	}
	if firewalldRuns(context.Background(), pidFile) {
		t.Error("it runs after it has ended")
	}
}

// firewalldFile names a process that is called like firewalld.
func firewalldFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "firewalld")
	if err := os.Symlink("/bin/cat", program); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	path := filepath.Join(dir, "firewalld.pid")
	write(t, path, fmt.Sprintln(cmd.Process.Pid))
	return path
}

func TestFirewalldWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	path := firewalldFile(t)
	if !firewalldRuns(context.Background(), path) {
		t.Error("it does not run")
	}
	for _, text := range []string{"", "x", "-1", "0", "1", fmt.Sprint(os.Getpid()), "999999999"} {
		if write(t, path, text); firewalldRuns(context.Background(), path) {
			t.Errorf("it runs as %q", text)
		}
	}
}

// TestMuteBus has a bus that never answers.
func TestMuteBus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+path)
	began := time.Now()
	if firewalldRuns(context.Background(), "/nowhere") {
		t.Error("it runs")
	}
	if took := time.Since(began); took < busTime || took > 10*busTime {
		t.Errorf("it took %v", took)
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		Read(context.Background())
	}
}
