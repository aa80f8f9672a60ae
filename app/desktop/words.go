package desktop

// The words that a person may read: in errors and in the login item.
const (
	wordName    = "Portlight"
	wordComment = "Shows what is listening on this computer"

	hintNoHome      = "$HOME is not set: set it, or name a folder with --data-dir"
	hintNoBus       = "there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set and $XDG_RUNTIME_DIR/bus is not there; start from a desktop session or with dbus-run-session"
	hintBusSilent   = "the session bus does not answer"
	hintNoDisplay   = "there is no X display: DISPLAY names none (a Wayland desktop needs XWayland)"
	hintRefused     = "it does not let this user in (XAUTHORITY, xhost)"
	hintNoXDGOpen   = "xdg-open is missing: install the package xdg-utils"
	hintNotWeb      = "only http and https addresses are opened"
	hintNoClipboard = "neither DISPLAY nor WAYLAND_DISPLAY is set"
	hintWayland     = "install the package wl-clipboard"
	hintX11         = "check DISPLAY and XAUTHORITY, or install xclip or xsel"
	hintNotYet      = "not available on this system yet"
	hintNotOurs     = "it belongs to another user"
	hintUnapproved  = "macOS waits for your approval: System Settings > General > Login Items"
	hintNotChanged  = "macOS did not change it: look in System Settings > General > Login Items"
	hintNoBundle    = "this Portlight runs outside of Portlight.app: start the app instead"
	hintNotFolder   = "it is not a folder"
	hintNotAbsolute = "it is not a whole path"
	hintEqualSign   = "the path of the program has an equals sign, which a desktop entry may not start: move the program"
)
