package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// helper is a process that opens and closes sockets as it is told:
//
//	listen NETWORK ADDRESS   opens a listener, with SO_REUSEPORT
//	close NETWORK ADDRESS    closes it
//	share NETWORK ADDRESS    lets a process inherit it that sleeps
//	connect N                opens N sockets, both ends of N/2 connections
//	drop                     closes them
type helper struct {
	open    map[string]io.Closer // by NETWORK ADDRESS
	conns   []*net.TCPConn
	spawner spawner
}

// runHelper does what the lines of in say and answers each with "ok" or an error,
// until in ends.
func runHelper(in io.Reader, out io.Writer) error {
	h := helper{open: map[string]io.Closer{}, spawner: newSpawner()}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		answer := "ok"
		if err := h.do(strings.Fields(lines.Text())); err != nil {
			answer = err.Error()
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (h *helper) do(words []string) error {
	switch {
	case len(words) == 3 && words[0] == "listen":
		return h.listen(words[1], words[2])
	case len(words) == 3 && words[0] == "close":
		return h.close(words[1], words[2])
	case len(words) == 3 && words[0] == "share":
		return h.share(words[1], words[2])
	case len(words) == 2 && words[0] == "connect":
		return h.connect(words[1])
	case len(words) == 1 && words[0] == "drop":
		return h.drop()
	}
	return fmt.Errorf("unknown command %q", words)
}

func (h *helper) listen(network, addr string) (err error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		e := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
		return cmp.Or(e, err)
	}}
	var l io.Closer
	if strings.HasPrefix(network, "udp") {
		l, err = config.ListenPacket(context.Background(), network, addr)
	} else {
		l, err = config.Listen(context.Background(), network, addr)
	}
	if err == nil {
		h.open[network+" "+addr] = l
	}
	return err
}

func (h *helper) close(network, addr string) error {
	l := h.open[network+" "+addr]
	if l == nil {
		return fmt.Errorf("not open: %s %s", network, addr)
	}
	delete(h.open, network+" "+addr)
	return l.Close()
}

func (h *helper) share(network, addr string) error {
	l, ok := h.open[network+" "+addr].(interface{ File() (*os.File, error) })
	if !ok {
		return fmt.Errorf("not open: %s %s", network, addr)
	}
	f, err := l.File()
	if err != nil {
		return err
	}
	defer f.Close()
	cmd := exec.Command("sleep", sleepFor)
	cmd.ExtraFiles = []*os.File{f}
	return h.spawner.start(cmd)
}

func (h *helper) connect(number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	defer l.Close()
	for range n / 2 {
		near, err := net.DialTCP("tcp4", nil, l.Addr().(*net.TCPAddr))
		if err != nil {
			return err
		}
		far, err := l.AcceptTCP()
		if err != nil {
			return err
		}
		h.conns = append(h.conns, near, far)
		near.SetLinger(0) // nothing stays in TIME_WAIT
		far.SetLinger(0)
	}
	return nil
}

func (h *helper) drop() error {
	for _, c := range h.conns {
		if err := c.Close(); err != nil {
			return err
		}
	}
	h.conns = nil
	return nil
}
