package installed

import (
	"bytes"
	"context"
	"io"
	"strings"
)

// dpkgFolder holds what dpkg knows, dpkg(1): info/NAME.list or
// info/NAME:ARCHITECTURE.list with the paths of each package, the file status with a
// stanza for each, and the file diversions.
const dpkgFolder = "/var/lib/dpkg/"

func findDpkg(ctx context.Context, r root, names []string) (Package, error) {
	files, err := list(r.path(dpkgFolder + "info"))
	if err != nil {
		return Package{}, err
	}
	moved, failed := r.diversions()
	s := r.search(divert(moved, names))
	s.fail(failed)
	err = s.through(ctx, files, func(name string) (string, string, bool) {
		pkg, ok := strings.CutSuffix(name, ".list")
		return dpkgFolder + "info/" + name, pkg, ok
	})
	if err != nil {
		return Package{}, err
	}
	p, err := s.result(Dpkg)
	if err == nil {
		p.Name, p.Version = r.dpkgVersion(p.Name)
	}
	return p, err
}

// diversion moves the file of that path aside, for all packages but one,
// dpkg-divert(1).
type diversion struct {
	from, to string
	pkg      string // ":" for one of the administrator: then the file in its place is no package's
}

// divert gives the paths by which dpkg knows files: what was moved aside by where it
// was, and what is in its place as the one package's.
func divert(moved []diversion, paths []string) []wanted {
	var all []wanted
	for _, p := range paths {
		w := wanted{path: p}
		for _, d := range moved {
			switch p {
			case d.to:
				all = append(all, wanted{path: d.from, except: d.pkg})
			case d.from:
				w.only = d.pkg
			}
		}
		all = append(all, w)
	}
	return all
}

func (r root) diversions() (all []diversion, err error) {
	err = readFile(r.path(dpkgFolder+"diversions"), func(in io.Reader) error {
		all, err = parseDiversions(in)
		return err
	})
	for i := range all {
		all[i].from, all[i].to = r.realDir(all[i].from), r.realDir(all[i].to)
	}
	return all, err
}

// parseDiversions reads three lines for each: from, to, package.
func parseDiversions(r io.Reader) (all []diversion, err error) {
	var three []string
	err = eachLine(r, func(line []byte) bool {
		if three = append(three, string(line)); len(three) == 3 {
			all = append(all, diversion{three[0], three[1], three[2]})
			three = nil
		}
		return true
	})
	return all, err
}

// dpkgVersion takes the name of a list and gives the package's, and its version or "".
func (r root) dpkgVersion(list string) (name, version string) {
	name, arch, _ := strings.Cut(list, ":")
	readFile(r.path(dpkgFolder+"status"), func(in io.Reader) (err error) {
		version, err = parseStatus(in, name, arch)
		return err
	})
	return name, version
}

// parseStatus finds the version of a package among stanzas of fields, deb822(5); any
// architecture will do where none is asked for.
func parseStatus(r io.Reader, name, arch string) (string, error) {
	var this, machine, version, found string
	take := func() bool {
		if this == name && (arch == "" || arch == machine) {
			found = version
		}
		this, machine, version = "", "", ""
		return found == ""
	}
	err := eachLine(r, func(line []byte) bool {
		key, value, _ := bytes.Cut(line, []byte(": "))
		switch string(key) {
		case "":
			return take()
		case "Package":
			this = string(value)
		case "Architecture":
			machine = string(value)
		case "Version":
			version = string(value)
		}
		return true
	})
	if found == "" {
		take()
	}
	return found, err
}
