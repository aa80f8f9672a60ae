package tray

import "fyne.io/systray"

// label is a title as AppKit draws it.
func label(s string) string { return s }

// prepare does nothing: the status item is there only when systray is ready.
func prepare(*Options) {}

// dress sets icon and tooltip. A title would stand beside the icon.
func dress(o *Options) {
	if len(o.TemplateIcon) > 0 {
		systray.SetTemplateIcon(o.TemplateIcon, o.Icon)
	}
	systray.SetTooltip(o.Tooltip)
}

// watchBus does nothing: there is no bus to lose.
func watchBus(func(error)) {}
