package keeper

import (
	"slices"
	"strconv"
	"testing"

	"portlight/app/alerts"
)

func TestShown(t *testing.T) {
	var s Shown
	if _, ok := s.Find(""); ok {
		t.Error("there is one from the start")
	}
	for i := range maxShown + 1 {
		s.Add(alerts.Notice{Key: strconv.Itoa(i)})
	}
	s.Add(alerts.Notice{Key: "5", More: 1})
	if n, ok := s.Find("5"); !ok || n.More != 1 {
		t.Errorf("%v, %v", n, ok)
	}
	if _, ok := s.Find("0"); ok {
		t.Error("the oldest is still there")
	}
	if got := s.Take(func(n alerts.Notice) bool { return n.Key == "7" || n.More > 0 }); !slices.Equal(got, []string{"7", "5"}) {
		t.Errorf("%q", got)
	}
	if _, ok := s.Find("5"); ok {
		t.Error("it is there after it was taken")
	}
	if got := s.Take(func(alerts.Notice) bool { return true }); len(got) != maxShown-2 {
		t.Errorf("%d are left", len(got))
	}
}
