// Package installed tells which package brought an executable to this computer.
//
// It reads the lists that package managers keep on the disk, and the names of
// folders that tell a package. Only rpm, whose list has no simple form, is run. It
// compiles and works on every system.
package installed

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// Package is an installed package. Its texts come from files and paths and may
// hold any bytes.
type Package struct {
	Manager string // who installed it: Dpkg, RPM, …
	Name    string // as the manager calls it, "nginx-core"; of an AppImage the beginning
	Version string // as the manager writes it; "" where that is not told
}

// Find tells which package an executable belongs to, by its path as this process
// sees it: that of a process in a container would be looked for in the wrong place.
// The file need not be there any more, save for rpm. Links are followed, and it does
// not matter by which of several names of its folder a list has it (/bin, /usr/bin).
//
// The error is ErrNone when all lists were read and none has the file, ErrUnknown
// when there are no lists; it is the one of ctx, or it tells which list could not be read.
// It takes some 10 ms where there are 1,000 packages.
func Find(ctx context.Context, exe string) (Package, error) { return root("/").find(ctx, exe) }

// root is the folder below which all paths are, "/" but in tests.
type root string

func (r root) path(name string) string { return filepath.Join(string(r), name) }

// real gives the path without links, as far as it is there.
func (r root) real(path string) string {
	if real, err := filepath.EvalSymlinks(r.path(path)); err == nil {
		return r.strip(real, path)
	}
	return r.realDir(path)
}

// realDir resolves the folder of a path alone.
func (r root) realDir(path string) string {
	dir, err := filepath.EvalSymlinks(r.path(filepath.Dir(path)))
	if err != nil {
		return path
	}
	return r.strip(filepath.Join(dir, filepath.Base(path)), path)
}

// strip takes the root from a path, or gives the other when it leads out of it.
func (r root) strip(path, other string) string {
	if r == "/" {
		return path
	}
	if inside, ok := strings.CutPrefix(path, string(r)); ok {
		return inside
	}
	return other
}

// databases are the managers that keep a list of files. Their errors are errAbsent,
// ErrNone, or why the list could not be read to its end.
var databases = []struct {
	manager string
	find    func(context.Context, root, []string) (Package, error)
}{
	{Dpkg, findDpkg},
	{Pacman, findPacman},
	{Apk, findApk},
	{RPM, findRPM},
}

// errAbsent says that a manager is not on this computer.
var errAbsent = errors.New("not installed")

func (r root) find(ctx context.Context, exe string) (Package, error) {
	if !filepath.IsAbs(exe) || strings.Contains(exe, "\x00") {
		return Package{}, notFound(exe, errPath)
	}
	names := r.names(exe)
	for _, name := range names {
		if p, ok := r.byPath(name); ok {
			return p, nil
		}
	}
	p, err := r.ask(ctx, names)
	if err != nil {
		return Package{}, notFound(exe, err)
	}
	return p, nil
}

// names are the executable's own and that of the link, if it is one.
func (r root) names(exe string) []string {
	exe = filepath.Clean(exe)
	names := []string{r.real(exe)}
	if link := r.realDir(exe); link != names[0] {
		names = append(names, link)
	}
	return names
}

func (r root) ask(ctx context.Context, names []string) (Package, error) {
	var failed error
	asked := r.isMacOS()
	for _, db := range databases {
		p, err := db.find(ctx, r, names)
		switch {
		case err == nil:
			return p, nil
		case ctx.Err() != nil:
			return Package{}, ctx.Err()
		case errors.Is(err, errAbsent):
			continue
		case !errors.Is(err, ErrNone) && failed == nil:
			failed = readFailed(db.manager, err)
		}
		asked = true
	}
	switch {
	case failed != nil:
		return Package{}, failed
	case !asked:
		return Package{}, ErrUnknown
	}
	return Package{}, ErrNone
}
