package process

import (
	"cmp"
	"io"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"portlight/assets/words"
)

func measure(id ID) (*Usage, error) { return proc.measure(id) }

func (p procfs) measure(id ID) (*Usage, error) {
	d, err := p.open(id.PID)
	if err != nil {
		return nil, measureFailed(id.PID, err)
	}
	defer d.close()
	u, err := d.usage(id)
	if err != nil {
		return nil, measureFailed(id.PID, err)
	}
	return u, nil
}

// errUntold stands for a fact of which the kernel says 0 because it is not there any more.
var errUntold error = words.Error(wordUntold)

// usage reads the state last: the process was there for all before.
func (d pidDir) usage(id ID) (*Usage, error) {
	uid, err := d.uid()
	if err != nil {
		return nil, orGone(err)
	}
	files, filesErr := d.openFiles()
	st, err := d.stat()
	if err != nil {
		return nil, err
	}
	if id.Start != 0 && id.Start != st.Start {
		return nil, ErrGone
	}
	u := &Usage{ID: ID{PID: id.PID, Start: st.Start}, At: time.Now(), OpenFiles: files, Missing: map[string]string{}}
	u.fill(&st, uid)
	if filesErr != nil || files == 0 && (st.State == 'Z' || st.Kernel) {
		u.Missing[FieldOpenFiles] = why(&st, uid, cmp.Or(filesErr, errUntold))
	}
	return u, nil
}

// fill takes what the state says. A process without its first thread, or about to
// end, shows no memory.
func (u *Usage) fill(st *Stat, uid int) {
	if st.CPU <= math.MaxInt64/uint64(tick) {
		u.CPU = time.Duration(st.CPU) * tick
	} else {
		u.Missing[FieldCPU] = wordUntold.String()
	}
	if st.Pages > 0 {
		u.Memory = st.Pages * uint64(os.Getpagesize())
	} else {
		u.Missing[FieldMemory] = why(st, uid, errUntold)
	}
	if !st.Ended() {
		u.Threads = st.Threads
	} else {
		u.Missing[FieldThreads] = wordEnded.String()
	}
}

// openFiles counts the descriptors. Since Linux 6.2 the size of the folder is their
// number, for every user; before it is 0, and the folder must be listed, which only
// the user of the process may.
func (d pidDir) openFiles() (int, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(d.fd, "fd", &st, 0); err != nil {
		return 0, err
	}
	if st.Size > 0 {
		return int(st.Size), nil
	}
	return d.count("fd")
}

// count gives how many entries a folder has.
func (d pidDir) count(name string) (n int, err error) {
	fd, err := unix.Openat(d.fd, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	dir := os.NewFile(uintptr(fd), name)
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(1024)
		if n += len(names); err == io.EOF {
			return n, nil
		} else if err != nil {
			return 0, err
		}
	}
}
