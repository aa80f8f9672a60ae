package sockdiag

import (
	"errors"
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
	image image
	pos   int    // in the last dump
	seen  uint64 // the round that showed it last
	was   *entry // what it takes the place of once the dump is complete
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

// maxLookups is how many sockets that a dump lacks are looked up one by one;
// for more another dump is cheaper.
const maxLookups = 32

// finish ends a complete dump. What it lacks is gone if the kernel has nothing
// at the address, by lookup, or if the dump before lacked it too: a dump of a
// large SO_REUSEPORT group under change may miss sockets that are there. It
// reports whether another dump should decide at once.
func (t *Table) finish(lookup func(*Socket) (uint64, error)) (again bool) {
	if t.unchanged() {
		return false
	}
	if !t.moved {
		t.move()
	}
	for _, e := range t.fresh {
		t.report(e)
	}
	t.fresh = t.fresh[:0]
	for _, e := range t.missing {
		if e.seen != t.round {
			t.drop(e)
		}
	}
	t.missing = nil
	absent := t.accept()
	if len(absent) > maxLookups {
		t.missing = absent
		return true
	}
	for _, e := range absent {
		if t.isGone(e, lookup) {
			t.drop(e)
		} else {
			t.missing = append(t.missing, e)
		}
	}
	return false
}

// accept makes the dump that was built the last one, and gives what it lacks.
func (t *Table) accept() (absent []*entry) {
	for _, e := range t.entries {
		if e.seen != t.round {
			absent = append(absent, e)
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

// isGone reports whether the kernel has no socket at the address any more. Where
// another one has the same address a lookup would find that: the next dump
// decides, as it does when the lookup fails.
func (t *Table) isGone(e *entry, lookup func(*Socket) (uint64, error)) bool {
	if e.Port == 0 {
		return true
	}
	k := keyOf(&e.Socket)
	if slices.ContainsFunc(t.entries, func(o *entry) bool { return o.Port == k.port && keyOf(&o.Socket) == k }) {
		return false
	}
	_, err := lookup(&e.Socket)
	return errors.Is(err, syscall.ENOENT)
}

func (t *Table) drop(e *entry) {
	delete(t.cookies, e.Cookie)
	if e.Port != 0 {
		t.gone = append(t.gone, e.Socket)
	}
}
