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
	if _, err := os.Stat(filepath.Join(dir, history.FileName)); errors.Is(err, os.ErrNotExist) {
		return dir, nil, errNoMemory
	}
	s, err = history.Open(dir, history.Other, history.Options{})
	if err != nil {
		return dir, nil, fmt.Errorf("open the memory: %w", err)
	}
	return dir, s, nil
}
