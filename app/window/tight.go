package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// tight is the app's theme, whatever that is at the time, without padding: Fyne's List
// leaves it between its rows, where a click would choose nothing.
type tight struct{}

func current() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color is the app's.
func (tight) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return current().Color(n, v)
}

// Font is the app's.
func (tight) Font(s fyne.TextStyle) fyne.Resource { return current().Font(s) }

// Icon is the app's.
func (tight) Icon(n fyne.ThemeIconName) fyne.Resource { return current().Icon(n) }

// Size is the app's, but for the padding.
func (tight) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNamePadding {
		return 0
	}
	return current().Size(n)
}

// closely puts the rows of a list close together.
func closely(list fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(list, tight{})
}
