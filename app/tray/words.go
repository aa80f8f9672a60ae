package tray

// The words of the menu. The rows, headings and notes come with the model.
const (
	wordDetails  = "Details…"
	wordCopy     = "Copy address"
	wordBrowser  = "Open in browser"
	wordStop     = "Stop…"
	wordOpen     = "Open Portlight"
	wordSettings = "Settings…"
	wordQuit     = "Quit Portlight"
)

// closedLabel is a row whose listener has gone while the menu is open.
func closedLabel(label string) string { return label + " (closed)" }
