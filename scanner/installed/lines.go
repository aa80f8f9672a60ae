package installed

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// The bounds of what is read: the largest list that is known, Debian's own status
// with all packages, has some 60 MB.
const (
	maxFile  = 128 << 20
	maxNames = 1 << 20 // in a folder: dpkg has some six files a package
	maxLine  = 64 << 10
)

// bounded fails for a file that is too large.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errLarge
	}
	return n, err
}

// readFile opens a file and hands it, bounded, to parse.
func readFile(name string, parse func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return parse(&bounded{f, maxFile})
}

// list gives the names in a folder, in any order; errAbsent where there is none.
func list(folder string) ([]string, error) {
	dir, err := os.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errAbsent
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxNames + 1)
	switch {
	case len(names) > maxNames:
		return nil, errMany
	case err != nil && err != io.EOF:
		return nil, err
	}
	return names, nil
}

// scan calls hit with each line that has one of the endings, without its line end.
// Lines that do not fit into buf are left out. It is what takes the time of Find.
func scan(r io.Reader, buf []byte, endings [][]byte, hit func(line string)) error {
	kept, skip, room := 0, false, len(buf)-1 // for a line end at the end of the file
	for {
		n, err := r.Read(buf[kept:room])
		text := buf[:kept+n]
		if err == io.EOF {
			text = append(text, '\n')
		}
		whole := bytes.LastIndexByte(text, '\n') + 1
		lines := text[:whole]
		if skip && whole > 0 {
			_, lines, _ = bytes.Cut(lines, []byte{'\n'})
			skip = false
		}
		pick(lines, endings, hit)
		if kept = copy(buf, text[whole:]); kept == room {
			kept, skip = 0, true
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

func pick(lines []byte, endings [][]byte, hit func(line string)) {
	for _, ending := range endings {
		for rest := lines; ; {
			at := bytes.Index(rest, ending)
			if at < 0 {
				break
			}
			begin := bytes.LastIndexByte(rest[:at], '\n') + 1
			hit(string(rest[begin : at+len(ending)-1]))
			rest = rest[at+len(ending):]
		}
	}
}

// eachLine calls each with every line until that says false. Of a longer line it
// gives the first 64 KiB.
func eachLine(r io.Reader, each func(line []byte) bool) error {
	b := bufio.NewReaderSize(r, maxLine)
	for {
		line, more, err := b.ReadLine()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !each(line):
			return nil
		}
		for more && err == nil {
			_, more, err = b.ReadLine()
		}
	}
}
