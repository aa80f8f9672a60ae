package desktop

import "portlight/assets/words"

// What the login item says, in English: it is a file.
const (
	wordName    = "Portlight"
	wordComment = "Shows what is listening on this computer"
)

// What is wrong, and what to do.
const (
	hintNoHome      = words.Error("$HOME is not set: set it, or name a folder with --data-dir")
	hintNoBus       = words.Error("there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set and $XDG_RUNTIME_DIR/bus is not there; start from a desktop session or with dbus-run-session")
	hintBusSilent   = words.Error("the session bus does not answer")
	hintNoDisplay   = words.Error("there is no X display: DISPLAY names none (a Wayland desktop needs XWayland)")
	hintRefused     = words.Error("it does not let this user in (XAUTHORITY, xhost)")
	hintNoXDGOpen   = words.Error("xdg-open is missing: install the package xdg-utils")
	hintNotWeb      = words.Error("only http and https addresses are opened")
	hintNoClipboard = words.Error("neither DISPLAY nor WAYLAND_DISPLAY is set")
	hintXSilent     = words.Error("the X server does not answer")
	hintTaken       = words.Error("another program took the clipboard")
	hintWayland     = words.Error("install the package wl-clipboard")
	hintX11         = words.Error("check DISPLAY and XAUTHORITY, or install xclip or xsel")
	hintNotYet      = words.Error("not available on this system yet")
	hintNotOurs     = words.Error("it belongs to another user")
	hintUnapproved  = words.Error("macOS waits for your approval: System Settings > General > Login Items")
	hintNotChanged  = words.Error("macOS did not change it: look in System Settings > General > Login Items")
	hintNoBundle    = words.Error("this Portlight runs outside of Portlight.app: start the app instead")
	hintNotFolder   = words.Error("it is not a folder")
	hintNotAbsolute = words.Error("it is not a whole path")
	hintEqualSign   = words.Error("the path of the program has an equals sign, which a desktop entry may not start: move the program")
)

// What failed.
const (
	triedCopy      = words.Text("copy to the clipboard: {{.Reason}}")
	triedOpen      = words.Text("open {{.Place}}: {{.Reason}}")
	triedReveal    = words.Text("reveal {{.Place}}: {{.Reason}}")
	triedReadLogin = words.Text("read login item: {{.Reason}}")
	triedSetLogin  = words.Text("set login item: {{.Reason}}")
)

// failed says what was tried where that failed; nil is that it did not.
func failed(cause error, tried words.Text, pairs ...any) error {
	if cause == nil {
		return nil
	}
	return words.Wrap(tried, cause, pairs...)
}
