package installed

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"

	"portlight/scanner/supervisor/launchd"
)

// places are the folders whose names tell a package: its name, then its version.
var places = []struct {
	manager string
	folder  *regexp.Regexp
}{
	{Snap, regexp.MustCompile(`^(?:/var/lib/snapd)?/snap/([^/]+)/([^/]+)/`)},
	{Flatpak, regexp.MustCompile(`/flatpak/(?:app|runtime)/([^/]+)/[^/]+/([^/]+)/[0-9a-f]{64}/files/`)}, // architecture, branch, commit
	{Nix, regexp.MustCompile(`^/nix/store/` + storeItem)},
	{Guix, regexp.MustCompile(`^/gnu/store/` + storeItem)},
	{AppImage, regexp.MustCompile(`/\.mount_([^/]+)[^/]{6}()/`)}, // by mkdtemp(3)
}

// storeItem is hash, name and version; the version begins at the first dash before a
// digit (parseDrvName in nix), and behind it may stand the part of a package that was split.
const storeItem = `[0-9a-z]{32}-([^/]+?)(?:-([0-9][^/]*?)(?:-(?:bin|dev|doc|lib|man|out))?)?/`

// byPath finds the package that the path alone tells, or on macOS the files that
// describe a bundle and the system.
func (r root) byPath(path string) (Package, bool) {
	for _, p := range places {
		if m := p.folder.FindStringSubmatch(path); m != nil {
			return Package{p.manager, m[1], version(p.manager, m[2])}, true
		}
	}
	for _, find := range []func(string) (Package, bool){r.homebrew, r.bundle, r.macOS} {
		if p, ok := find(path); ok {
			return p, true
		}
	}
	return Package{}, false
}

func version(manager, text string) string {
	if manager == Snap {
		return revisionWords(text)
	}
	return text
}

var (
	cellar         = regexp.MustCompile(`(?s)^(.*)/(?:Cellar|Caskroom)/([^/]+)/([^/]+)/`)
	brewPrefixes   = []string{"/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"}
	bundleFolder   = regexp.MustCompile(`(?s)^(.*?/([^/]+)\.app)/Contents/`)
	systemVersion  = "/System/Library/CoreServices/SystemVersion.plist"
	systemFolder   = regexp.MustCompile(`^/(?:System|Library/Apple|usr/(?:bin|sbin|lib|libexec|share)|bin|sbin)/`)
	systemUserData = "/System/Volumes/"
)

// homebrew knows formulas and casks below the prefixes of Homebrew, and below others
// that have brew.
func (r root) homebrew(path string) (Package, bool) {
	m := cellar.FindStringSubmatch(path)
	if m == nil {
		return Package{}, false
	}
	if !slices.Contains(brewPrefixes, m[1]) {
		if _, err := os.Stat(r.path(m[1] + "/bin/brew")); err != nil {
			return Package{}, false
		}
	}
	return Package{Homebrew, m[2], m[3]}, true
}

// bundle is the outermost macOS app around a file. It is called as its Info.plist
// says (Apple, Bundle Resources), or as its folder.
func (r root) bundle(path string) (Package, bool) {
	m := bundleFolder.FindStringSubmatch(path)
	if m == nil {
		return Package{}, false
	}
	p := Package{Manager: MacApp, Name: m[2]}
	info, err := launchd.ReadDict(r.path(m[1] + "/Contents/Info.plist"))
	if err != nil {
		return p, true
	}
	for _, key := range []string{"CFBundleName", "CFBundleDisplayName"} {
		p.Name = cmp.Or(text(info[key]), p.Name)
	}
	p.Version = text(info["CFBundleShortVersionString"])
	return p, true
}

// macOS is what Apple's sealed system brings along.
func (r root) macOS(path string) (Package, bool) {
	if !systemFolder.MatchString(path) || strings.HasPrefix(path, systemUserData) {
		return Package{}, false
	}
	info, err := launchd.ReadDict(r.path(systemVersion))
	return Package{MacOS, MacOS, text(info["ProductVersion"])}, err == nil
}

func (r root) isMacOS() bool {
	_, err := os.Stat(r.path(systemVersion))
	return err == nil
}

// text gives a string of its own: that of the decoder keeps the whole file.
func text(value any) string {
	s, _ := value.(string)
	return strings.Clone(s)
}
