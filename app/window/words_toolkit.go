package window

import (
	"encoding/json"

	"fyne.io/fyne/v2/lang"

	"portlight/assets/words"
)

// toolkitTexts are Fyne's own, by its keys: of the menu of a field, of its dialogs and its main menu.
var toolkitTexts = map[string]words.Text{
	"Cut":        "Cut | in the menu of a text field",
	"Copy":       "Copy | in the menu of a text field",
	"Paste":      "Paste | in the menu of a text field",
	"Select all": "Select all | in the menu of a text field",
	"Undo":       "Undo | in the menu of a text field",
	"Redo":       "Redo | in the menu of a text field",

	"OK":                "OK | button of a dialog",
	"Cancel":            "Cancel | button of a dialog",
	"Yes":               "Yes | button of a dialog",
	"No":                "No | button of a dialog",
	"Confirm":           "Confirm | title of a dialog",
	"Error":             "Error | title of a dialog",
	"Save":              "Save | button of the dialog for a file",
	"Open":              "Open | button of the dialog for a file",
	"File":              "File | in the dialog for a file",
	"Folder":            "Folder | in the dialog for a file",
	"Enter filename":    "Enter filename | in the dialog for a file",
	"Create Folder":     "Create Folder | in the dialog for a file",
	"New Folder":        "New Folder | in the dialog for a file",
	"Show Hidden Files": "Show Hidden Files | in the dialog for a file",
	"Favourites":        "Favourites | in the dialog for a file",
	"file.name":         "Name | of a folder, in the dialog for a file",
	"file.parent":       "Parent | the folder above, in the dialog for a file",
	"Quit":              "Quit | in the main menu",
}

// speakToolkit has Fyne's own words in the language in use too. It knows the system's
// language alone, so it is told that these are of that one. Call it on Fyne's goroutine.
func speakToolkit() error {
	said := make(map[string]string, len(toolkitTexts))
	for key, text := range toolkitTexts {
		said[key] = text.String()
	}
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return lang.AddTranslationsForLocale(data, lang.SystemLocale())
}
