package notify

import (
	"errors"
	"testing"
)

func TestStatusString(t *testing.T) {
	for want, s := range map[string]Status{
		"dunst 1.9.0":                        {Name: "dunst", Version: "1.9.0", Actions: true},
		"dunst, " + statusNoButtons:          {Name: "dunst"},
		statusWaiting:                        {Waiting: true},
		"macOS, " + statusAsks:               {Name: wordMacOS, Actions: true, Asks: true},
		"no bus":                             {Err: errors.New("no bus")},
		"gnome-shell 46, " + statusNoButtons: {Name: "gnome-shell", Version: "46"},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}
