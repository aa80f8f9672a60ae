package alerts

import (
	"path"
	"path/filepath"
	"strings"

	"portlight/scanner"
	"portlight/scanner/codesign"
)

// OfFile is the identity of a program by its executable. A link is followed, as the
// kernel does. What an interpreter runs is a program of its own. What the signature in
// the file claims is taken for true: only a process of which the kernel has validated it
// has that identity.
func OfFile(file string) string {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	if s, err := codesign.OfFile(file); err == nil && s.Claim() != "" {
		return signed + s.Claim()
	}
	return Program(&scanner.Listener{}, &scanner.Process{Path: filepath.Clean(file)})
}

// Names gives the names that an identity holds, for a person's search: of
// "exe:/usr/bin/python3.11 /srv/shop/manage.py" these are "python3.11" and
// "manage.py", with and without the folder, beside the whole.
func Names(identity string) []string {
	_, rest, _ := strings.Cut(identity, ":")
	base := path.Base(rest)
	names := []string{rest, base, strings.TrimSuffix(base, ".service")}
	if program, script, ok := strings.Cut(rest, " "); ok {
		names = append(names, path.Base(program), script, path.Base(script))
	}
	return names
}
