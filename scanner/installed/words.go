package installed

import (
	"strconv"

	"portlight/assets/words"
)

// What Find answers when it finds no package. They come wrapped.
const (
	ErrNone    = words.Error("no package known here claims it, so it was built or downloaded by hand")
	ErrUnknown = words.Error("this computer has no list of packages that is known here")
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
const (
	errPath    = words.Error("not an absolute path")
	errRemoved = words.Error("it tells only of files that are still there")
	errAnswer  = words.Error("the answer is not understood")
)

var (
	errLarge    = passed{"larger than {{.Bound}} megabytes", maxFile >> 20}
	errMany     = passed{"more than {{.Bound}} files in a folder", maxNames}
	errPatience = passed{"no answer within {{.Bound}}", patience}
)

// passed is that a bound was passed, which has the name Bound in the text.
type passed struct {
	text  words.Text
	bound any
}

func (p passed) Error() string { return p.text.With("Bound", p.bound) }

const (
	wordNotFound   = words.Text("find package of {{.Program}}: {{.Reason}}")
	wordReadFailed = words.Text("the packages of {{.Manager}} could not be read: {{.Reason}}")
	wordRevision   = words.Text("revision {{.Number}}")
)

func notFound(exe string, err error) error {
	return words.Wrap(wordNotFound, err, "Program", strconv.Quote(exe))
}

func readFailed(manager string, err error) error {
	return words.Wrap(wordReadFailed, err, "Manager", manager)
}

// revisionWords is the version of a snap, of which the path only has its number.
func revisionWords(revision string) string { return wordRevision.With("Number", revision) }
