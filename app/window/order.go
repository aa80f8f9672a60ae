package window

import (
	"cmp"
	"slices"
	"strings"
)

// The columns of the table, from left to right.
const (
	columnPort = iota
	columnService
	columnProgram
	columnReach
	columnUser
	columnPID
	columnCount
)

// order is by which column the table is sorted. The zero order is by port.
type order struct {
	column  int
	falling bool
}

// by is the order after a click on a column's title: a second click turns it
// round.
func (o order) by(column int) order {
	return order{column: column, falling: o.column == column && !o.falling}
}

// sort arranges places in all; what is equal stays in the snapshot's order.
func (o order) sort(all []entry, places []int) {
	slices.SortStableFunc(places, func(i, j int) int {
		c := compare(&all[i], &all[j], o.column)
		if o.falling {
			return -c
		}
		return c
	})
}

func compare(a, b *entry, column int) int {
	switch column {
	case columnService:
		return compareText(a.Service, b.Service)
	case columnProgram:
		return compareText(a.Program, b.Program)
	case columnReach:
		return cmp.Compare(reachRank(a), reachRank(b))
	case columnUser:
		return compareText(a.User, b.User)
	case columnPID:
		return cmp.Compare(firstPID(a), firstPID(b))
	}
	return cmp.Compare(a.Listener.Port, b.Listener.Port)
}

// reachRank orders by how many can reach a listener: those inside of a container
// come first.
func reachRank(e *entry) int {
	if e.Listener.Namespace != "" {
		return -1
	}
	return int(e.Listener.Scope())
}

// compareText ignores case and puts what is empty last.
func compareText(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}

func firstPID(e *entry) int {
	if len(e.Listener.Owners) == 0 {
		return 0
	}
	return e.Listener.Owners[0].PID
}
