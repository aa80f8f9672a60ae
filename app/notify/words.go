package notify

import "portlight/assets/words"

// Names.
const (
	wordApp   = "Portlight"
	wordMacOS = "macOS"
)

// What is missing, and what to do.
const (
	hintNoService     = words.Error("no notification service runs and none can be started: install one, such as dunst or mako, or use a desktop that has one")
	hintSilent        = words.Error("the notification service does not answer: restart it or log in again")
	hintClosed        = words.Error("notifications are closed")
	hintNoAnswer      = words.Error("macOS does not answer about notifications: log in again")
	hintRefusedByUser = words.Error("macOS does not let Portlight notify: allow it in System Settings > Notifications > Portlight")
	hintUnanswered    = words.Error("macOS asks whether Portlight may notify: answer that, or allow it in System Settings > Notifications > Portlight")
	hintElsewhere     = words.Error("alerts are in the menu, in the window and in the log")
	hintLater         = words.Error("notifications arrive with a later version on this system; alerts are in the log")
)

// Where notifications go.
const (
	statusWaiting   = words.Text("a notification service that is started when it is needed")
	statusAsks      = words.Text("{{.Service}}, which asks for your permission at the first alert")
	statusNoButtons = words.Text("{{.Service}}, without buttons | notifications")
)

// String is the status in a few words: "dunst 1.9.0".
func (s Status) String() string {
	switch {
	case s.Err != nil:
		return s.Err.Error()
	case s.Waiting:
		return statusWaiting.String()
	case s.Asks:
		return statusAsks.With("Service", s.label())
	case !s.Actions:
		return statusNoButtons.With("Service", s.label())
	}
	return s.label()
}

func (s Status) label() string {
	if s.Version == "" {
		return s.Name
	}
	return s.Name + " " + s.Version
}
