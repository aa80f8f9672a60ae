package tray

import "fyne.io/systray"

// clicksKept is how many clicks on one item wait while earlier ones are looked
// at.
const clicksKept = 16

// systrayBoard draws on the real tray, until done is closed.
type systrayBoard struct {
	opts *Options
	done <-chan struct{}
}

func (b systrayBoard) add(title string, clicked func()) item {
	return b.listen(systray.AddMenuItem(label(title), ""), clicked)
}

func (b systrayBoard) under(parent item, title string, clicked func()) item {
	return b.listen(parent.(*systray.MenuItem).AddSubMenuItem(label(title), ""), clicked)
}

func (b systrayBoard) checkUnder(parent item, title string, clicked func()) item {
	return b.listen(parent.(*systray.MenuItem).AddSubMenuItemCheckbox(label(title), "", false), clicked)
}

func (b systrayBoard) separator() { systray.AddSeparator() }

func (b systrayBoard) mark(on bool) {
	icon, template := b.opts.Icon, b.opts.TemplateIcon
	if on {
		icon, template = b.opts.MarkedIcon, b.opts.MarkedTemplateIcon
	}
	if len(icon) > 0 && len(template) > 0 {
		systray.SetTemplateIcon(template, icon)
	}
}

func (b systrayBoard) title(text string) { showTitle(text) }

func (b systrayBoard) count(unseen int) {
	systray.SetTooltip(tooltipWords(b.opts.Tooltip.String(), unseen))
}

// listen gives the item a channel that keeps clicks: systray drops a click if
// nobody receives at that very moment.
func (b systrayBoard) listen(it *systray.MenuItem, clicked func()) item {
	if clicked == nil {
		return it
	}
	clicks := make(chan struct{}, clicksKept)
	it.ClickedCh = clicks
	go func() {
		for {
			select {
			case <-clicks:
				clicked()
			case <-b.done:
				return
			}
		}
	}()
	return it
}
