package firewall

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRealTranslation has the real tools make rules and tell them, in a network
// namespace of their own.
func TestRealTranslation(t *testing.T) { runChild(t, "translation", ownNetwork()) }

// do runs commands, a line each.
func do(commands string) error {
	for line := range strings.Lines(commands) {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", line, err, out)
		}
	}
	return nil
}

func runTranslation() error {
	var ports Translation
	var want []string
	for _, step := range []struct {
		name, commands string
		more           []string
	}{
		{"nothing", "ip addr add 198.51.100.7/24 dev lo\nip link set lo up", nil},
		{"rules of iptables", `iptables-nft -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80
			iptables-nft -t nat -A PREROUTING -p udp -m multiport --dports 53,70:72 -j REDIRECT --to-ports 99
			ip6tables-nft -t nat -A PREROUTING -p tcp --dport 8090 -j DNAT --to-destination [fd00::2]:80`,
			[]string{"tcp 8080 10.0.0.2:80", "udp 53 here:99", "udp 70-72 here:99", "tcp 8090 [fd00::2]:80"}},
		{"rules of nftables", `nft add table ip mine
			nft add chain ip mine pre { type nat hook prerouting priority -100 ; }
			nft add map ip mine ports { type inet_proto . inet_service : ipv4_addr . inet_service ; elements = { tcp . 30080 : 10.0.0.5 . 80 } ; }
			nft add rule ip mine pre dnat to meta l4proto . th dport map @ports
			nft add rule ip mine pre ip daddr 198.51.100.7 tcp dport 85 dnat to 10.0.0.5
			nft add rule ip mine pre ip daddr 198.51.100.8 tcp dport 86 dnat to 10.0.0.5`,
			[]string{"tcp 30080 10.0.0.5:80", "tcp 85 10.0.0.5:0"}},
		{"comparisons and ranges", `nft add rule ip mine pre tcp dport >= 65000 redirect to :8000-8010
			nft add rule ip mine pre udp dport < 7 dnat to 10.0.0.5:8000-8010`,
			[]string{"tcp 65000-65535 here:8000", "udp 1-6 10.0.0.5:8000"}},
		{"another address", "ip addr add 198.51.100.8/24 dev lo", []string{"tcp 86 10.0.0.5:0"}},
	} {
		if err := do(step.commands); err != nil {
			return err
		}
		ports.took = 0 // a test does not wait
		want = append(want, step.more...)
		slices.Sort(want)
		found, err := ports.Read(context.Background())
		if got := lines(found); err != nil || !slices.Equal(got, want) {
			return fmt.Errorf("%s: got %q, want %q, error %w", step.name, got, want, err)
		}
		if ports.at.IsZero() != (len(want) == 0) {
			return fmt.Errorf("%s: tools were started at %v", step.name, ports.at)
		}
		at := ports.at
		if _, err := ports.Read(context.Background()); err != nil || ports.at != at {
			return fmt.Errorf("%s: tools were started again, error %w", step.name, err)
		}
	}
	if err := checkFailure(want); err != nil {
		return err
	}
	return checkLegacy()
}

// checkFailure has the tools fail once, with rules that stay as they are.
func checkFailure(want []string) error {
	var ports Translation
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ports.Read(ended); err == nil {
		return errors.New("no error of tools that were ended")
	}
	ports.took = 0
	if _, err := ports.Read(context.Background()); err == nil {
		return errors.New("tools that failed were started again at once")
	}
	ports.at = ports.at.Add(-failureAge)
	found, err := ports.Read(context.Background())
	if got := lines(found); err != nil || !slices.Equal(got, want) {
		return fmt.Errorf("after a failure: got %q, want %q, error %w", got, want, err)
	}
	return nil
}

// checkLegacy has a table of iptables-legacy. A kernel without it has no such rules.
func checkLegacy() error {
	err := do("nft flush ruleset\niptables-legacy -t nat -A PREROUTING -p tcp --dport 8081 -j DNAT --to-destination 10.0.0.2:80")
	if _, missing := os.Stat("/proc/thread-self/net/ip_tables_names"); missing != nil {
		return nil
	}
	var ports Translation
	found, failure := ports.Read(context.Background())
	if got := lines(found); err != nil || failure != nil || !slices.Equal(got, []string{"tcp 8081 10.0.0.2:80"}) {
		return fmt.Errorf("legacy rules: got %q, errors %w, %w", got, err, failure)
	}
	return nil
}

func TestRunTool(t *testing.T) {
	if _, err := runTool(context.Background(), "no-such-tool-of-a-firewall"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("error %v", err)
	}
	if _, err := runTool(context.Background(), "false"); err == nil {
		t.Error("no error for a tool that fails")
	}
	out, err := runTool(context.Background(), "head", "-c", fmt.Sprint(toolOutput+1000), "/dev/zero")
	if err != nil || len(out) != toolOutput {
		t.Errorf("%d bytes, error %v", len(out), err)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := runTool(ctx, "sleep", "60"); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
