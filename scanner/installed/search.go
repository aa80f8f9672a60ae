package installed

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

// wanted is a path by which a list may have a file.
type wanted struct {
	path   string
	only   string // the one package whose file it is; "" is any
	except string // the package whose file it is not; "" is none
}

// of takes the name of a list, which may have an architecture behind a colon.
func (w *wanted) of(list string) bool {
	pkg, _, _ := strings.Cut(list, ":")
	return (w.only == "" || w.only == pkg) && (w.except == "" || w.except != pkg)
}

// anyone wants paths of whichever package.
func anyone(paths []string) []wanted {
	all := make([]wanted, len(paths))
	for i, p := range paths {
		all[i].path = p
	}
	return all
}

// search looks for a file in the lists of a manager.
type search struct {
	root   root
	want   []wanted // the best first; their folders are without links
	ends   [][]byte
	buf    []byte
	dirs   map[string]string // folders in the lists without links
	best   int               // which of want was found; len(want) is none
	found  Package
	failed error // why a list could not be read to its end, the first
}

func (r root) search(want []wanted) *search {
	s := &search{root: r, want: want, buf: make([]byte, maxLine), dirs: map[string]string{}, best: len(want)}
	for i := range want {
		if base := path.Base(want[i].path); !strings.Contains(base, "\n") { // no list can have such a name
			s.ends = append(s.ends, []byte("/"+base+"\n"))
		}
	}
	return s
}

// through reads the list of each name in a folder. A list that has gone meanwhile is
// no failure: its package has.
func (s *search) through(ctx context.Context, names []string, list func(name string) (file, pkg string, ok bool)) error {
	for _, name := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if file, pkg, ok := list(name); ok {
			s.fail(s.list(file, pkg))
		}
		if s.best == 0 {
			break
		}
	}
	return nil
}

// list reads a list with a path a line.
func (s *search) list(file, pkg string) error {
	return readFile(s.root.path(file), func(r io.Reader) error {
		return scan(r, s.buf, s.ends, func(line string) { s.hit(Package{Name: pkg}, line) })
	})
}

func (s *search) fail(err error) {
	if s.failed == nil && !errors.Is(err, fs.ErrNotExist) {
		s.failed = err
	}
}

// hit takes a line that ends as one of the paths, if it is one of them.
func (s *search) hit(p Package, line string) {
	if line[0] != '/' {
		line = "/" + line
	}
	for i, w := range s.want[:s.best] {
		if w.of(p.Name) && (line == w.path || s.real(line) == w.path) {
			s.best, s.found = i, p
			return
		}
	}
}

func (s *search) real(line string) string {
	dir, base := path.Split(line)
	real, known := s.dirs[dir]
	if !known {
		real = path.Dir(s.root.realDir(line))
		s.dirs[dir] = real
	}
	return path.Join(real, base)
}

// result is what was found. That something could not be read does not matter then.
func (s *search) result(manager string) (Package, error) {
	switch {
	case s.best < len(s.want):
		s.found.Manager = manager
		return s.found, nil
	case s.failed != nil:
		return Package{}, s.failed
	}
	return Package{}, ErrNone
}
