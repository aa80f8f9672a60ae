package main

// The words of the command line.
const (
	wordsRoot = `Portlight shows what listens on this computer: which port, which service, which
program, and who can reach it. Without a command it sits in the tray and tells
when a program starts to listen where others can reach it, for the first time.`

	wordsNoSession     = "No desktop to show a tray icon in (%v). Watching here instead; Ctrl-C ends it."
	wordsNoDataDir     = "No folder for Portlight's own files: %v."
	wordsCannotScan    = "Cannot scan: "
	wordsNoTray        = "This desktop shows no tray icons (on GNOME the extension AppIndicator adds them)."
	wordsWindowInstead = "Opening the window instead."
	wordsWatchHere     = "No window can be opened: %v. Watching here instead; Ctrl-C ends it."
	wordsWindowEnded   = "the window ended by an error: %w"
	wordsRunning       = "Portlight is running already; its window opens."
	wordsWatching      = "Watching %s by %s, every %v. Ctrl-C ends it.\n"
	wordsNoWindow      = "this build has no window: use `portlight list`, or build it with packaging/run"
	wordsNoReason      = "no reason was given"
	wordsGL            = "the window needs OpenGL ES 2: look after the graphics driver, or install Mesa, on Debian libgl1-mesa-dri; `portlight list` and `portlight watch` do without"
	wordsNoMatch       = "Nothing that listens matches."
	wordsNoClients     = "it has no connections"
	wordsNoService     = "no service is known as %q"
	wordsEnded         = "Process %d has ended."
	wordsStillRunning  = "Process %d was asked to end and still runs after %v."
	wordsTooltip       = "What listens on this computer"
	wordsNotUnderstood = "this request is not understood"
	wordsNoSource      = "nothing here tells what listens"
	wordsWindowBusy    = "the window is busy"
	wordsDetails       = "Details"
)
