package window

import "unicode/utf8"

// column is how wide a column of the table may be, in units of the screen.
type column struct {
	min    float32 // below this it makes no sense
	weight float32 // its part of what is left over
	right  bool    // figures stand to the right
	mono   bool
}

var columns = [columnCount]column{
	columnPort:    {min: 74, mono: true},
	columnService: {min: 78, weight: 3},
	columnProgram: {min: 90, weight: 3},
	columnReach:   {min: 116, weight: 3},
	columnUser:    {min: 62, weight: 1},
	columnPID:     {min: 50, right: true, mono: true},
}

// givenUp are the columns that go first when the table is narrow.
var givenUp = [...]int{columnPID, columnUser, columnService}

// columnGap is the space between two columns.
const columnGap = 8

// columnWidths shares a width among the columns; a column that has no room
// gets 0.
func columnWidths(total float32) [columnCount]float32 {
	var widths [columnCount]float32
	for i := range columns {
		widths[i] = columns[i].min
	}
	for _, c := range givenUp {
		if spare(widths, total) >= 0 {
			break
		}
		widths[c] = 0
	}
	left, weights := max(spare(widths, total), 0), float32(0)
	for i := range columns {
		if widths[i] > 0 {
			weights += columns[i].weight
		}
	}
	for i := range columns {
		if widths[i] > 0 {
			widths[i] += left * columns[i].weight / weights
		}
	}
	return widths
}

// spare is what a width leaves over when the columns have taken theirs.
func spare(widths [columnCount]float32, total float32) float32 {
	total += columnGap
	for _, w := range widths {
		if w > 0 {
			total -= w + columnGap
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
