// Command macos puts Portlight.app together around an executable for macOS:
//
//	go run ./packaging/macos -version 1.2.3 -executable portlight -bundle Portlight.app
//
// It runs on any system; packaging/macos/build calls it. The bundle is not signed:
// packaging/macos/sign does that, on a Mac.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	version := flag.String("version", "", "version of Portlight, such as 1.2.3")
	executable := flag.String("executable", "", "`file` with the executable, thin or universal")
	bundle := flag.String("bundle", "", "`folder` of the bundle to make; one that is there is replaced")
	flag.Parse()
	if *version == "" || *executable == "" || *bundle == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := makeBundle(*bundle, *version, *executable); err != nil {
		fmt.Fprintln(os.Stderr, "packaging/macos:", err)
		os.Exit(1)
	}
}

// makeBundle writes a bundle beside its place and puts it there when it is whole.
// What must hold of the executable is that each of its parts is for macOS.
func makeBundle(bundle, version, executable string) error {
	program, err := os.ReadFile(executable)
	if err != nil {
		return err
	}
	facts, err := readExecutable(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("%s: %w", executable, err)
	}
	property, err := newInfo(version, facts.Minimum)
	if err != nil {
		return err
	}
	files, err := contents(property, program)
	if err != nil {
		return err
	}
	fresh := bundle + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.write(fresh); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(bundle), os.Rename(fresh, bundle))
}

// file is one of a bundle.
type file struct {
	Path string // within the bundle
	Data []byte
	Mode fs.FileMode
}

func (f file) write(bundle string) error {
	path := filepath.Join(bundle, f.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, f.Data, f.Mode)
}

// contents gives the files of the bundle.
func contents(property info, program []byte) ([]file, error) {
	list, err := property.encode()
	if err != nil {
		return nil, err
	}
	icon, err := drawIcon()
	if err != nil {
		return nil, err
	}
	return []file{
		{"Contents/Info.plist", list, 0o644},
		{"Contents/MacOS/" + property.Executable, program, 0o755},
		{"Contents/Resources/" + property.IconFile, icon, 0o644},
	}, nil
}
