package scanner

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// nlattr is struct nlattr with its value, padded.
func nlattr(kind uint16, value ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

// link is the attributes of a device of a kind.
func link(kind string, data ...byte) []byte {
	return slices.Concat(nlattr(3, []byte("name\x00")...), nlattr(attrLinkInfo,
		slices.Concat(nlattr(attrInfoKind, append([]byte(kind), 0)...), nlattr(attrInfoData, data...))...))
}

func TestKernelWorkOfLinks(t *testing.T) {
	w := kernelWork{tunnels: map[uint16]bool{}}
	for _, attrs := range [][]byte{
		link("vxlan", nlattr(attrVXLANPort, 0x12, 0xb5)...), link("geneve", nlattr(attrGENEVEPort, 0x17, 0xc1)...),
		link("vxlan"), link("vxlan", nlattr(attrVXLANPort, 1)...), link("bridge"), nil, {200, 0, 18, 0, 1},
	} {
		w.takeLink(attrs)
	}
	if len(w.tunnels) != 2 || !w.tunnels[4789] || !w.tunnels[6081] || w.wireguard {
		t.Errorf("got %+v", w)
	}
	if w.takeLink(link("wireguard")); !w.wireguard {
		t.Error("a WireGuard device is not seen")
	}
}

func TestKernelWorkMay(t *testing.T) {
	tcp, udp := &socket{}, &socket{}
	udp.UDP, udp.Port = true, 4789
	tcp.Port = 4789
	tunnel, guard, nfs := kernelWork{tunnels: map[uint16]bool{4789: true}}, kernelWork{wireguard: true}, kernelWork{nfs: true}
	for _, c := range []struct {
		name        string
		work        kernelWork
		sock        *socket
		tunnel, may bool
	}{
		{"tunnel", tunnel, udp, true, false},
		{"TCP on the port of the tunnel", tunnel, tcp, false, false},
		{"WireGuard", guard, udp, false, true},
		{"TCP beside WireGuard", guard, tcp, false, false},
		{"NFS over TCP", nfs, tcp, false, true},
		{"NFS over UDP", nfs, udp, false, true},
		{"nothing", kernelWork{}, udp, false, false},
	} {
		if c.work.tunnel(c.sock) != c.tunnel || c.work.may(c.sock) != c.may {
			t.Errorf("%s: tunnel %v, may %v", c.name, c.work.tunnel(c.sock), c.work.may(c.sock))
		}
	}
}

// TestHiddenIsNotTheKernels has a socket that no process is seen to hold, in a
// kernel that may hold such ones: it is the kernel's only when it is known that no
// process is where it was made.
func TestHiddenIsNotTheKernels(t *testing.T) {
	src := openTestSource(t)
	now := time.Now()
	src.kernel, src.kernelRead = kernelWork{wireguard: true}, now
	sock := &socket{}
	sock.UDP, sock.Inode, sock.Cookie, sock.Port = true, 1, 1, 51820
	for _, id := range []uint64{0, 1, 1 << 40} { // unknown, the root, one that is no more
		sock.CgroupID = id
		removed := src.cgroups != nil && src.cgroups.Removed(id)
		if got := src.kernelOwned(sock, now); got != (removed && src.finder.SeesAll()) {
			t.Errorf("cgroup %d: %v, removed %v", id, got, removed)
		}
	}
	sock.UID = 1000
	if src.kernelOwned(sock, now) {
		t.Error("what a user made is the kernel's")
	}
	if sock.Inode = 0; !src.kernelOwned(sock, now) {
		t.Error("a socket without an inode is not the kernel's")
	}
}

// TestTunnelIsTheKernels sets a VXLAN device up, and looks as this user and as an
// ordinary one.
func TestTunnelIsTheKernels(t *testing.T) {
	users := []int{os.Geteuid()}
	if users[0] == 0 {
		users = append(users, nobody)
	}
	for _, uid := range users {
		runNested(t, modeTunnel, uid)
	}
}

// setUpTunnel notes in the environment of what follows whether the kernel can.
func setUpTunnel() error {
	out, err := exec.Command("ip", "link", "add", "tunnel", "type", "vxlan", "id", "7", "dstport", "4789", "dev", "lo").CombinedOutput()
	if err != nil && strings.Contains(string(out), "Unknown device type") {
		return os.Setenv(noTunnelEnv, "1")
	}
	if err == nil {
		out, err = exec.Command("ip", "link", "set", "tunnel", "up").CombinedOutput()
	}
	if err != nil {
		return fmt.Errorf("set up a tunnel: %w: %s", err, out)
	}
	return nil
}

func runTunnel() error {
	s, err := Scan(context.Background())
	if err != nil {
		return err
	}
	want := 1
	if os.Getenv(noTunnelEnv) != "" {
		want = 0
	}
	if v := s.Visibility; v.Kernel != want || v.Listeners != want || v.Hidden != 0 {
		return fmt.Errorf("got %+v, %+v", v, s.Listeners)
	}
	return nil
}

func FuzzTakeLink(f *testing.F) {
	f.Add(link("vxlan", nlattr(attrVXLANPort, 0x12, 0xb5)...))
	f.Add([]byte{200, 0, 18, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := kernelWork{tunnels: map[uint16]bool{}}
		if w.takeLink(b); len(w.tunnels) > 1 {
			t.Errorf("%d tunnels of one device", len(w.tunnels))
		}
	})
}
