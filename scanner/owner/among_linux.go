package owner

import (
	"fmt"
	"slices"

	"portlight/scanner/process"
)

// Among looks once for the holders of sockets, by inode, among some processes
// only. Those that have ended or may not be looked into are passed over.
func Among(pids []int, wanted func(inode uint32) bool) (map[uint32][]process.Summary, error) {
	dir, err := openProc("/proc")
	if err != nil {
		return nil, fmt.Errorf("look for owners: %w", err)
	}
	defer dir.close()
	holders := map[uint32][]process.Summary{}
	var w walker
	visit := func(inode uint32) (keep, last bool) { return wanted(inode), false }
	for _, pid := range pids {
		if _, _, err := w.read(dir, pid, visit); scarce(err) {
			return nil, fmt.Errorf("look for owners: %w", err)
		}
		if len(w.found) == 0 {
			continue
		}
		s, err := process.Summarize(pid)
		if scarce(err) {
			return nil, fmt.Errorf("look for owners: %w", err)
		}
		if err != nil {
			continue
		}
		for _, h := range w.found {
			if still, err := dir.holds(pid, h); still && err == nil && !slices.Contains(holders[h.inode], s) {
				holders[h.inode] = append(holders[h.inode], s)
			}
		}
	}
	return holders, nil
}

// PIDs gives all processes of this pid namespace, in ascending order.
func PIDs() ([]int, error) {
	dir, err := openProc("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.close()
	entries, err := dir.list(make([]byte, 32<<10), nil)
	if err != nil {
		return nil, err
	}
	pids := make([]int, len(entries))
	for i, e := range entries {
		pids[i] = e.pid
	}
	return pids, nil
}
