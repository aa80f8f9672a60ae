package window

import "portlight/assets/words"

// What a user reads in the welcome.
const (
	wordWelcome = words.Text("Welcome to Portlight")
	wordStart   = words.Text("Start | button of the welcome")
	wordSkip    = words.Text("Skip | button of the welcome")

	textIcon    = words.Text("This icon opens a menu of what listens on this computer, and who can reach it.")
	textMarked  = words.Text("With the dot it has news: a program has begun to listen where others can reach it, for the first time.")
	textNoTray  = words.Text("This desktop shows no icons of programs in its panel. On GNOME the extension AppIndicator adds them. Until then this window shows what listens on this computer, and who can reach it.")
	textNothing = words.Text("Nothing listens now.")
	textKnown   = words.Text("That counts as known. You are told when another program begins to listen where others can reach it.")

	textWelcomeLogin = words.Text("Start Portlight at login")
	textNotify       = words.Text("Portlight tells you by notifications. macOS asks whether it may.")
	wordNotify       = words.Text("Allow notifications…")
	textNotifies     = words.Text("Notifications are allowed.")
)

var (
	textReachable = words.Plural{
		One:   "{{.N}} program listens now. Others can reach {{.Reachable}} of them.",
		Other: "{{.N}} programs listen now. Others can reach {{.Reachable}} of them.",
	}
	textAllReachable = words.Plural{
		One:   "{{.N}} program listens now. Others can reach it.",
		Other: "{{.N}} programs listen now. Others can reach all of them.",
	}
	textUnreachable = words.Plural{
		One:   "{{.N}} program listens now. Others cannot reach it.",
		Other: "{{.N}} programs listen now. Others can reach none of them.",
	}
)

// baselineWords tells how many programs listen, and how many of them others can reach.
func baselineWords(programs, reachable int) string {
	switch {
	case programs == 0:
		return textNothing.String()
	case reachable == 0:
		return textUnreachable.Of(programs)
	case reachable == programs:
		return textAllReachable.Of(programs)
	}
	return textReachable.Of(programs, "Reachable", reachable)
}
