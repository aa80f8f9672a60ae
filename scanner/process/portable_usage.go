package process

import "time"

func portableMeasure(id ID) (*Usage, error) {
	p, err := openPortable(id.PID)
	if err != nil {
		return nil, err
	}
	gone := measureFailed(id.PID, ErrGone)
	if id.Start != 0 && id.Start != p.start {
		return nil, gone
	}
	u := p.usage()
	if !p.same() {
		return nil, gone
	}
	return u, nil
}

func (p portable) usage() *Usage {
	u := &Usage{ID: p.id(), Missing: map[string]string{}}
	uid, user, _ := p.user()
	ended := p.zombie()
	note := func(field string, err error) {
		switch {
		case ended && (err != nil || field != FieldCPU):
			u.Missing[field] = wordEnded.String()
		case err != nil:
			u.Missing[field] = portableWhy(uid, user, err)
		}
	}
	times, err := p.Times()
	if u.At = time.Now(); err == nil {
		u.CPU = time.Duration((times.User + times.System) * float64(time.Second))
	}
	note(FieldCPU, err)
	memory, err := p.MemoryInfo()
	if err == nil {
		u.Memory = memory.RSS
	}
	note(FieldMemory, err)
	threads, err := p.NumThreads()
	note(FieldThreads, err)
	files, err := p.openFiles()
	note(FieldOpenFiles, err)
	if !ended {
		u.Threads, u.OpenFiles = int(threads), int(files)
	}
	return u
}
