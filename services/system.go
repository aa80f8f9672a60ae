package services

import (
	"io/fs"
	"os"
	"sync"
	"time"
)

// recheck is how old the knowledge of the file may be before it is looked at
// again.
const recheck = 3 * time.Second

// systemFile is a services(5) file that is read again once it has changed.
type systemFile struct {
	path string
	now  func() time.Time

	mu       sync.Mutex
	checked  time.Time   // when info was taken
	info     fs.FileInfo // of the file that was read whole, or nil
	list     list
	problems []string
}

// current gives what the file holds now, or held a few seconds ago. Neither list
// nor problems may be changed.
func (s *systemFile) current() (list, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.checked.IsZero() || now.Sub(s.checked) >= recheck {
		s.checked = now
		s.refresh()
	}
	return s.list, s.problems
}

// refresh reads the file unless it is the one that was read. After an error it
// is always tried again: new rights do not change a file's time.
func (s *systemFile) refresh() {
	info, err := os.Stat(s.path)
	if err == nil && s.info != nil && sameFile(info, s.info) {
		return
	}
	var p parsed
	if err == nil {
		p, err = readServices(s.path, info)
	}
	s.list, s.problems, s.info = newList(p.entries), problems(s.path, p, err), info
	if err != nil {
		s.info = nil
	}
}

func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// readServices reads a regular file; opening another kind could wait for ever.
func readServices(path string, info fs.FileInfo) (parsed, error) {
	if !info.Mode().IsRegular() {
		return parsed{}, errNotRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return parsed{}, err
	}
	defer f.Close()
	text, err := readText(f, info.Size())
	return parseServices(text), err
}
