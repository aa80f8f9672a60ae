// Package desktop holds what differs from one desktop to another: the data
// folder, the single instance, opening a page in the browser, the clipboard,
// the login item, and what the session offers. It shows nothing by itself and
// needs no window toolkit and no cgo.
package desktop

// AppID names the application to the desktop: it is the name of its desktop
// entry, its icon and its bundle.
const AppID = "io.github.portlight.Portlight"
