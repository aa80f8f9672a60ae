package window

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// column is how wide a column of the table may be, in units of the screen.
type column struct {
	name   string  // in the settings
	min    float32 // below this it makes no sense
	weight float32 // its part of what is left over
	right  bool    // figures stand to the right
	mono   bool
}

var columns = [columnCount]column{
	columnPort:    {name: "port", min: 74, mono: true},
	columnService: {name: "service", min: 78, weight: 3},
	columnProgram: {name: "program", min: 90, weight: 3},
	columnReach:   {name: "reach", min: 112, weight: 3},
	columnUser:    {name: "user", min: 62, weight: 1},
	columnPID:     {name: "pid", min: 50, right: true, mono: true},
	columnSince:   {name: "since", min: 62, right: true},
}

// givenUp are the columns that go first when the table is narrow.
var givenUp = [...]int{columnPID, columnUser, columnSince, columnService}

// columnGap is the space between two columns.
const columnGap = 8

// widths are those of the columns. A column that has no room has 0.
type widths [columnCount]float32

// narrowest is how narrow a person may make a column, and widest how wide.
const narrowest, widest = 30, 1200

// columnWidths shares a width among the columns: those that a person has set have
// that, the others share the rest.
func columnWidths(total float32, set widths) widths {
	var w widths
	for i := range columns {
		w[i] = columns[i].min
		if set[i] > 0 {
			w[i] = min(max(set[i], narrowest), widest)
		}
	}
	for _, c := range givenUp {
		if spare(w, total) >= 0 {
			break
		}
		w[c] = 0
	}
	if spare(w, total) < 0 && set != (widths{}) {
		return columnWidths(total, widths{}) // they were set in a wider window
	}
	left, weights := max(spare(w, total), 0), float32(0)
	for i := range columns {
		if w[i] > 0 && set[i] == 0 {
			weights += columns[i].weight
		}
	}
	for i := range columns {
		if w[i] > 0 && set[i] == 0 && weights > 0 {
			w[i] += left * columns[i].weight / weights
		}
	}
	return w
}

// String gives the widths that were set, to keep: "service=120,user=80".
func (w widths) String() string {
	var parts []string
	for i, n := range w {
		if n > 0 {
			parts = append(parts, columns[i].name+"="+strconv.Itoa(int(n)))
		}
	}
	return strings.Join(parts, ",")
}

// parseWidths reads what String gave. What makes no sense is passed over.
func parseWidths(s string) (w widths) {
	for part := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(part, "=")
		n, err := strconv.ParseUint(value, 10, 16)
		i := slices.IndexFunc(columns[:], func(c column) bool { return c.name == name })
		if err == nil && i >= 0 && n >= narrowest && n <= widest {
			w[i] = float32(n)
		}
	}
	return w
}

// spare is what a width leaves over when the columns have taken theirs.
func spare(w widths, total float32) float32 {
	total += columnGap
	for _, n := range w {
		if n > 0 {
			total -= n + columnGap
		}
	}
	return total
}

// shorten cuts a text to a width and ends it in "…". Measure gives the width of
// a text.
func shorten(s string, width float32, measure func(string) float32) string {
	if measure(s) <= width {
		return s
	}
	low, high := 0, utf8.RuneCountInString(s)
	runes := []rune(s)
	for low < high {
		mid := (low + high + 1) / 2
		if measure(string(runes[:mid])+"…") <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low == 0 {
		return ""
	}
	return string(runes[:low]) + "…"
}
