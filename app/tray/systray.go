package tray

import "fyne.io/systray"

// clicksKept is how many clicks on one item wait while earlier ones are looked
// at.
const clicksKept = 16

// systrayBoard draws on the real tray, until done is closed.
type systrayBoard struct{ done <-chan struct{} }

func (b systrayBoard) add(title string, clicked func()) item {
	return b.listen(systray.AddMenuItem(label(title), ""), clicked)
}

func (b systrayBoard) under(parent item, title string, clicked func()) item {
	return b.listen(parent.(*systray.MenuItem).AddSubMenuItem(label(title), ""), clicked)
}

func (b systrayBoard) separator() { systray.AddSeparator() }

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
