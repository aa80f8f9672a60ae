// Package assets holds Portlight's icons: a port-hole with a light in it.
//
// The drawings are the SVG files; draw.sh draws the PNG files from them.
// icon.png is not embedded: it is for packaging (FyneApp.toml names it).
// All values are shared: read them, do not write to them.
package assets

import _ "embed"

// Icon is the icon of the app, an SVG in full colour on a grid
// of 1024, with the margin of the macOS icon grid. It keeps to what Fyne can
// draw: no filters, masks or clip paths.
//
//go:embed icon.svg
var Icon []byte

// WindowIcon is Icon as a PNG of 256 by 256 pixels, the size of Fyne's windows' icons.
// Fyne needs 0.3 s of a core to draw the SVG before a window appears.
//
//go:embed icon-window.png
var WindowIcon []byte

// Tray is the icon for a tray that does not say whether it is light or dark
// (StatusNotifierItem): a PNG of 44 by 44 pixels that reads on both. It is
// aligned to the pixels at 44 and 22 and legible at 16.
//
//go:embed tray.png
var Tray []byte

// TrayMarked is Tray with a red dot in the top right corner: alerts wait.
//
//go:embed tray-marked.png
var TrayMarked []byte

// TrayTemplate is the icon for the macOS menu bar, a PNG of 32 by 32 pixels:
// fyne.io/systray shows every icon at 16 points. It is black and alpha only, so
// that macOS can colour it (NSImage.isTemplate).
//
//go:embed tray-template.png
var TrayTemplate []byte

// TrayTemplateMarked is TrayTemplate with a dot in the top right corner: alerts
// wait.
//
//go:embed tray-template-marked.png
var TrayTemplateMarked []byte
