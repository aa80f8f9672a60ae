package installed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
)

// apkFiles are where apk keeps its database, apk(8): the second since /lib may be a
// link to /usr/lib.
var apkFiles = []string{"/lib/apk/db/installed", "/usr/lib/apk/db/installed"}

func findApk(ctx context.Context, r root, names []string) (Package, error) {
	for _, name := range apkFiles {
		s := r.search(anyone(names))
		err := readFile(r.path(name), func(in io.Reader) error { return s.apk(ctx, in) })
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case ctx.Err() != nil:
			return Package{}, ctx.Err()
		}
		s.fail(err)
		return s.result(Apk)
	}
	return Package{}, errAbsent
}

func (s *search) apk(ctx context.Context, r io.Reader) error {
	return parseApk(r, func(p Package, folder, file []byte) bool {
		for _, end := range s.ends {
			if bytes.Equal(file, end[1:len(end)-1]) {
				s.hit(p, path.Join("/", string(folder), string(file)))
			}
		}
		return s.best > 0 && ctx.Err() == nil
	})
}

// parseApk calls each with the files of the packages until that says false. The form
// is that of apk-tools (apk_db_write_fdb): lines P: name, V: version, F: folder, R: file
// in it, and an empty one between packages.
func parseApk(r io.Reader, each func(p Package, folder, file []byte) bool) error {
	var p Package
	var folder []byte
	return eachLine(r, func(line []byte) bool {
		if len(line) < 2 || line[1] != ':' {
			if len(line) == 0 {
				p, folder = Package{}, nil
			}
			return true
		}
		switch value := line[2:]; line[0] {
		case 'P':
			p.Name = string(value)
		case 'V':
			p.Version = string(value)
		case 'F':
			folder = append(folder[:0], value...)
		case 'R':
			return each(p, folder, value)
		}
		return true
	})
}
