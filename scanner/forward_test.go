package scanner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner/firewall"
)

func TestForwardNotes(t *testing.T) {
	host := snapshotOf(t, "tcp 0.0.0.0:22 1", "tcp 0.0.0.0:1003 1", "udp 0.0.0.0:30080 1").Listeners
	five := netip.MustParseAddr("10.0.0.5")
	f := forwards{why: "nft: it hangs", all: []firewall.Forward{
		{Proto: "tcp", Low: 30080, High: 30080, To: five, Port: 80, By: "nftables"},
		{Proto: "udp", Low: 30080, High: 30080, To: five, Port: 80, By: "nftables"},
		{Proto: "tcp", Low: 22, High: 22, To: five, By: "iptables"},
		{Proto: "tcp", Low: 8080, High: 8080, To: five, Port: 80, By: "iptables"},
		{Proto: "tcp", Low: 1000, High: 1010, Here: true, Port: 99, By: "iptables"},
		{Proto: "tcp", Low: 23, High: 1002, To: netip.MustParseAddr("fd00::2"), By: "iptables"},
		{Proto: "tcp", Low: 7, High: 7, By: "nftables"},
		{Proto: "tcp", Low: 30080, High: 30080, To: five, Port: 81, By: "iptables"},
	}}
	docker := func(proto string, port uint16) bool { return proto == "tcp" && port == 8080 }
	want := []string{
		"ports that the packet filter leads elsewhere are not, or not all, known: nft: it hangs",
		"port 7/tcp leads elsewhere by a rule of the packet filter (nftables); nothing listens on it here",
		"ports 23-1002/tcp lead to fd00::2 by a rule of the packet filter (iptables); nothing listens on them here",
		"ports 1000-1010/tcp lead to port 99 by a rule of the packet filter (iptables); something listens here on 1 of them",
		"port 30080/tcp leads to 10.0.0.5:80 by a rule of the packet filter (nftables); nothing listens on it here",
	}
	if got := forwardNotes(f, host, docker); !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
	if got := forwardNotes(forwards{}, host, docker); got != nil {
		t.Errorf("without rules: %q", got)
	}
	f = forwards{}
	for i := range maxForwardNotes + 5 {
		f.all = append(f.all, firewall.Forward{Proto: "tcp", Low: uint16(100 + i), High: uint16(100 + i)})
	}
	if got := forwardNotes(f, host, docker); len(got) != maxForwardNotes+1 || !strings.Contains(got[maxForwardNotes], " 5 more") {
		t.Errorf("%d notes: %q", len(got), got)
	}
}

// TestSurroundingsTellForwards in the ledger, at forwardPeriod.
func TestSurroundingsTellForwards(t *testing.T) {
	w := &town{ports: forwards{all: []firewall.Forward{{Proto: "tcp", Low: 30080, High: 30080, By: "nftables"}}}}
	s := Scanner{src: &script{}, host: snapshotOf(t, "tcp 0.0.0.0:22 1"), around: w.surroundings(t)}
	now := time.Unix(1000, 0)
	s.around.refresh(now)
	if got := s.compose(now).Visibility.Notes; len(got) != 1 || !strings.Contains(got[0], "30080") {
		t.Errorf("notes %q", got)
	}
	w.ports = forwards{}
	if now = now.Add(forwardPeriod / 2); s.around.refresh(now) {
		t.Error("asked too early")
	}
	now = now.Add(forwardPeriod)
	deadline := time.Now().Add(5 * time.Second)
	for !s.around.refresh(now) {
		if time.Now().After(deadline) {
			t.Fatal("the answer is not taken over")
		}
		time.Sleep(time.Millisecond)
	}
	if got := s.compose(now).Visibility.Notes; len(got) != 0 || len(s.host.Visibility.Notes) != 0 {
		t.Errorf("notes %q", got)
	}
}
