package view

// The words of the system, the rights and the self-test.
const (
	wordSystem   = "System"
	wordRelease  = "Kernel"
	wordGo       = "Go"
	wordRights   = "Rights"
	wordSelfTest = "Self-test"

	wordsRunsAs       = "Portlight runs as %s"
	wordsCapabilities = "it may do more than an ordinary user: %s"
	wordsOrdinary     = "an ordinary user may not look into processes of others; as root it sees more"
	wordsNoApp        = "it runs outside of Portlight.app: no notifications, no start at login"
	wordsSeenWhole    = "opened here, and seen with its process"
	wordsSeenOnly     = "opened here and seen, but not its process: report that, please"
	wordsNotSeen      = "opened here, and not seen: what is said to listen cannot be relied on"
	wordsNotOpened    = "cannot be opened here: "
)
