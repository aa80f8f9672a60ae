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
	columnSince
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

// String gives the order, to keep: "port", "-since".
func (o order) String() string {
	if o.falling {
		return "-" + columns[o.column].name
	}
	return columns[o.column].name
}

// parseOrder reads what String gave; anything else is the zero order.
func parseOrder(s string) order {
	name, falling := strings.CutPrefix(s, "-")
	i := slices.IndexFunc(columns[:], func(c column) bool { return c.name == name })
	if i < 0 {
		return order{}
	}
	return order{i, falling}
}

// sort arranges lines; what is equal stays in the order of the snapshot.
func (o order) sort(lines []line) {
	slices.SortFunc(lines, func(a, b line) int {
		c := compare(&a, &b, o.column)
		if o.falling {
			c = -c
		}
		if c == 0 {
			c = a.place - b.place
		}
		return c
	})
}

func compare(a, b *line, column int) int {
	switch column {
	case columnService, columnProgram, columnUser:
		return compareText(a.keys[column], b.keys[column])
	case columnReach:
		return cmp.Compare(reachRank(a.entry), reachRank(b.entry))
	case columnPID:
		return cmp.Compare(firstPID(a.entry), firstPID(b.entry))
	case columnSince:
		return compareSince(*a.since, *b.since)
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

// compareText puts what is empty last.
func compareText(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	return cmp.Compare(a, b)
}

// compareSince has the newest first, and what is not known last.
func compareSince(a, b since) int {
	if (a.how == unknown) != (b.how == unknown) {
		return cmp.Compare(b.how, a.how)
	}
	return b.at.Compare(a.at)
}

func firstPID(e *entry) int {
	if len(e.Listener.Owners) == 0 {
		return 0
	}
	return e.Listener.Owners[0].PID
}
