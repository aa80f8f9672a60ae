package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// spawner starts processes that end with this one, however it ends. Pdeathsig
// speaks of the thread that starts the child, so there is one that stays.
type spawner chan func()

func newSpawner() spawner {
	s := make(spawner)
	go func() {
		runtime.LockOSThread()
		for f := range s {
			f()
		}
	}()
	return s
}

func (s spawner) start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	s <- func() { started <- cmd.Start() }
	return <-started
}

// sleepers are processes that do nothing.
type sleepers []int

// sleepFor is longer than any benchmark and not forever.
const sleepFor = "3600"

// fill starts sleepers until there are so many processes on the computer.
func (s *sleepers) fill(sp spawner, processes int, files []*os.File) error {
	here, err := countProcesses()
	if err != nil {
		return err
	}
	for ; here < processes; here++ {
		cmd := exec.Command("sleep", sleepFor)
		cmd.ExtraFiles = files
		if err := sp.start(cmd); err != nil {
			return fmt.Errorf("start a sleeper: %w", err)
		}
		*s = append(*s, cmd.Process.Pid)
		if err := cmd.Process.Release(); err != nil { // a pidfd each would make the walk of /proc longer
			return fmt.Errorf("start a sleeper: %w", err)
		}
	}
	return nil
}

// end ends the sleepers and waits for that. They are children, so their pids are
// theirs until then.
func (s sleepers) end() {
	for _, pid := range s {
		unix.Kill(pid, unix.SIGKILL)
	}
	for _, pid := range s {
		for {
			if _, err := unix.Wait4(pid, nil, 0, nil); err != unix.EINTR {
				break
			}
		}
	}
}

func countProcesses() (int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, fmt.Errorf("count processes: %w", err)
	}
	n := 0
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err == nil {
			n++
		}
	}
	return n, nil
}

// desktopFiles opens as many descriptors of several kinds as make 30 together
// with the three of every process: about what a program of a desktop has.
func desktopFiles() ([]*os.File, error) {
	var files []*os.File
	for range 3 {
		for _, open := range []func() ([]int, error){openNull, openNull, openNull, openPipe, openPair, openEvent, openMemory} {
			fds, err := open()
			if err != nil {
				return files, fmt.Errorf("open descriptors: %w", err)
			}
			for _, fd := range fds {
				files = append(files, os.NewFile(uintptr(fd), "descriptor"))
			}
		}
	}
	return files, nil
}

func openNull() ([]int, error) {
	fd, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	return []int{fd}, err
}

func openPipe() ([]int, error) {
	var p [2]int
	err := unix.Pipe2(p[:], unix.O_CLOEXEC)
	return p[:], err
}

func openPair() ([]int, error) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return p[:], err
}

func openEvent() ([]int, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	return []int{fd}, err
}

func openMemory() ([]int, error) {
	fd, err := unix.MemfdCreate("memory", unix.MFD_CLOEXEC)
	return []int{fd}, err
}
