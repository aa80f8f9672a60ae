package main

import (
	"fmt"
	"regexp"

	"howett.net/plist"

	"portlight/app/desktop"
	"portlight/assets/words"
)

// info is Info.plist, with the keys of Apple's "Information Property List".
type info struct {
	DevelopmentRegion string   `plist:"CFBundleDevelopmentRegion"`
	Localizations     []string `plist:"CFBundleLocalizations"` // macOS offers them per app
	DisplayName       string   `plist:"CFBundleDisplayName"`
	Executable        string   `plist:"CFBundleExecutable"`
	IconFile          string   `plist:"CFBundleIconFile"`
	Identifier        string   `plist:"CFBundleIdentifier"`
	FormatVersion     string   `plist:"CFBundleInfoDictionaryVersion"`
	Name              string   `plist:"CFBundleName"`
	PackageType       string   `plist:"CFBundlePackageType"`
	ShortVersion      string   `plist:"CFBundleShortVersionString"` // three numbers
	Platforms         []string `plist:"CFBundleSupportedPlatforms"`
	Version           string   `plist:"CFBundleVersion"` // three numbers
	Category          string   `plist:"LSApplicationCategoryType"`
	MinimumSystem     string   `plist:"LSMinimumSystemVersion"`
	Agent             bool     `plist:"LSUIElement"` // no icon in the Dock until a window asks for one
	HighResolution    bool     `plist:"NSHighResolutionCapable"`
	Copyright         string   `plist:"NSHumanReadableCopyright"`
	PrincipalClass    string   `plist:"NSPrincipalClass"`
	AnyGraphicsCard   bool     `plist:"NSSupportsAutomaticGraphicsSwitching"` // OpenGL does not wake the second one of a notebook
}

// numbers are what macOS takes of a version: three of them, "1.2.3" of "1.2.3-dev+abc".
var numbers = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+`)

// newInfo describes a version of Portlight that runs on macOS from minimum on.
func newInfo(version, minimum string) (info, error) {
	short := numbers.FindString(version)
	if short == "" {
		return info{}, fmt.Errorf("version %q does not begin with three numbers, such as 1.2.3", version)
	}
	return info{
		DevelopmentRegion: "en",
		Localizations:     words.Tags(),
		DisplayName:       "Portlight",
		Executable:        "portlight",
		IconFile:          "portlight.icns",
		Identifier:        desktop.AppID,
		FormatVersion:     "6.0",
		Name:              "Portlight",
		PackageType:       "APPL",
		ShortVersion:      short,
		Platforms:         []string{"MacOSX"},
		Version:           short,
		Category:          "public.app-category.utilities",
		MinimumSystem:     minimum,
		Agent:             true,
		HighResolution:    true,
		Copyright:         "Copyright the authors of Portlight",
		PrincipalClass:    "NSApplication",
		AnyGraphicsCard:   true,
	}, nil
}

// encode gives the property list as XML.
func (i info) encode() ([]byte, error) {
	return plist.MarshalIndent(i, plist.XMLFormat, "\t")
}
