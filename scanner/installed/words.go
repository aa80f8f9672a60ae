package installed

import (
	"errors"
	"fmt"
)

// What Find answers when it finds no package. They come wrapped.
var (
	ErrNone    = errors.New("no package known here claims it, so it was built or downloaded by hand")
	ErrUnknown = errors.New("this computer has no list of packages that is known here")
)

// The names of Package.Manager.
const (
	Dpkg     = "dpkg"
	RPM      = "rpm"
	Pacman   = "pacman"
	Apk      = "apk"
	Homebrew = "Homebrew"
	Snap     = "snap"
	Flatpak  = "Flatpak"
	Nix      = "Nix"
	Guix     = "Guix"
	AppImage = "AppImage"
	MacApp   = "macOS app"
	MacOS    = "macOS"
)

// Why the packages of a manager are not known.
var (
	errPath     = errors.New("not an absolute path")
	errLarge    = fmt.Errorf("larger than %d megabytes", maxFile>>20)
	errMany     = fmt.Errorf("more than %d files in a folder", maxNames)
	errRemoved  = errors.New("it tells only of files that are still there")
	errPatience = fmt.Errorf("no answer within %v", patience)
	errAnswer   = errors.New("the answer is not understood")
)

func readFailed(manager string, err error) error {
	return fmt.Errorf("the packages of %s could not be read: %w", manager, err)
}

// revisionWords is the version of a snap, of which the path only has its number.
func revisionWords(revision string) string { return "revision " + revision }
