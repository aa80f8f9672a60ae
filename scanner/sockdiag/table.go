package sockdiag

import (
	"net/netip"
	"slices"
	"syscall"
)

// Table holds the listening sockets of a network namespace and follows them
// from dump to dump. The zero value is empty and good. It is not safe for
// concurrent use.
//
// The order of a dump is stable, so a socket is looked for where it was in the
// dump before; a dump in which nothing has changed is compared in place and
// costs no allocation.
type Table struct {
	images  []image  // of the last dump, in its order
	entries []*entry // the same sockets
	cookies map[uint64]*entry
	missing []*entry // not in the last dump, and not known to be gone

	round       uint64 // number of the dump
	next        int    // where in entries the next socket is expected
	moved       bool   // the dump is not as the one before, and builds the two below
	nextImages  []image
	nextEntries []*entry
	fresh       []*entry // of nextEntries, those that are new or have other facts

	added, gone []Socket
	failed      bool // the last refresh did: added and gone are not told yet
}

// entry is one socket.
type entry struct {
	Socket
	image  image
	pos    int    // in the last dump
	seen   uint64 // the round that showed it last
	absent int    // dumps in a row that lack it
	was    *entry // what it takes the place of once the dump is complete
}

// Added gives the sockets that are new since the refresh before, or have other
// facts than before under the same cookie. It is valid until the next refresh.
func (t *Table) Added() []Socket { return t.added }

// Gone gives the sockets that were closed, or connected, since the refresh
// before. It is valid until the next refresh.
func (t *Table) Gone() []Socket { return t.gone }

// start begins a refresh; finished must follow when it succeeds.
func (t *Table) start() {
	if !t.failed {
		t.added, t.gone = t.added[:0], t.gone[:0]
	}
	t.failed = true
}

func (t *Table) finished() { t.failed = false }

// begin starts a dump. Of one that was not finished nothing stays.
func (t *Table) begin() {
	for _, e := range t.fresh {
		if delete(t.cookies, e.Cookie); e.was != nil {
			t.cookies[e.Cookie] = e.was
		}
	}
	t.fresh = t.fresh[:0]
	t.round++
	t.next, t.moved = 0, false
	t.nextImages, t.nextEntries = t.nextImages[:0], t.nextEntries[:0]
}

// visit takes the next socket of the dump.
func (t *Table) visit(body []byte, udp bool) error {
	img := imageOf(body, udp)
	if !t.moved {
		if t.next < len(t.images) && t.images[t.next] == img {
			t.next++
			return nil
		}
		t.move()
	}
	e, err := t.entryOf(img, body, udp)
	if err != nil || e.seen == t.round { // a dump under change may show a socket twice
		return err
	}
	t.place(e)
	return nil
}

// move turns from comparing to building: what came so far stays where it is.
func (t *Table) move() {
	t.moved = true
	for _, e := range t.entries[:t.next] {
		t.place(e)
	}
}

func (t *Table) place(e *entry) {
	e.seen = t.round
	t.nextImages = append(t.nextImages, e.image)
	t.nextEntries = append(t.nextEntries, e)
}

// entryOf finds the entry of a socket, or makes one.
func (t *Table) entryOf(img image, body []byte, udp bool) (*entry, error) {
	if t.next < len(t.images) && t.images[t.next] == img {
		t.next++
		return t.entries[t.next-1], nil
	}
	e := t.cookies[img.cookie()]
	if e != nil && e.pos < len(t.entries) && t.entries[e.pos] == e {
		t.next = e.pos + 1
	}
	if e != nil && (e.image == img || e.seen == t.round) {
		return e, nil
	}
	s, err := decodeSocket(body, udp)
	if err != nil {
		return nil, err
	}
	if t.cookies == nil {
		t.cookies = map[uint64]*entry{}
	}
	e = &entry{Socket: s, image: img, was: e}
	t.cookies[s.Cookie] = e
	t.fresh = append(t.fresh, e)
	return e, nil
}

// key is what sockets of one SO_REUSEPORT group have in common.
type key struct {
	udp, v6 bool
	addr    netip.Addr
	port    uint16
	device  uint32
}

func keyOf(s *Socket) key { return key{s.UDP, s.V6, s.Addr, s.Port, s.Device} }

// unchanged reports whether the dump that was taken is as the one before.
func (t *Table) unchanged() bool {
	return !t.moved && t.next == len(t.images) && len(t.missing) == 0
}

// kernel is what a Table asks about a socket that a dump lacks.
type kernel interface {
	// lookup gives the cookie of the socket that would take what is sent to the
	// address of s, ENOENT if there is none.
	lookup(s *Socket) (cookie uint64, err error)
	// whole reports whether nothing can be missing in the last dump.
	whole() bool
}

// Held tells whether a process still holds a socket, known only if one is known
// that held it.
type Held func(s *Socket) (held, known bool)

// maxAbsent is how many dumps may lack a socket of a group that nobody is known to
// hold, until it is taken for gone.
const maxAbsent = 4

// finish ends a complete dump. What it lacks is gone if the dump was whole.
// Otherwise a dump under change may miss sockets that are there, the same ones
// again and again: then the kernel is asked for the address of each, and for those
// that share it with another, who held it.
func (t *Table) finish(k kernel, held Held) error {
	if t.unchanged() {
		return nil
	}
	if !t.moved {
		t.move()
	}
	for _, e := range t.fresh {
		t.report(e)
	}
	t.fresh = t.fresh[:0]
	absent := t.accept()
	t.missing = nil
	shared := t.sharedWith(absent)
	for i, e := range absent {
		gone, err := t.isGone(e, k, held, shared)
		switch {
		case err != nil:
			t.missing = append(t.missing, absent[i:]...)
			return err
		case gone:
			t.drop(e)
		default:
			t.missing = append(t.missing, e)
		}
	}
	return nil
}

// accept makes the dump that was built the last one, and gives what it lacks.
func (t *Table) accept() (absent []*entry) {
	for _, e := range slices.Concat(t.entries, t.missing) {
		if e.seen != t.round {
			e.absent++
			absent = append(absent, e)
		} else {
			e.absent = 0
		}
	}
	t.images, t.nextImages = t.nextImages, t.images
	t.entries, t.nextEntries = t.nextEntries, t.entries
	for i, e := range t.entries {
		e.pos = i
	}
	clear(t.nextEntries[:cap(t.nextEntries)]) // do not keep what is gone
	return absent
}

// report adds a new entry to what has changed. The one that it takes the place
// of is not absent, its socket is there.
func (t *Table) report(e *entry) {
	if e.was != nil {
		e.was.seen = t.round
		if e.was.Port != 0 && (e.Port == 0 || keyOf(&e.was.Socket) != keyOf(&e.Socket)) {
			t.gone = append(t.gone, e.was.Socket)
		}
		e.was = nil
	}
	if e.Port != 0 {
		t.added = append(t.added, e.Socket)
	}
}

// sharedWith gives the addresses of some sockets that others, which are there,
// have too.
func (t *Table) sharedWith(some []*entry) map[key]bool {
	if len(some) == 0 {
		return nil
	}
	keys := make(map[key]bool, len(some))
	for _, e := range some {
		keys[keyOf(&e.Socket)] = false
	}
	for _, e := range t.entries {
		k := keyOf(&e.Socket)
		if _, ok := keys[k]; ok {
			keys[k] = true
		}
	}
	return keys
}

func (t *Table) isGone(e *entry, k kernel, held Held, shared map[key]bool) (bool, error) {
	if e.Port == 0 || k.whole() {
		return true, nil
	}
	if shared[keyOf(&e.Socket)] {
		holds, known := held(&e.Socket)
		return known && !holds || !known && e.absent >= maxAbsent, nil
	}
	cookie, err := k.lookup(&e.Socket)
	if _, answered := err.(syscall.Errno); err != nil && !answered {
		return false, err
	}
	if err == nil && cookie == e.Cookie {
		e.absent = 0
	}
	return err == syscall.ENOENT || e.absent > 1, nil // else another one takes what is sent there
}

// drop takes back what was not told yet of a socket, should it be so short-lived.
func (t *Table) drop(e *entry) {
	delete(t.cookies, e.Cookie)
	if e.Port != 0 {
		t.added = slices.DeleteFunc(t.added, func(s Socket) bool { return s.Cookie == e.Cookie })
		t.gone = append(t.gone, e.Socket)
	}
}
