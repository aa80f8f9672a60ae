package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// world is what a case is measured in.
type world struct {
	def     benchCase
	spawner spawner
	files   []*os.File // what each process has open beside its sockets
	holders []*child   // of listeners
	peers   []*child   // of connections
	old     []*child   // that never listened
	used    []*child   // that never had, until it was measured
	rest    sleepers
	keys    int // listeners by address: one is held by two sockets
	port    int // the last that was used
}

// How listeners and connections are spread.
const (
	mostHolders   = 100
	perConnecter  = 1000 // sockets of one process
	oldProcesses  = 20
	firstPort     = 10_000 // below those that the kernel chooses from
	portOfOneMore = firstPort + 11_000
)

// kinds of listeners, in turn: TCP and UDP, of both families, for this computer
// only and for all.
func kinds() []string {
	return []string{
		"tcp4 127.0.0.1:%d", "tcp4 0.0.0.0:%d", "tcp6 [::1]:%d", "tcp [::]:%d",
		"udp4 127.0.0.1:%d", "udp6 [::1]:%d", "udp4 0.0.0.0:%d",
	}
}

// newWorld sets everything up but the connections.
func newWorld(def benchCase) (*world, error) {
	w := &world{def: def, spawner: newSpawner(), port: portOfOneMore}
	var err error
	if w.files, err = desktopFiles(); err != nil {
		return w, err
	}
	connecters := (def.Established + perConnecter - 1) / perConnecter
	for _, group := range []struct {
		children *[]*child
		n        int
	}{{&w.holders, min(def.Listeners, mostHolders)}, {&w.peers, connecters}, {&w.old, oldProcesses}} {
		for range group.n {
			c, err := w.start()
			if err != nil {
				return w, err
			}
			*group.children = append(*group.children, c)
		}
	}
	if err := w.listen(); err != nil {
		return w, err
	}
	return w, w.rest.fill(w.spawner, def.Processes, w.files)
}

// listen opens the listeners. One is inherited by another process, and one
// address is listened on by two.
func (w *world) listen() error {
	w.keys = w.def.Listeners - 1
	for i := range w.keys {
		if err := w.holders[i%len(w.holders)].do("listen " + w.listener(i)); err != nil {
			return err
		}
	}
	return cmp.Or(w.holders[0].do("share "+w.listener(0)), w.holders[len(w.holders)-1].do("listen "+w.listener(1)))
}

// listener is the address of listener i.
func (w *world) listener(i int) string {
	all := kinds()
	return fmt.Sprintf(all[i%len(all)], firstPort+i)
}

// tcpListeners counts the addresses that TCP listens on.
func (w *world) tcpListeners() (n int) {
	for i := range w.keys {
		if strings.HasPrefix(w.listener(i), "tcp") {
			n++
		}
	}
	return n
}

// connect opens the established sockets.
func (w *world) connect() error {
	left := w.def.Established
	return w.tellPeers(func() string {
		n := min(left, perConnecter)
		left -= n
		return fmt.Sprintf("connect %d", n)
	})
}

// drop closes them.
func (w *world) drop() error { return w.tellPeers(func() string { return "drop" }) }

// tellPeers tells all, and then waits for all.
func (w *world) tellPeers(command func() string) error {
	for _, c := range w.peers {
		if err := c.tell(command()); err != nil {
			return err
		}
	}
	for _, c := range w.peers {
		if err := c.answer(); err != nil {
			return err
		}
	}
	return nil
}

// nextPort is a port that nobody has used yet.
func (w *world) nextPort() int {
	w.port++
	return w.port
}

// takeOld gives a process that never listened, nil when there is none left.
func (w *world) takeOld() *child {
	if len(w.old) == 0 {
		return nil
	}
	c := w.old[0]
	w.old = w.old[1:]
	w.used = append(w.used, c)
	return c
}

// end ends all processes and waits for that.
func (w *world) end() {
	for _, group := range [][]*child{w.holders, w.peers, w.old, w.used} {
		for _, c := range group {
			c.in.Close()
		}
		for _, c := range group {
			c.cmd.Wait()
		}
	}
	w.rest.end()
}

// child is a helper as the benchmark sees it.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// start starts a helper.
func (w *world) start() (*child, error) {
	cmd := exec.Command("/proc/self/exe", "helper")
	cmd.ExtraFiles = w.files
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start a helper: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start a helper: %w", err)
	}
	if err := w.spawner.start(cmd); err != nil {
		return nil, fmt.Errorf("start a helper: %w", err)
	}
	return &child{cmd, in, bufio.NewReader(out)}, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// do has the helper carry out a command (see helper).
func (c *child) do(command string) error {
	if err := c.tell(command); err != nil {
		return err
	}
	if err := c.answer(); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}

func (c *child) tell(command string) error {
	if _, err := fmt.Fprintln(c.in, command); err != nil {
		return fmt.Errorf("tell a helper to %s: %w", command, err)
	}
	return nil
}

func (c *child) answer() error {
	line, err := c.out.ReadString('\n')
	if err != nil {
		return fmt.Errorf("answer of a helper: %w", err)
	}
	if line != "ok\n" {
		return errors.New(strings.TrimSpace(line))
	}
	return nil
}

// stop ends the helper and waits for that.
func (c *child) stop() error {
	return cmp.Or(c.in.Close(), c.cmd.Wait())
}
