package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
	"portlight/scanner/sockdiag"
)

// openers are the sources in the order of preference.
func openers() []opener {
	return []opener{{"sockdiag", openSockdiag}, {"gopsutil", openGopsutil}}
}

// When the owners of sockets are looked for again: three times soon after a
// socket appeared, then all together at a slow cadence, which also finds
// processes that inherited a socket and executables that replaced themselves.
const (
	soonTries    = 3
	searchPeriod = time.Minute
)

// sockdiagSource reads sockets by netlink and finds their owners in /proc. A
// scan that finds nothing new costs three dumps and one readlink an owner.
type sockdiagSource struct {
	conn     *sockdiag.Conn
	proc     string // root of the proc file system
	socks    []sockdiag.Socket
	tracked  map[uint64]*tracked // by cookie
	searched time.Time           // last search for all sockets
	dirty    bool                // something changed that no snapshot shows yet
	last     *Snapshot
}

// tracked is what is known of one socket.
type tracked struct {
	holders []holder
	tries   int  // searches that found no owner
	kernel  bool // complete searches, at the baseline one, found no process
}

// holder is one descriptor of one process.
type holder struct {
	descriptor string // /proc/PID/fd/N
	owner      Process
}

// openSockdiag opens the netlink socket and proves that it answers.
func openSockdiag(context.Context) (source, error) {
	s := &sockdiagSource{proc: "/proc", tracked: map[uint64]*tracked{}}
	if err := s.dial(); err != nil {
		return nil, err
	}
	if _, err := s.conn.Listeners(nil); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *sockdiagSource) name() string { return "sockdiag" }

func (s *sockdiagSource) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

func (s *sockdiagSource) dial() (err error) {
	if s.conn == nil {
		s.conn, err = sockdiag.Dial()
	}
	return err
}

func (s *sockdiagSource) scan(ctx context.Context, now time.Time) (*Snapshot, error) {
	if err := s.dial(); err != nil {
		return nil, err
	}
	socks, err := s.conn.Listeners(make([]sockdiag.Socket, 0, len(s.socks)+8))
	if err != nil {
		s.close()
		return nil, err
	}
	s.track(uniqueSockets(socks))
	all := now.Sub(s.searched) >= searchPeriod || now.Before(s.searched)
	if wanted := s.wanted(all); len(wanted) > 0 {
		found, err := findHolders(ctx, s.proc, wanted)
		if err != nil {
			return nil, err
		}
		s.assign(wanted, found)
	}
	if all {
		s.searched = now
	}
	if !s.dirty {
		return nil, nil
	}
	s.dirty = false
	return s.snapshot(now), nil
}

// uniqueSockets drops what a dump shows twice, keeping the kernel's order.
func uniqueSockets(socks []sockdiag.Socket) []sockdiag.Socket {
	seen := make(map[uint64]bool, len(socks))
	return slices.DeleteFunc(socks, func(s sockdiag.Socket) bool {
		twice := seen[s.Cookie]
		seen[s.Cookie] = true
		return twice
	})
}

// track begins with sockets that are new and forgets those that are gone.
func (s *sockdiagSource) track(socks []sockdiag.Socket) {
	if s.last != nil && slices.Equal(socks, s.socks) {
		return
	}
	s.socks, s.dirty = socks, true
	next := make(map[uint64]*tracked, len(socks))
	for _, sock := range socks {
		if t := s.tracked[sock.Cookie]; t != nil {
			next[sock.Cookie] = t
		} else {
			next[sock.Cookie] = &tracked{}
		}
	}
	s.tracked = next
}

// wanted gives the sockets by inode whose owners must be looked for: all, or new
// ones and those that lost an owner.
func (s *sockdiagSource) wanted(all bool) map[uint32]*tracked {
	wanted := map[uint32]*tracked{}
	for _, sock := range s.socks {
		t := s.tracked[sock.Cookie]
		orphan := len(t.holders) == 0 && t.tries < triesFor(sock.UID) && !t.kernel
		if sock.Inode != 0 && (all || orphan || !t.held(sock.Inode)) {
			wanted[sock.Inode] = t
		}
		t.kernel = t.kernel || sock.Inode == 0
	}
	return wanted
}

// triesFor is how often the owner of a socket of this user is looked for soon:
// what an ordinary user may not look into stays hidden however often one looks.
func triesFor(uid uint32) int {
	if euid := os.Geteuid(); euid != 0 && uint32(euid) != uid {
		return 1
	}
	return soonTries
}

// held reports whether every known holder still has the socket.
func (t *tracked) held(inode uint32) bool {
	target := socketTarget(inode)
	for _, h := range t.holders {
		if link, err := os.Readlink(h.descriptor); err != nil || link != target {
			return false
		}
	}
	return true
}

func socketTarget(inode uint32) string {
	return "socket:[" + strconv.FormatUint(uint64(inode), 10) + "]"
}

// assign takes over the result of a search.
func (s *sockdiagSource) assign(wanted map[uint32]*tracked, found search) {
	for inode, t := range wanted {
		holders := found.holders[inode]
		kernel := len(holders) == 0 && found.complete && (t.tries > 0 || s.last == nil)
		s.dirty = s.dirty || kernel != t.kernel || !slices.EqualFunc(holders, t.holders, holder.same)
		t.holders, t.kernel = holders, kernel
		if t.tries++; len(holders) > 0 {
			t.tries = 0
		}
	}
}

func (h holder) same(o holder) bool { return h.descriptor == o.descriptor && h.owner.equal(o.owner) }

// snapshot is nil when all facts are as before.
func (s *sockdiagSource) snapshot(now time.Time) *Snapshot {
	names, ports := deviceNames{}, readPortRange()
	found := make([]Listener, 0, len(s.socks))
	for _, sock := range s.socks {
		found = append(found, s.listener(sock, names, ports))
	}
	next := assemble(s.name(), now, found, nil)
	if s.last != nil && sameListeners(s.last.Listeners, next.Listeners) {
		return nil
	}
	s.last = next
	return next
}

func (s *sockdiagSource) listener(sock sockdiag.Socket, names deviceNames, ports portRange) Listener {
	t := s.tracked[sock.Cookie]
	l := Listener{
		Key:       Key{Proto: TCP, Addr: sock.Addr, Port: sock.Port, Device: names.of(sock.Device)},
		DualStack: sock.V6 && !sock.V6Only && sock.Addr == netip.IPv6Unspecified(),
		UID:       int(sock.UID),
		User:      process.UserName(int(sock.UID)),
		Kernel:    t.kernel,
		Ephemeral: ports.has(sock.Port),
		Backlog:   int(sock.Backlog),
	}
	if sock.UDP {
		l.Proto = UDP
	}
	if l.Device != "" && l.Addr.Is6() && l.Addr.IsLinkLocalUnicast() {
		l.Addr, l.Device = l.Addr.WithZone(l.Device), ""
	}
	for _, h := range t.holders {
		l.Owners = append(l.Owners, h.owner)
	}
	return l
}

// deviceNames keeps names of interfaces by index for one snapshot.
type deviceNames map[uint32]string

func (d deviceNames) of(index uint32) string {
	if index == 0 {
		return ""
	}
	if name, ok := d[index]; ok {
		return name
	}
	name := "if" + strconv.FormatUint(uint64(index), 10)
	if ifi, err := net.InterfaceByIndex(int(index)); err == nil {
		name = ifi.Name
	}
	d[index] = name
	return name
}

// readPortRange gives the ports that the kernel chooses from by itself
// (ip_local_port_range in ip-sysctl.rst). A listener on one of them is taken for
// ephemeral: an estimate, a program may also ask for such a port.
func readPortRange() portRange {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return defaultRange
	}
	return parsePortRange(string(b))
}

// defaultRange is the kernel's default of ip_local_port_range.
var defaultRange = portRange{32768, 60999}

func parsePortRange(s string) portRange {
	f := strings.Fields(s)
	if len(f) != 2 {
		return defaultRange
	}
	low, errLow := strconv.ParseUint(f[0], 10, 16)
	high, errHigh := strconv.ParseUint(f[1], 10, 16)
	if errLow != nil || errHigh != nil {
		return defaultRange
	}
	return portRange{uint16(low), uint16(high)}
}

// search is what one walk of /proc found.
type search struct {
	holders  map[uint32][]holder
	complete bool // every process of the system could be looked into
}

// initPIDNamespace is the first PID namespace (PROC_PID_INIT_INO in
// linux/proc_ns.h): all processes of the system are seen from there only.
const initPIDNamespace = "pid:[4026531836]"

// findHolders walks the descriptors of all processes for sockets with these
// inodes. Processes that vanish meanwhile are passed over. It fails when it runs
// out of descriptors or memory: owners would seem to be gone that are not.
func findHolders(ctx context.Context, proc string, wanted map[uint32]*tracked) (search, error) {
	namespace, err := os.Readlink(proc + "/self/ns/pid")
	s := search{holders: map[uint32][]holder{}, complete: err == nil && namespace == initPIDNamespace}
	pids, err := pidDirs(proc)
	if err != nil {
		return s, fmt.Errorf("look for owners: %w", err)
	}
	s.complete = s.complete && slices.Contains(pids, 1)
	for _, pid := range pids {
		if err := ctx.Err(); err != nil {
			return s, fmt.Errorf("look for owners: %w", err)
		}
		err := s.lookInto(proc, pid, wanted)
		switch {
		case err == nil, os.IsNotExist(err), errors.Is(err, unix.ESRCH), errors.Is(err, process.ErrGone):
		case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE), errors.Is(err, unix.ENOMEM):
			return s, fmt.Errorf("look for owners: %w", err)
		default:
			s.complete = false
		}
	}
	return s, nil
}

func pidDirs(proc string) ([]int, error) {
	d, err := os.Open(proc)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	pids := make([]int, 0, len(names))
	for _, n := range names {
		if pid, err := strconv.Atoi(n); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// lookInto records the wanted sockets that one process holds.
func (s *search) lookInto(proc string, pid int, wanted map[uint32]*tracked) error {
	dir := proc + "/" + strconv.Itoa(pid) + "/fd"
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	var owner *Process
	for _, n := range names {
		path := dir + "/" + n
		link, e := os.Readlink(path)
		if os.IsPermission(e) {
			return e
		}
		inode, ok := socketInode(link)
		if _, want := wanted[inode]; !ok || !want {
			continue
		}
		if owner == nil {
			sum, err := process.Summarize(pid)
			if err != nil {
				return err
			}
			p := newProcess(sum)
			owner = &p
		}
		s.holders[inode] = append(s.holders[inode], holder{path, *owner})
	}
	return err
}

// socketInode gives the inode in the link of a descriptor, proc_pid_fd(5).
func socketInode(link string) (uint32, bool) {
	number, ok := strings.CutPrefix(link, "socket:[")
	if !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 32)
	return uint32(inode), err == nil
}
