package main

import (
	"errors"
	"os"
	"path/filepath"

	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/assets/words"
)

// errNoMemory is that nothing has been remembered yet.
var errNoMemory = errors.New("nothing has been remembered yet: start Portlight, or `portlight watch --record`")

// openMemory opens what the agent remembers, for those that are not the agent.
func (p *program) openMemory() (dir string, s *history.Store, err error) {
	dir, err = desktop.FindDataDir(p.dataDir)
	if err != nil {
		return "", nil, err
	}
	s, err = openMemoryIn(dir, p.noteWrite(dir))
	return dir, s, err
}

// noteWrite takes note that this command has written to the memory of a folder.
func (p *program) noteWrite(dir string) (written func()) { return func() { p.wrote = dir } }

// openMemoryIn opens it in a data folder, if there is one. Written is called after each
// write.
func openMemoryIn(dir string, written func()) (*history.Store, error) {
	if _, err := os.Stat(filepath.Join(dir, history.FileName)); errors.Is(err, os.ErrNotExist) {
		return nil, errNoMemory
	}
	return openStore(dir, written)
}

// openStore opens it, or one that its first write makes.
func openStore(dir string, written func()) (*history.Store, error) {
	s, err := history.Open(dir, history.Other, history.Options{Written: written})
	if err != nil {
		return nil, words.Wrap(wordsOpenMemory, err)
	}
	return s, nil
}
