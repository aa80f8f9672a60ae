package notify

import (
	"errors"
	"testing"
)

func TestStatusString(t *testing.T) {
	for want, s := range map[string]Status{
		"dunst 1.9.0":            {Name: "dunst", Version: "1.9.0", Actions: true},
		"dunst, without buttons": {Name: "dunst"},
		statusWaiting.String():   {Waiting: true},
		"macOS, which asks for your permission at the first alert": {Name: wordMacOS, Actions: true, Asks: true},
		"no bus":                          {Err: errors.New("no bus")},
		"gnome-shell 46, without buttons": {Name: "gnome-shell", Version: "46"},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}
