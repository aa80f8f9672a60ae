//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lineTimeout = 2 * time.Second       // for a whole exchange with a client or an instance
	startGrace  = time.Second           // how long a starting instance may hold the lock before it listens
	retryEvery  = 10 * time.Millisecond // between two looks at a lock
	acceptPause = 100 * time.Millisecond
	maxClients  = 32
)

// Instance is this process as the only one of its role and data folder. It
// holds a lock (flock(2) on a file in the data folder) and answers lines on a
// Unix socket in the user's runtime folder, to processes of the same user only.
type Instance struct {
	lock   *os.File
	socket *net.UnixListener
	handle func(line string) (answer string)
	slots  chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	close  func() error
	done   chan struct{}
}

// Acquire makes this process the instance of a role ("agent", "window") for a
// data folder, which must be there. Handle gets each request, one line without
// its end, and gives the answer, one line; it is called on several goroutines
// at once and holds one of 32 places while it runs. What a crashed process left
// behind is replaced. Where another instance is alive the error is ErrRunning.
func Acquire(role, dataDir string, handle func(line string) (answer string)) (*Instance, error) {
	p, err := newPlace(role, dataDir)
	if err != nil {
		return nil, fmt.Errorf("acquire %s: %w", role, err)
	}
	lock, err := p.acquire()
	if err != nil {
		return nil, fmt.Errorf("acquire %s: %w", role, err)
	}
	socket, err := p.listen(lock)
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("acquire %s: %w", role, err)
	}
	i := &Instance{lock: lock, socket: socket, handle: handle, slots: make(chan struct{}, maxClients), done: make(chan struct{})}
	i.ctx, i.cancel = context.WithCancel(context.Background())
	i.close = sync.OnceValue(i.shut)
	go i.serve()
	return i, nil
}

// Close removes the socket and frees the lock. A request that is being handled
// is still answered; Close does not wait for it.
func (i *Instance) Close() error { return i.close() }

func (i *Instance) shut() error {
	i.cancel()
	err := i.socket.Close()
	<-i.done
	return errors.Join(err, i.lock.Close())
}

func (i *Instance) serve() {
	defer close(i.done)
	for {
		select {
		case i.slots <- struct{}{}:
		case <-i.ctx.Done():
			return
		}
		conn, err := i.socket.AcceptUnix()
		if err != nil {
			<-i.slots
			if !i.pause() {
				return
			}
			continue
		}
		go func() {
			defer func() { <-i.slots }()
			defer conn.Close()
			i.answer(conn)
		}()
	}
}

// pause waits after a failed accept, such as one for lack of descriptors, and
// reports whether to go on.
func (i *Instance) pause() bool {
	select {
	case <-i.ctx.Done():
		return false
	case <-time.After(acceptPause):
		return true
	}
}

// answer serves one client. Deadlines bound what it may take, and Close ends
// the wait for a request.
func (i *Instance) answer(conn *net.UnixConn) {
	if sameUser(conn, os.Geteuid()) != nil {
		return
	}
	conn.SetDeadline(time.Now().Add(lineTimeout))
	stop := context.AfterFunc(i.ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	line, err := readLine(conn)
	stop()
	if err != nil {
		return
	}
	reply := Pong
	if line != Ping {
		reply = i.handle(line)
	}
	conn.SetWriteDeadline(time.Now().Add(lineTimeout))
	io.WriteString(conn, oneLine(reply)+"\n")
}

// Tell sends a line to the instance of a role and data folder and gives its
// answer. The error wraps ErrNotRunning if nobody listens; an instance that
// does not answer within two seconds is another error.
func Tell(role, dataDir, line string) (answer string, err error) {
	if answer, err = tell(role, dataDir, line); err != nil {
		return "", fmt.Errorf("tell %s: %w", role, err)
	}
	return answer, nil
}

func tell(role, dataDir, line string) (string, error) {
	if err := checkLine(line); err != nil {
		return "", err
	}
	p, err := newPlace(role, dataDir)
	if err != nil {
		return "", notRunning(err)
	}
	conn, err := p.dial()
	if err != nil {
		return "", notRunning(err)
	}
	defer conn.Close()
	if err := sameUser(conn, os.Geteuid()); err != nil {
		return "", err
	}
	conn.SetDeadline(time.Now().Add(lineTimeout))
	if _, err := io.WriteString(conn, line+"\n"); err != nil {
		return "", err
	}
	return readLine(conn)
}

// notRunning marks the errors that mean that nobody is there.
func notRunning(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, errNoSocket) {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	return err
}

// acquire takes the lock. While another process has it but does not listen, as
// at its start and end, acquire waits a little.
func (p place) acquire() (*os.File, error) {
	f, err := os.OpenFile(p.lock, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(startGrace); ; time.Sleep(retryEvery) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, unix.EWOULDBLOCK):
			f.Close()
			return nil, &os.PathError{Op: "lock", Path: p.lock, Err: err}
		case p.listening() || time.Now().After(end):
			f.Close()
			return nil, ErrRunning
		}
	}
}
