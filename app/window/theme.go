package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// look is Fyne's default theme with our colours and a little less air. It
// follows the system's light and dark.
type look struct{ fyne.Theme }

// newTheme gives the window's theme.
func newTheme() fyne.Theme { return look{theme.DefaultTheme()} }

// colorNetwork marks what others can reach.
const colorNetwork = theme.ColorNameWarning

// colorFresh lies behind rows that are new.
const colorFresh fyne.ThemeColorName = "portlight-fresh"

func rgb(hex uint32) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

func rgba(hex uint32, alpha uint8) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: alpha}
}

var lightColors = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          rgb(0xffffff),
	theme.ColorNameForeground:          rgb(0x1f2328),
	theme.ColorNamePlaceHolder:         rgb(0x6b7280),
	theme.ColorNameDisabled:            rgb(0x6b7280),
	theme.ColorNameHeaderBackground:    rgb(0xf5f6f7),
	theme.ColorNameSeparator:           rgb(0xe4e6e9),
	theme.ColorNameButton:              rgb(0xeceef0),
	theme.ColorNameDisabledButton:      rgb(0xf3f4f5),
	theme.ColorNameInputBackground:     rgb(0xffffff),
	theme.ColorNameInputBorder:         rgb(0xc9ced4),
	theme.ColorNameOverlayBackground:   rgb(0xffffff),
	theme.ColorNameMenuBackground:      rgb(0xffffff),
	theme.ColorNamePrimary:             rgb(0x0f6f8c),
	theme.ColorNameHyperlink:           rgb(0x0f6f8c),
	theme.ColorNameForegroundOnPrimary: rgb(0xffffff),
	theme.ColorNameSelection:           rgba(0x0f6f8c, 0x2b),
	theme.ColorNameFocus:               rgba(0x0f6f8c, 0x33),
	theme.ColorNameHover:               rgba(0x000000, 0x0b),
	colorFresh:                         rgba(0x0f6f8c, 0x14),
	theme.ColorNameWarning:             rgb(0xd97706),
	theme.ColorNameError:               rgb(0xc62f35),
	theme.ColorNameScrollBar:           rgba(0x000000, 0x55),
	theme.ColorNameShadow:              rgba(0x000000, 0x1c),
}

var darkColors = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          rgb(0x1c1e21),
	theme.ColorNameForeground:          rgb(0xeceef0),
	theme.ColorNamePlaceHolder:         rgb(0x9aa1a9),
	theme.ColorNameDisabled:            rgb(0x9aa1a9),
	theme.ColorNameHeaderBackground:    rgb(0x24272b),
	theme.ColorNameSeparator:           rgb(0x34383d),
	theme.ColorNameButton:              rgb(0x34383d),
	theme.ColorNameDisabledButton:      rgb(0x2a2d31),
	theme.ColorNameInputBackground:     rgb(0x16181a),
	theme.ColorNameInputBorder:         rgb(0x3d4248),
	theme.ColorNameOverlayBackground:   rgb(0x26292d),
	theme.ColorNameMenuBackground:      rgb(0x26292d),
	theme.ColorNamePrimary:             rgb(0x4fb3d1),
	theme.ColorNameHyperlink:           rgb(0x4fb3d1),
	theme.ColorNameForegroundOnPrimary: rgb(0x0b1b21),
	theme.ColorNameSelection:           rgba(0x4fb3d1, 0x40),
	theme.ColorNameFocus:               rgba(0x4fb3d1, 0x40),
	theme.ColorNameHover:               rgba(0xffffff, 0x10),
	colorFresh:                         rgba(0x4fb3d1, 0x1e),
	theme.ColorNameWarning:             rgb(0xf2a33a),
	theme.ColorNameError:               rgb(0xe5565b),
	theme.ColorNameForegroundOnError:   rgb(0xffffff),
	theme.ColorNameScrollBar:           rgba(0xffffff, 0x55),
	theme.ColorNameShadow:              rgba(0x000000, 0x66),
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            13,
	theme.SizeNameCaptionText:     11,
	theme.SizeNameSubHeadingText:  18,
	theme.SizeNameInnerPadding:    6,
	theme.SizeNamePadding:         4,
	theme.SizeNameInlineIcon:      16,
	theme.SizeNameSplitThickness:  4,
	theme.SizeNameInputRadius:     6,
	theme.SizeNameButtonRadius:    6,
	theme.SizeNameSelectionRadius: 5,
	theme.SizeNamePopupRadius:     10,
	theme.SizeNameModalBlurRadius: 0,
}

// Color gives our colour, or Fyne's where we have none.
func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	colors := darkColors
	if variant == theme.VariantLight {
		colors = lightColors
	}
	if c, ok := colors[name]; ok {
		return c
	}
	return l.Theme.Color(name, variant)
}

// Size gives our size, or Fyne's where we have none.
func (l look) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return l.Theme.Size(name)
}

// themed is the colour that an object's theme has now.
func themed(w fyne.Widget, name fyne.ThemeColorName) color.Color {
	return theme.CurrentForWidget(w).Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}
