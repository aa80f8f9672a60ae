package installed

import (
	"context"
	"io"
)

// pacmanFolder has a folder for each package, NAME-VERSION, with the files "files",
// paths without a slash before them, and "desc", alpm's local database.
const pacmanFolder = "/var/lib/pacman/local/"

func findPacman(ctx context.Context, r root, names []string) (Package, error) {
	folders, err := list(r.path(pacmanFolder))
	if err != nil {
		return Package{}, err
	}
	s := r.search(anyone(names))
	err = s.through(ctx, folders, func(name string) (string, string, bool) {
		return pacmanFolder + name + "/files", name, name != "ALPM_DB_VERSION"
	})
	if err != nil {
		return Package{}, err
	}
	p, err := s.result(Pacman)
	if err == nil {
		p.Name, p.Version = r.pacmanVersion(p.Name)
	}
	return p, err
}

// pacmanVersion reads the description in a folder, whose name is what remains when it
// cannot be read.
func (r root) pacmanVersion(folder string) (name, version string) {
	readFile(r.path(pacmanFolder+folder+"/desc"), func(in io.Reader) (err error) {
		name, version, err = parseDesc(in)
		return err
	})
	if name == "" {
		return folder, ""
	}
	return name, version
}

// parseDesc takes the lines after %NAME% and %VERSION%.
func parseDesc(r io.Reader) (name, version string, err error) {
	var before string
	err = eachLine(r, func(line []byte) bool {
		switch before {
		case "%NAME%":
			name = string(line)
		case "%VERSION%":
			version = string(line)
		}
		before = string(line)
		return name == "" || version == ""
	})
	return name, version, err
}
