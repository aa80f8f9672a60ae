package scanner

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/internal/netlink"
	"portlight/scanner/owner"
	"portlight/scanner/process"
)

// kernelWork is what in the kernel itself may listen: tunnels and the NFS server.
// It tells kernel sockets from hidden ones where not every process can be looked
// into. Others may be added as they are met.
type kernelWork struct {
	tunnels   map[uint16]bool // UDP ports of VXLAN and GENEVE devices
	wireguard bool            // there is a WireGuard device: its port is shown to administrators only
	nfs       bool            // the threads of the NFS server or of its locks run
}

// Attributes of linux/if_link.h.
const (
	attrLinkInfo   = 18 // IFLA_LINKINFO
	attrInfoKind   = 1  // IFLA_INFO_KIND
	attrInfoData   = 2  // IFLA_INFO_DATA
	attrVXLANPort  = 15 // IFLA_VXLAN_PORT
	attrGENEVEPort = 5  // IFLA_GENEVE_PORT
)

// nfsThreads are the names of the kernel's threads that serve NFS, and lock files
// for it.
var nfsThreads = map[string]bool{"nfsd": true, "lockd": true}

// rpcFolder is there when the kernel can do remote procedure calls, without which
// it serves no NFS (rpc_proc_init in net/sunrpc/stats.c).
const rpcFolder = "/proc/net/rpc"

// readKernelWork knows nothing where the kernel does not answer.
func readKernelWork() kernelWork {
	w := kernelWork{tunnels: map[uint16]bool{}}
	if _, err := os.Stat(rpcFolder); err == nil {
		w.nfs = hasThread(nfsThreads)
	}
	links, err := netlink.Dump(unix.NETLINK_ROUTE, unix.RTM_GETLINK, make([]byte, unix.SizeofIfInfomsg))
	if err != nil {
		return w
	}
	for _, l := range links {
		if len(l) >= unix.SizeofIfInfomsg {
			w.takeLink(l[unix.SizeofIfInfomsg:])
		}
	}
	return w
}

// takeLink reads the attributes of one network device.
func (w *kernelWork) takeLink(attrs []byte) {
	info := netlink.Attribute(attrs, attrLinkInfo)
	data := netlink.Attribute(info, attrInfoData)
	var port []byte
	switch strings.TrimRight(string(netlink.Attribute(info, attrInfoKind)), "\x00") {
	case "wireguard":
		w.wireguard = true
	case "vxlan":
		port = netlink.Attribute(data, attrVXLANPort)
	case "geneve":
		port = netlink.Attribute(data, attrGENEVEPort)
	}
	if len(port) >= 2 {
		w.tunnels[binary.BigEndian.Uint16(port)] = true
	}
}

// hasThread reports whether a thread of the kernel with one of these names runs.
func hasThread(names map[string]bool) bool {
	pids, err := owner.PIDs()
	if err != nil {
		return false
	}
	for _, pid := range pids {
		comm, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
		if err != nil || !names[strings.TrimSuffix(string(comm), "\n")] {
			continue
		}
		if st, err := process.ReadStat(pid); err == nil && st.Kernel {
			return true
		}
	}
	return false
}

// tunnel reports whether a socket is that of a tunnel.
func (w *kernelWork) tunnel(sock *socket) bool { return sock.UDP && w.tunnels[sock.Port] }

// may reports whether something in the kernel may listen like that without being
// told of.
func (w *kernelWork) may(sock *socket) bool { return sock.UDP && w.wireguard || w.nfs }

// kernelPeriod is how long an answer of readKernelWork serves.
const kernelPeriod = time.Minute

// kernelOwned reports whether the kernel itself holds a socket. That nobody is
// seen to hold it says little: it may be on its way between two processes. It has
// to be root's, and either every process was looked into in vain, or it was made
// in a cgroup where no process is any more, and there is something in the kernel
// that may hold it: who set it up has ended, and it lives on.
func (s *sockdiagSource) kernelOwned(sock *socket, now time.Time) bool {
	if sock.Inode == 0 {
		return true
	}
	if s.finder.HasHolder(sock.Cookie) {
		return false
	}
	if passed := now.Sub(s.kernelRead); s.kernelRead.IsZero() || passed < 0 || passed >= kernelPeriod {
		s.kernel, s.kernelRead = readKernelWork(), now
	}
	return s.kernel.tunnel(sock) || sock.UID == 0 &&
		(s.finder.Unheld(sock.Cookie) || s.kernel.may(sock) && s.deserted(sock))
}

// deserted reports whether the cgroup that a socket was made in is known to have
// no process. In a pid namespace of our own some are out of sight.
func (s *sockdiagSource) deserted(sock *socket) bool {
	if s.cgroups == nil || !s.finder.SeesAll() {
		return false
	}
	path, ok := s.cgroups.Path(sock.CgroupID)
	if !ok {
		return s.cgroups.Removed(sock.CgroupID)
	}
	pids, err := s.cgroups.Processes(path)
	return err == nil && len(pids) == 0
}
