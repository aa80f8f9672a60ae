package supervisor

import (
	"context"
	"io"
	"maps"
	"os"
	"path"
	"strconv"
	"sync"

	"portlight/scanner/process"
)

// forwardReader reads what forwarders tell in their arguments, in the background:
// the kernel takes a lock of the process for that, which may block.
type forwardReader struct {
	*question[forwards]
	guard sync.Mutex
	pids  map[int]string // name of the program, "" for that in the arguments
}

// forwards are those that are known. They are not changed.
type forwards struct {
	byPID  map[int]told
	byPort map[endpoint]told // where they listen
}

type told struct {
	Forward
	id   process.ID
	name string // of the program; it is another after exec
}

func (f *forwards) same(o *forwards) bool {
	return f != nil && o != nil && maps.Equal(f.byPID, o.byPID)
}

func newForwardReader(r *resolver, p pace) *forwardReader {
	f := &forwardReader{pids: map[int]string{}}
	f.question = newQuestion(r, p, f.read, (*forwards).same)
	return f
}

// of gives what a holder tells, if that has been read already.
func (f *forwardReader) of(h Holder) (Forward, bool) {
	if answer := f.answer.Load(); answer != nil {
		if t, ok := answer.byPID[h.PID]; ok && t.id == h.ID && t.name == h.Name {
			return t.Forward, true
		}
	}
	f.look(map[int]string{h.PID: h.Name})
	return Forward{}, false
}

// at gives who listens at an address.
func (f *forwardReader) at(at endpoint) (Forward, process.ID, bool) {
	if answer := f.answer.Load(); answer != nil {
		t, ok := answer.byPort[at]
		return t.Forward, t.id, ok
	}
	return Forward{}, process.ID{}, false
}

// among looks for forwarders among processes.
func (f *forwardReader) among(pids []int) {
	names := make(map[int]string, len(pids))
	for _, pid := range pids {
		names[pid] = ""
	}
	f.look(names)
}

func (f *forwardReader) look(pids map[int]string) {
	f.guard.Lock()
	for pid, name := range pids {
		if len(f.pids) < maxLooked {
			f.pids[pid] = name
		}
	}
	f.guard.Unlock()
	f.wish()
}

// read reads all anew; who is gone is forgotten.
func (f *forwardReader) read(ctx context.Context) (*forwards, error) {
	f.guard.Lock()
	pids := maps.Clone(f.pids)
	f.guard.Unlock()
	out := &forwards{map[int]told{}, map[endpoint]told{}}
	for pid, name := range pids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t, ok := readForward(pid, name)
		if !ok {
			f.guard.Lock()
			delete(f.pids, pid)
			f.guard.Unlock()
			continue
		}
		out.byPID[pid] = t
		if t.Host.IsValid() {
			out.byPort[newEndpoint(t.Proto, t.Host.Addr(), t.Host.Port())] = t
		}
	}
	return out, nil
}

// readForward is not ok for a process that is gone, or that is no forwarder.
func readForward(pid int, name string) (told, bool) {
	st, err := process.ReadStat(pid)
	if err != nil {
		return told{}, false
	}
	args := readArgs(pid)
	if name == "" && len(args) > 0 {
		name = path.Base(args[0])
	}
	f, ok := Forwarder(name, args)
	return told{f, process.ID{PID: pid, Start: st.Start}, name}, ok
}

// maxArgs is how much of the arguments is read: conmon has some KiB.
const maxArgs = 64 << 10

// readArgs gives none where there are none, or no more.
func readArgs(pid int) []string {
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return nil
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, maxArgs))
	return parseArgs(b)
}
