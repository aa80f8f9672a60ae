package alerts

import (
	"cmp"
	"slices"

	"portlight/scanner"
)

// change sorts the programs that hold a listener by what became of them between
// two scans. Each stands in one list, and one list at least is not empty.
type change struct {
	came     []string // was not there: to be judged
	revealed []string // taken for an owner that was hidden: no news
	hid      []string // the hidden ones, who are taken for owners that were there: no news
	stayed   []string // was there: no news, with however many processes
}

// newChange compares a listener with what it was. The known programs are those
// that were seen on its port before.
//
// What cannot be told from the two is read calmly: sockets that were hidden and
// no longer are stand for one program each that is seen now, first for a known
// one, then for those that run longest; sockets that are hidden now and were not
// stand for the owners that are gone. Neither holds across users: the user who
// made a socket does not change. Nor where DualStack differs: it is fixed when a
// socket is bound (IPV6_V6ONLY in ipv6(7)), so this is another socket.
func newChange(was, is *scanner.Listener, known func(program string) bool) change {
	if was.DualStack != is.DualStack {
		return change{came: programs(is)}
	}
	var c change
	explained := 0
	if was.UID == is.UID {
		explained = max(0, was.Unseen-is.Unseen)
	}
	c.placeUnseen(was, is, explained > 0)
	fresh := c.placeSeen(was, is)
	slices.SortStableFunc(fresh, func(a, b string) int { return cmp.Compare(rank(known(a)), rank(known(b))) })
	explained = min(explained, len(fresh))
	c.revealed = append(c.revealed, fresh[:explained]...)
	c.came = append(c.came, fresh[explained:]...)
	return c
}

// rank puts true first.
func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// placeSeen sorts in the programs of the owners that are seen, and gives those
// that are left, the longest running first. A process that was there is the same
// program unless its executable is another, by execve(2): by another identity more is
// known of it, its container or what it runs.
func (c *change) placeSeen(was, is *scanner.Listener) (fresh []string) {
	before := programs(was)
	placed := map[string]bool{}
	for _, o := range sameFirst(was.Owners, is.Owners) {
		program := Program(is, &o)
		if placed[program] {
			continue
		}
		placed[program] = true
		old := find(was.Owners, &o)
		switch {
		case slices.Contains(before, program), old != nil && (o.Path == "" || o.Path == old.Path):
			c.stayed = append(c.stayed, program)
		case old == nil:
			fresh = append(fresh, program)
		case old.Path == "":
			c.revealed = append(c.revealed, program)
		default:
			c.came = append(c.came, program)
		}
	}
	return fresh
}

// sameFirst orders owners: those that were there, then the longest running.
func sameFirst(was, is []scanner.Process) []scanner.Process {
	owners := slices.Clone(is)
	slices.SortStableFunc(owners, func(a, b scanner.Process) int {
		return cmp.Or(
			cmp.Compare(rank(find(was, &a) != nil), rank(find(was, &b) != nil)),
			cmp.Compare(a.Start, b.Start),
		)
	})
	return owners
}

// placeUnseen sorts in who cannot be seen, or the kernel.
func (c *change) placeUnseen(was, is *scanner.Listener, explained bool) {
	program := Program(is, nil)
	switch {
	case is.Kernel && was.Kernel:
		c.stayed = append(c.stayed, program)
	case is.Kernel && explained:
		c.revealed = append(c.revealed, program)
	case is.Kernel:
		c.came = append(c.came, program)
	case !is.Hidden():
	case unseenCame(was, is):
		c.came = append(c.came, program)
	case was.Unseen > 0 && program == Program(was, nil):
		c.stayed = append(c.stayed, program)
	default:
		c.hid = append(c.hid, program)
	}
}

// unseenCame reports whether there is somebody hidden who was neither hidden
// before nor seen. The user of a listener that several share is that of its
// oldest socket: where owners are seen, it says nothing about the hidden ones.
func unseenCame(was, is *scanner.Listener) bool {
	if was.UID != is.UID {
		return is.Unseen > was.Unseen || is.Unseen == was.Unseen && len(was.Owners) == 0
	}
	left := was.Kernel || slices.ContainsFunc(was.Owners, func(o scanner.Process) bool { return find(is.Owners, &o) == nil })
	return is.Unseen > was.Unseen && !left
}

// find gives the same process among owners, nil if it is not there.
func find(owners []scanner.Process, p *scanner.Process) *scanner.Process {
	i := slices.IndexFunc(owners, func(o scanner.Process) bool { return o.ID == p.ID })
	if i < 0 {
		return nil
	}
	return &owners[i]
}
