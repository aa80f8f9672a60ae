package process

import (
	"cmp"
	"slices"
)

func (p portable) parents() (chain []Relative, whole bool) {
	for below := p; len(chain) < maxParents; {
		pid, err := below.Ppid()
		switch {
		case err != nil:
			return chain, false
		case pid <= 0:
			return chain, true
		}
		above, err := openPortable(int(pid))
		if err != nil || above.start > below.start {
			return append(chain, Relative{ID: ID{PID: int(pid)}}), false
		}
		chain = append(chain, above.relative())
		below = above
	}
	return chain, false
}

func (p portable) relative() Relative {
	s := p.summary()
	return Relative{ID: s.ID, Name: s.Name, User: s.User}
}

// children finds those that have not ended. What the system lists may end meanwhile.
func (p portable) children() (first []Relative, more int, whole bool) {
	pids, err := childPIDs(int(p.Pid))
	if err != nil {
		return nil, 0, false
	}
	var all []portable
	for _, pid := range pids {
		if c, err := openPortable(pid); err == nil && !c.zombie() {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b portable) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.Pid, b.Pid)) })
	for _, c := range all[:min(len(all), maxChildren)] {
		first = append(first, c.relative())
	}
	return first, len(all) - len(first), true
}
