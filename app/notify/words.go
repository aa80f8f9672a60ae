package notify

// The words that a person may read.
const (
	wordApp   = "Portlight"
	wordMacOS = "macOS"

	hintNoService     = "no notification service runs and none can be started: install one, such as dunst or mako, or use a desktop that has one"
	hintSilent        = "the notification service does not answer: restart it or log in again"
	hintClosed        = "notifications are closed"
	hintNoAnswer      = "macOS does not answer about notifications: log in again"
	hintRefusedByUser = "macOS does not let Portlight notify: allow it in System Settings > Notifications > Portlight"
	hintUnanswered    = "macOS asks whether Portlight may notify: answer that, or allow it in System Settings > Notifications > Portlight"
	hintElsewhere     = "alerts are in the menu, in the window and in the log"
	hintLater         = "notifications arrive with a later version on this system; alerts are in the log"

	statusWaiting   = "a notification service is started when it is needed"
	statusAsks      = "which asks for your permission at the first alert"
	statusNoButtons = "without buttons"
)

// String is the status in a few words: "dunst 1.9.0".
func (s Status) String() string {
	switch {
	case s.Err != nil:
		return s.Err.Error()
	case s.Waiting:
		return statusWaiting
	case s.Asks:
		return s.label() + ", " + statusAsks
	case !s.Actions:
		return s.label() + ", " + statusNoButtons
	}
	return s.label()
}

func (s Status) label() string {
	if s.Version == "" {
		return s.Name
	}
	return s.Name + " " + s.Version
}
