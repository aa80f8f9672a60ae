package tray

import "fyne.io/systray"

// label is a title as AppKit draws it.
func label(s string) string { return s }

// prepare does nothing: the status item is there only when systray is ready.
func prepare(*Options) {}

// ShowsTitle tells whether this system shows a text beside the icon.
const ShowsTitle = true

// Template tells whether this system draws the template icons, in the colour of what is
// around them.
const Template = true

// dress sets icon and tooltip. The title would stand beside the icon: it is
// showTitle's.
func dress(o *Options) {
	if len(o.TemplateIcon) > 0 {
		systray.SetTemplateIcon(o.TemplateIcon, o.Icon)
	}
	systray.SetTooltip(o.Tooltip.String())
}

// showTitle shows a text beside the icon.
func showTitle(text string) { systray.SetTitle(text) }

// watchBus does nothing: there is no bus to lose.
func watchBus(func(error)) {}
