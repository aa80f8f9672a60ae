package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"portlight/app/desktop"
	"portlight/app/history"
)

// errNoMemory is that nothing has been remembered yet.
var errNoMemory = errors.New("nothing has been remembered yet: start Portlight, or `portlight watch --record`")

// openMemory opens what the agent remembers, for those that are not the agent.
func (p *program) openMemory() (dir string, s *history.Store, err error) {
	dir, err = desktop.FindDataDir(p.dataDir)
	if err != nil {
		return "", nil, err
	}
	s, err = openMemoryIn(dir)
	return dir, s, err
}

// openMemoryIn opens it in a data folder.
func openMemoryIn(dir string) (*history.Store, error) {
	if _, err := os.Stat(filepath.Join(dir, history.FileName)); errors.Is(err, os.ErrNotExist) {
		return nil, errNoMemory
	}
	s, err := history.Open(dir, history.Other, history.Options{})
	if err != nil {
		return nil, fmt.Errorf("open the memory: %w", err)
	}
	return s, nil
}
