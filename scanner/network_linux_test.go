package scanner

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner/netif"
)

// TestNetworkFollowsInterfaces has a real interface come and go, in a network of its
// own.
func TestNetworkFollowsInterfaces(t *testing.T) { runNested(t, modeLinks, os.Geteuid()) }

func runLinks() error {
	s, err := Open(context.Background())
	if err != nil {
		return err
	}
	defer s.Close()
	s.ShowNetwork()
	before, err := s.Scan(context.Background())
	if err != nil {
		return err
	}
	if again, err := s.Scan(context.Background()); err != nil || again != before {
		return fmt.Errorf("another snapshot though nothing has changed, error %w", err)
	}
	has := func(i netif.Interface) bool {
		return i.Name == "one" && i.Up && slices.Contains(i.Addrs, netip.MustParsePrefix("198.51.100.7/24")) &&
			slices.Contains(i.Broadcast, netip.MustParseAddr("198.51.100.255"))
	}
	for _, line := range []string{
		"link add one type veth peer name two", "addr add 198.51.100.7/24 brd + dev one", "link set two up", "link set one up",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	if err := followUntil(s, func(n *Network) bool { return slices.ContainsFunc(n.Interfaces, has) }); err != nil {
		return fmt.Errorf("after the interface came: %w", err)
	}
	if out, err := exec.Command("ip", "link", "del", "one").CombinedOutput(); err != nil {
		return fmt.Errorf("ip link del: %w: %s", err, out)
	}
	if err := followUntil(s, func(n *Network) bool { return !slices.ContainsFunc(n.Interfaces, has) }); err != nil {
		return fmt.Errorf("after it went: %w", err)
	}
	return tellForwards()
}

// tellForwards has a real rule lead a port elsewhere.
func tellForwards() error {
	for _, line := range []string{
		"add table ip nodes", "add chain ip nodes pre { type nat hook prerouting priority -100 ; }",
		"add rule ip nodes pre tcp dport 30080 dnat to 10.0.0.5:80",
	} {
		if out, err := exec.Command("nft", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("nft %s: %w: %s", line, err, out)
		}
	}
	s, err := Open(context.Background())
	if err != nil {
		return err
	}
	defer s.Close()
	s.ShowNetwork()
	told := func(snap *Snapshot) bool {
		return slices.ContainsFunc(snap.Visibility.Notes, func(n string) bool { return strings.HasPrefix(n, "port 30080/tcp leads to 10.0.0.5:80 ") })
	}
	return scanUntilTrue(s, told)
}

func scanUntilTrue(s *Scanner, wanted func(*Snapshot) bool) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		snap, err := s.Scan(context.Background())
		if err != nil {
			return err
		}
		if wanted(snap) {
			return nil
		}
	}
	return errors.New("no snapshot is as wanted")
}

// followUntil scans until the network is as wanted.
func followUntil(s *Scanner, wanted func(*Network) bool) error {
	return scanUntilTrue(s, func(snap *Snapshot) bool { return wanted(snap.Network) })
}
