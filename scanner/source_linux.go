package scanner

import (
	"context"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"portlight/scanner/cgroup"
	"portlight/scanner/execevents"
	"portlight/scanner/owner"
	"portlight/scanner/process"
	"portlight/scanner/sockdiag"
	"portlight/scanner/supervisor"
)

// openers are the sources in the order of preference.
func openers() []opener {
	return []opener{{"sockdiag", openSockdiag}, {"gopsutil", openGopsutil}}
}

// sockdiagSource reads sockets by netlink and finds their owners in /proc. A
// scan that finds nothing new costs three dumps, and nothing else most of the
// time.
type sockdiagSource struct {
	conn    *sockdiag.Conn
	table   sockdiag.Table
	finder  *owner.Finder
	held    sockdiag.Held
	cgroups *cgroup.Tree // nil where there are none
	behind  *supervisor.Resolver
	titles  *titles
	manages *supervisor.Manager // of the listener looked at last: most are like it
	places  map[uint64]string   // paths of cgroups, for one snapshot
	lost    map[uint64]bool     // cookies of sockets whose cgroup has to be looked for again
	sought  time.Time           // when they were touched last
	socks   map[uint64]*socket  // by cookie
	groups  map[Key][]*socket   // a listener each
	dirty   map[Key]bool        // changed, and no snapshot shows it yet
	facts   facts
	holders []process.Summary   // of the listener under way
	asked   []supervisor.Holder // the same
	room    []socket            // for those that are expected
	last    *Snapshot
	notes   []string // in it, on what is published without a listener

	kernel     kernelWork
	kernelRead time.Time

	execs  *execevents.Conn // nil without events, see hints
	closed chan struct{}    // ends what hints started; nil before
}

// socket is one listening socket.
type socket struct {
	sockdiag.Socket
	key Key
}

// openSockdiag opens the netlink socket and proves that it answers.
func openSockdiag(context.Context) (source, error) {
	s := &sockdiagSource{places: map[uint64]string{}, lost: map[uint64]bool{}}
	s.makeRoom(0)
	if err := s.dial(); err != nil {
		return nil, err
	}
	s.cgroups, _ = cgroup.Open(cgroupRewalk) // without, it is searched without
	finder, err := owner.New(owner.Options{Members: s.members})
	if err != nil {
		s.hangUp()
		return nil, err
	}
	s.finder = finder
	s.behind, s.titles = supervisor.New(supervisor.Options{Members: s.processes}), newTitles()
	s.held = func(sock *sockdiag.Socket) (held, known bool) { return finder.Held(sock.Cookie) }
	if err := s.conn.Probe(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// cgroupRewalk is how often cgroups that are not known may be looked for, which takes
// some microseconds for each one that there is.
const cgroupRewalk = time.Second

// members gives the processes of a cgroup and of those below it, as far as it is
// known.
func (s *sockdiagSource) members(id uint64) []int {
	if s.cgroups == nil {
		return nil
	}
	path, ok := s.cgroups.Path(id)
	if !ok {
		return nil
	}
	return s.processes(path)
}

// processes gives those of a cgroup that is known by its path.
func (s *sockdiagSource) processes(path string) []int {
	pids, _ := s.cgroups.Processes(path) // one that is gone has none
	return pids
}

func (s *sockdiagSource) name() string { return "sockdiag" }

func (s *sockdiagSource) asking() bool { return s.behind.Asking() || s.titles.asking() }

func (s *sockdiagSource) publishes(proto string, port uint16) bool {
	return s.behind.Publishes(proto, port)
}

func (s *sockdiagSource) close() {
	if s.closed != nil {
		close(s.closed)
	}
	if s.execs != nil {
		s.execs.Close()
	}
	s.titles.close()
	s.behind.Close()
	s.finder.Close()
	s.hangUp()
}

func (s *sockdiagSource) dial() (err error) {
	if s.conn == nil {
		s.conn, err = sockdiag.Dial()
	}
	return err
}

func (s *sockdiagSource) hangUp() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

func (s *sockdiagSource) scan(ctx context.Context, now time.Time) (*Snapshot, error) {
	if err := s.dial(); err != nil {
		return nil, err
	}
	puzzled, err := s.look(ctx, now)
	if err == nil && puzzled {
		_, err = s.look(ctx, now)
	}
	if err != nil {
		return nil, err
	}
	s.reconsider(now)
	if len(s.dirty) == 0 && s.last != nil {
		return nil, nil
	}
	snap := s.snapshot(now)
	if s.awaitTitles() {
		s.reconsider(now)
		if titled := s.snapshot(now); titled != nil {
			return titled, nil
		}
	}
	return snap, nil
}

// awaitTitles reports whether titles that were asked for have come.
func (s *sockdiagSource) awaitTitles() bool {
	s.titles.awaitAtMost(titlePatience)
	return s.titles.pending()
}

// look reads the sockets and searches for the owners of new ones. It is puzzled
// when it finds none for a new one: that may be closed again by then, so a second
// look should decide.
func (s *sockdiagSource) look(ctx context.Context, now time.Time) (puzzled bool, err error) {
	changed, err := s.table.Refresh(s.conn, s.held)
	if err != nil {
		s.hangUp()
		return false, err
	}
	if changed {
		s.follow(now)
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	cookies, err := s.finder.Work(now)
	for _, c := range cookies {
		s.touch(c)
	}
	return changed && slices.ContainsFunc(s.table.Added(), s.unheld), err
}

// unheld reports whether nobody is known to hold a socket that somebody should.
func (s *sockdiagSource) unheld(added sockdiag.Socket) bool {
	return added.Inode != 0 && !s.finder.HasHolder(added.Cookie)
}

// touch has the listener of a socket shown anew.
func (s *sockdiagSource) touch(cookie uint64) {
	if sock := s.socks[cookie]; sock != nil {
		s.dirty[sock.key] = true
	}
}

// follow takes over what the table tells.
func (s *sockdiagSource) follow(now time.Time) {
	s.facts.refresh(now)
	for _, gone := range s.table.Gone() {
		s.remove(gone.Cookie)
	}
	if n := len(s.table.Added()); len(s.socks) == 0 && len(s.dirty) == 0 {
		s.makeRoom(n)
		s.finder.Expect(n)
	}
	for _, added := range s.table.Added() {
		s.add(added)
	}
}

// makeRoom begins with maps for so many sockets.
func (s *sockdiagSource) makeRoom(sockets int) {
	s.room = make([]socket, sockets)
	s.socks, s.groups, s.dirty = make(map[uint64]*socket, sockets), make(map[Key][]*socket, sockets), make(map[Key]bool, sockets)
}

func (s *sockdiagSource) remove(cookie uint64) {
	sock := s.socks[cookie]
	if sock == nil {
		return
	}
	delete(s.socks, cookie)
	s.finder.Forget(cookie)
	s.dirty[sock.key] = true
	s.groups[sock.key] = slices.DeleteFunc(s.groups[sock.key], func(o *socket) bool { return o == sock })
	if len(s.groups[sock.key]) == 0 {
		delete(s.groups, sock.key)
	}
}

// add begins with a socket, or takes over its other facts.
func (s *sockdiagSource) add(added sockdiag.Socket) {
	key := s.facts.key(&added)
	s.dirty[key] = true
	if known := s.socks[added.Cookie]; known != nil && known.key == key && known.Inode == added.Inode {
		known.Socket = added
		return
	}
	s.remove(added.Cookie)
	sock := &socket{}
	if len(s.room) > 0 {
		sock, s.room = &s.room[0], s.room[1:]
	}
	*sock = socket{added, key}
	s.socks[added.Cookie] = sock
	s.groups[key] = append(s.groups[key], sock)
	if added.Inode != 0 {
		s.finder.Track(owner.Socket{Cookie: added.Cookie, Inode: added.Inode, UID: added.UID, Cgroup: added.CgroupID})
	}
}

// snapshot is nil when all facts are as before.
func (s *sockdiagSource) snapshot(now time.Time) *Snapshot {
	clear(s.places)
	var before []Listener
	if s.last != nil {
		before = s.last.Listeners
	}
	dirty := slices.AppendSeq(make([]Key, 0, len(s.dirty)), maps.Keys(s.dirty))
	slices.SortFunc(dirty, Key.Compare)
	next, changed := s.replace(now, before, dirty)
	clear(s.dirty)
	snap := &Snapshot{Time: now, Listeners: next}
	notes := s.behind.Notes(snap.has)
	if s.last != nil && !changed && slices.Equal(notes, s.notes) {
		return nil
	}
	snap.Visibility = ledger(s.name(), next, notes)
	s.last, s.notes = snap, notes
	return snap
}

// replace gives the listeners as before, but for some keys, and whether one of
// those has changed.
func (s *sockdiagSource) replace(now time.Time, before []Listener, keys []Key) (next []Listener, changed bool) {
	next = make([]Listener, 0, len(before)+len(keys))
	for _, k := range keys {
		i, was := slices.BinarySearchFunc(before, k, func(l Listener, k Key) int { return l.Compare(k) })
		next = append(next, before[:i]...)
		group := s.groups[k]
		if len(group) > 0 {
			next = append(next, s.listener(now, group))
		}
		changed = changed || was != (len(group) > 0) || was && !before[i].Equal(&next[len(next)-1])
		if was {
			i++
		}
		before = before[i:]
	}
	return append(next, before...), changed
}

// listener is what the sockets of one key are together.
func (s *sockdiagSource) listener(now time.Time, group []*socket) Listener {
	l := s.single(now, group[0])
	for _, sock := range group[1:] {
		l.merge(s.single(now, sock))
	}
	l.sortOwners()
	return l
}

func (s *sockdiagSource) single(now time.Time, sock *socket) Listener {
	l := Listener{
		Key:       sock.key,
		DualStack: sock.V6 && !sock.V6Only && sock.Addr == netip.IPv6Unspecified(),
		UID:       int(sock.UID),
		User:      s.facts.users.of(sock.UID),
		Kernel:    s.kernelOwned(sock, now),
		Ephemeral: s.facts.ports.has(sock.Port),
		Backlog:   int(sock.Backlog),
	}
	s.holders = s.finder.AppendHolders(s.holders[:0], sock.Cookie)
	if len(s.holders) > 0 {
		l.Owners = make([]Process, 0, len(s.holders))
	}
	for i := range s.holders {
		l.Owners = append(l.Owners, s.owner(sock.key, &s.holders[i]))
	}
	l.countUnseen()
	l.Behind = behind(s.manager(sock, &l), s.manages)
	s.manages = l.Behind
	return l
}

// owner gives a holder of a listener with its title, which is another one when the
// process runs another program by now.
func (s *sockdiagSource) owner(key Key, h *process.Summary) Process {
	p := newProcess(h)
	if !h.Interpreted {
		return p
	}
	if s.last != nil {
		l, ok := s.last.Find(key)
		if ok && slices.ContainsFunc(l.Owners, func(o Process) bool { return o.ID == h.ID && o.Path != h.Path }) {
			s.titles.forget(h.ID)
		}
	}
	p.take(s.titles.of(h.ID))
	return p
}

// reconsider has listeners shown anew when more may be known of who stands behind
// them.
func (s *sockdiagSource) reconsider(now time.Time) {
	s.behind.Tick(now)
	if titled, known := s.titles.news(), s.behind.News(); titled || known {
		for cookie := range s.socks {
			s.touch(cookie)
		}
	}
	if passed := now.Sub(s.sought); len(s.lost) > 0 && (passed < 0 || passed >= cgroupRewalk) {
		s.sought = now
		for cookie := range s.lost {
			s.touch(cookie)
		}
		clear(s.lost)
	}
}

// manager gives who stands behind a socket. Where the cgroup that it was made in is
// not known, as without version 2, it is taken to be its owner's.
func (s *sockdiagSource) manager(sock *socket, l *Listener) supervisor.Manager {
	path, known := s.places[sock.CgroupID]
	if s.cgroups != nil && !known {
		path, _ = s.cgroups.Path(sock.CgroupID)
		s.places[sock.CgroupID] = path
	}
	if s.cgroups != nil && path == "" && !s.cgroups.Missed(sock.CgroupID) {
		s.lost[sock.Cookie] = true
	}
	if path == "" && len(l.Owners) > 0 {
		path = cgroup.OfProcess(l.Owners[0].PID)
	}
	asked := standing(l, path, s.asked)
	s.asked = asked.Holders[:0]
	return s.behind.Of(asked)
}

// facts are what the kernel's answer is read with.
type facts struct {
	read    time.Time
	ports   portRange
	devices deviceNames
	users   userNames
}

func (f *facts) refresh(now time.Time) {
	if passed := now.Sub(f.read); f.devices != nil && passed >= 0 && passed < factsPeriod {
		return
	}
	f.read, f.ports, f.devices, f.users = now, readPortRange(), deviceNames{}, userNames{}
}

func (f *facts) key(sock *sockdiag.Socket) Key {
	k := Key{Proto: TCP, Addr: sock.Addr, Port: sock.Port, Device: f.devices.of(sock.Device)}
	if sock.UDP {
		k.Proto = UDP
	}
	if k.Device != "" && k.Addr.Is6() && k.Addr.IsLinkLocalUnicast() {
		k.Addr, k.Device = k.Addr.WithZone(k.Device), ""
	}
	return k
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
