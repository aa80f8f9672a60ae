package tray

import "fyne.io/systray"

// label is a title as AppKit draws it.
func label(s string) string { return s }

// prepare does nothing: the status item is there only when systray is ready.
func prepare(*Options) {}

// dress sets icon and tooltip. The title would stand beside the icon: it is the
// count's.
func dress(o *Options) {
	if len(o.TemplateIcon) > 0 {
		systray.SetTemplateIcon(o.TemplateIcon, o.Icon)
	}
	systray.SetTooltip(o.Tooltip)
}

// showCount shows how many alerts are new, beside the icon.
func showCount(count string) { systray.SetTitle(count) }

// watchBus does nothing: there is no bus to lose.
func watchBus(func(error)) {}
