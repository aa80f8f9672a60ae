package desktop

// Presence says where the desktop shows a process beside its windows. Only macOS has a
// choice: elsewhere panels show windows.
type Presence int

// The presences, NSApplicationActivationPolicyRegular and …Accessory on macOS.
const (
	InDock    Presence = iota // in the Dock and the switcher, with a menu of its own
	InMenuBar                 // nowhere but in the menu bar
)

// Loop is who runs the events of this process, and so hears of a second start of the
// app by the Finder, the Dock or Spotlight.
type Loop int

// The loops: that of fyne.io/systray, and that of GLFW beneath Fyne.
const (
	TrayLoop Loop = iota
	WindowLoop
)
