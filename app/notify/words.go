package notify

// The words that a person may read.
const (
	wordApp = "Portlight"

	hintNoService = "no notification service runs and none can be started: install one, such as dunst or mako, or use a desktop that has one"
	hintSilent    = "the notification service does not answer: restart it or log in again"
	hintClosed    = "notifications are closed"
	hintLater     = "notifications arrive with a later version on this system; alerts are in the log"

	statusWaiting   = "a notification service is started when it is needed"
	statusNoButtons = "without buttons"
)

// String is the status in a few words: "dunst 1.9.0".
func (s Status) String() string {
	switch {
	case s.Err != nil:
		return s.Err.Error()
	case s.Waiting:
		return statusWaiting
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
