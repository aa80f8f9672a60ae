package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// askLess asks whether events that are older, or more, than that are to be deleted. No is
// done whenever the answer is not yes.
func (w *Window) askLess(days, events int, yes, no func()) {
	sure := false
	less := newKeyButton(wordKeepLess.String(), func() {
		sure = true
		w.closePopup()
		yes()
	}, map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup})
	less.Importance = widget.DangerImportance
	cancel := w.newDismiss(wordCancel.String())
	text := wordLessText.With("Days", daysWords(days), "Events", eventsWords(events))
	question := container.New(question{}, heading(wordLessTitle.String()), paragraph(text), buttonRow(cancel, less))
	w.openDialog(cancel, padded(12, 14, question), func() {
		if !sure {
			no()
		}
	})
}
