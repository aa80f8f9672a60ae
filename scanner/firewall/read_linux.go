package firewall

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"portlight/scanner/internal/netlink"
)

const (
	// busName is that of firewalld on the system bus (firewalld.dbus(5)).
	busName = "org.fedoraproject.FirewallD1"
	busTime = time.Second

	// Messages of nftables (linux/netfilter/nf_tables.h).
	getTable = unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_GETTABLE
	getChain = unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_GETCHAIN
)

func read(ctx context.Context) State {
	s := signs{
		ufw:       readUFW("/etc/ufw/ufw.conf"),
		firewalld: firewalldRuns(ctx, "/run/firewalld.pid"),
		rules:     readRules(),
	}
	if s.rules != nil {
		s.readLegacy("/proc/thread-self/net")
	}
	return s.judge()
}

func readUFW(path string) setting {
	b, err := os.ReadFile(path)
	if err != nil {
		return unset
	}
	return parseUFW(b)
}

// firewalldRuns asks the system bus, and looks for the process where there is none.
func firewalldRuns(ctx context.Context, pidFile string) bool {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	if runs, err := hasOwner(ctx, busName); err == nil {
		return runs
	}
	b, err := os.ReadFile(pidFile)
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid <= 0 {
		return false
	}
	comm, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return err == nil && string(comm) == "firewalld\n"
}

// hasOwner reports whether a program has a name on the system bus. It starts none.
func hasOwner(ctx context.Context, name string) (owned bool, err error) {
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return false, err
	}
	defer bus.Close()
	err = bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
	return owned, err
}

// readRules gives nil when the rules are not readable. A kernel without nftables has
// none.
func readRules() *ruleset {
	tables, err := netlink.Dump(unix.NETLINK_NETFILTER, getTable, make([]byte, nfGenMsgLen))
	if lacks(err) {
		return &ruleset{}
	}
	if err != nil {
		return nil
	}
	chains, err := netlink.Dump(unix.NETLINK_NETFILTER, getChain, make([]byte, nfGenMsgLen))
	if err != nil {
		return nil
	}
	r := newRuleset(tables, chains)
	return &r
}

// lacks reports whether the kernel says, after it has looked at the rights, that it
// has no nftables. One that has no netfilter at all may be none: it is not believed.
func lacks(err error) bool { return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EOPNOTSUPP) }

func legacyTables() []string {
	var s signs
	s.readLegacy("/proc/thread-self/net")
	slices.Sort(s.legacy)
	return slices.Compact(s.legacy)
}

// readLegacy looks for tables of iptables-legacy, a line each. The files are there
// when the kernel has it.
func (s *signs) readLegacy(folder string) {
	for _, name := range []string{"/ip_tables_names", "/ip6_tables_names"} {
		b, err := os.ReadFile(folder + name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			s.hidden = true
		}
		s.legacy = append(s.legacy, strings.Fields(string(b))...)
	}
}
