package window

import (
	"slices"

	"fyne.io/fyne/v2/widget"
)

// numberSelect is a choice of a number among some, each shown in words.
type numberSelect struct {
	*widget.Select
	usual   []int
	numbers []int // as they are shown: the usual ones, and one that was set elsewhere
	words   func(int) string
}

// newNumberSelect has nothing chosen.
func newNumberSelect(usual []int, words func(int) string, changed func()) *numberSelect {
	s := &numberSelect{Select: widget.NewSelect(nil, func(string) { changed() }), usual: usual, words: words}
	s.offer(usual)
	return s
}

func (s *numberSelect) offer(numbers []int) {
	s.numbers, s.Options = numbers, make([]string, len(numbers))
	for i, n := range numbers {
		s.Options[i] = s.words(n)
	}
}

// choose shows a number, which joins the usual ones if it is none of them.
func (s *numberSelect) choose(n int) {
	s.offer(s.usual)
	if !slices.Contains(s.usual, n) {
		s.offer(append(slices.Clone(s.usual), n))
	}
	s.SetSelectedIndex(slices.Index(s.numbers, n))
}

// chosen is the number that is chosen, 0 for none.
func (s *numberSelect) chosen() int {
	if i := s.SelectedIndex(); i >= 0 {
		return s.numbers[i]
	}
	return 0
}
