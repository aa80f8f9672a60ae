package view

import "portlight/assets/words"

// The words of the system, the rights and the self-test.
const (
	wordSystem   = words.Text("System | a heading")
	wordRelease  = words.Text("Kernel | of the system")
	wordRights   = words.Text("Rights | of Portlight, a heading")
	wordSelfTest = words.Text("Self-test | a heading")

	wordsRunsAs       = words.Text("Portlight runs as {{.User}}")
	wordsCapabilities = words.Text("it may do more than an ordinary user: {{.Capabilities}}")
	wordsOrdinary     = words.Text("an ordinary user may not look into processes of others; as root it sees more")
	wordsNoApp        = words.Text("it runs outside of Portlight.app: no notifications, no start at login")
	wordsSeenWhole    = words.Text("opened here, and seen with its process")
	wordsSeenOnly     = words.Text("opened here and seen, but not its process: report that, please")
	wordsNotSeen      = words.Text("opened here, and not seen: what is said to listen cannot be relied on")
	wordsNotOpened    = words.Text("cannot be opened here: {{.Error}}")
)
