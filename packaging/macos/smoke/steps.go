package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"portlight/app/view"
)

// portlight is the executable to be tried, with its data folder.
type portlight struct{ path, data string }

// with adds the data folder to the arguments of a command.
func (p *portlight) with(args []string) []string {
	return slices.Concat(args, []string{"--data-dir", p.data})
}

// output runs a command to its end and gives what it printed.
func (p *portlight) output(ctx context.Context, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, p.path, p.with(args)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return out, err
}

func (p *portlight) version(ctx context.Context) (string, error) {
	out, err := p.output(ctx, "--version")
	return strings.TrimSpace(string(out)), err
}

// listen opens a listener of each protocol, which nobody else can reach.
func listen() (own []net.Addr, closeAll func(), err error) {
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, nil, errors.Join(err, tcp.Close())
	}
	return []net.Addr{tcp.Addr(), udp.LocalAddr()}, func() { tcp.Close(); udp.Close() }, nil
}

// find looks for this process's listeners in the list.
func (p *portlight) find(ctx context.Context, own []net.Addr) (string, error) {
	out, err := p.output(ctx, "list", "--json")
	if err != nil {
		return "", err
	}
	var seen view.SnapshotJSON
	if err := json.Unmarshal(out, &seen); err != nil {
		return "", err
	}
	for _, a := range own {
		if !listed(seen, a) {
			return "", fmt.Errorf("%s %s of process %d is not among the %d listeners by %s", a.Network(), a, os.Getpid(), len(seen.Listeners), seen.Source)
		}
	}
	return fmt.Sprintf("%d listeners by %s, with those of this process", len(seen.Listeners), seen.Source), nil
}

func listed(seen view.SnapshotJSON, a net.Addr) bool {
	return slices.ContainsFunc(seen.Listeners, func(l view.ListenerJSON) bool {
		own := func(p view.ProcessJSON) bool { return p.PID == os.Getpid() }
		return l.Proto == a.Network() && net.JoinHostPort(l.Address, strconv.Itoa(int(l.Port))) == a.String() &&
			slices.ContainsFunc(l.Processes, own)
	})
}

// examine has the sources tried, and keeps the answer in a file, also of a Portlight that
// finds that it cannot work. The owners of the own listeners must be known.
func (p *portlight) examine(ctx context.Context, file string, own int) (string, error) {
	out, err := p.output(ctx, "doctor", "--json")
	if file != "" && len(out) > 0 {
		err = errors.Join(err, os.WriteFile(file, out, 0o644))
	}
	if err != nil {
		return "", err
	}
	var d view.Diagnosis
	if err := json.Unmarshal(out, &d); err != nil {
		return "", err
	}
	tried := make([]string, len(d.Sources))
	for i, s := range d.Sources {
		tried[i] = s.Name + " works"
		if !s.Works {
			tried[i] = s.Name + " does not: " + s.Error
		}
	}
	words := strings.Join(tried, "; ")
	if d.Source == "" || d.Seen.WithOwner < own {
		return "", fmt.Errorf("no source that tells the owners of %d listeners: %s", own, words)
	}
	return fmt.Sprintf("%s is in use; %s", d.Source, words), nil
}

// The agent gets this long to answer, and to end.
const (
	startPatience = 30 * time.Second
	endPatience   = 10 * time.Second
)

// runAgent starts the agent, waits until it tells over its socket what it costs, and
// ends it.
func (p *portlight) runAgent(ctx context.Context, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, p.path, p.with(args)...)
	var said bytes.Buffer
	cmd.Stderr, cmd.WaitDelay = &said, endPatience
	if err := cmd.Start(); err != nil {
		return "", err
	}
	var exit error
	ended := make(chan struct{})
	go func() {
		exit = cmd.Wait()
		close(ended)
	}()
	began := time.Now()
	err := p.waitForAgent(ctx, ended)
	took := time.Since(began)
	if err == nil {
		err = end(cmd.Process, ended)
	}
	if err != nil {
		_ = cmd.Process.Kill()
	}
	<-ended
	if err = errors.Join(err, exit); err != nil {
		return "", fmt.Errorf("%w\n%s", err, &said)
	}
	return fmt.Sprintf("answers after %v, and ends when it is asked to", took.Round(time.Millisecond)), nil
}

var (
	errEarlyEnd = errors.New("it ended by itself")
	errNoAnswer = errors.New("it does not answer")
	errNoEnd    = errors.New("it does not end")
)

// waitForAgent gives an error if the agent ends or stays silent.
func (p *portlight) waitForAgent(ctx context.Context, ended chan struct{}) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startPatience, errNoAnswer)
	defer cancel()
	for {
		var d view.Diagnosis
		if out, err := p.output(ctx, "doctor", "--json"); err == nil && json.Unmarshal(out, &d) == nil && d.Cost != nil {
			return nil
		}
		select {
		case <-ended:
			return errEarlyEnd
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// end asks a process to end.
func end(process *os.Process, ended chan struct{}) error {
	if err := process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-ended:
		return nil
	case <-time.After(endPatience):
		return errNoEnd
	}
}
