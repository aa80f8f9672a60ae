package window

import (
	"slices"

	"fyne.io/fyne/v2"

	"portlight/assets/words"
)

// What a screen reader says of our own widgets; Fyne's say it themselves.

var (
	_ fyne.Accessible = (*tableRow)(nil)
	_ fyne.Accessible = (*tableHeader)(nil)
	_ fyne.Accessible = (*segments)(nil)
	_ fyne.Accessible = (*actionRow)(nil)
	_ fyne.Accessible = (*quietButton)(nil)
	_ fyne.Accessible = (*valueBox)(nil)
)

// AccessibilityLabel reads the row from left to right.
func (r *tableRow) AccessibilityLabel() string {
	l := &r.line
	if l.entry == nil {
		if l.group == nil {
			return ""
		}
		return groupTitle(l.group)
	}
	said := []string{portWords(&l.Row), l.Program, reachWord(l), l.Mismatch}
	if l.fresh {
		said = append(said, wordNewSaid.String())
	}
	return spoken(said...)
}

// AccessibilityRole says that it can be pressed.
func (r *tableRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel says by which column the table is sorted, and how.
func (h *tableHeader) AccessibilityLabel() string { return sortedWords(h.order) }

// AccessibilityRole says that it can be pressed.
func (h *tableHeader) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel reads the choice and says what is chosen.
func (s *segments) AccessibilityLabel() string {
	return chosenWords(s.items[s.chosen], s.chosen+1, len(s.items))
}

// AccessibilityRole says that it can be pressed.
func (s *segments) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel reads the row's lines.
func (r *actionRow) AccessibilityLabel() string {
	t := &r.shown
	return spoken(t.lead, t.title, t.place, t.state, t.facts)
}

// AccessibilityRole says that it can be pressed.
func (r *actionRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the button's words.
func (b *quietButton) AccessibilityLabel() string { return b.text }

// AccessibilityRole says that it can be pressed.
func (b *quietButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the value.
func (v *valueBox) AccessibilityLabel() string { return v.label.Text }

// AccessibilityRole says that it is read.
func (v *valueBox) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// spoken joins what is not empty.
func spoken(parts ...string) string {
	return words.Facts(slices.DeleteFunc(parts, func(s string) bool { return s == "" })...)
}
