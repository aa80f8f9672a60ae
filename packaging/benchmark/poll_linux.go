package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	gopsutilnet3 "github.com/shirou/gopsutil/v3/net"
	"golang.org/x/sys/unix"
	"tailscale.com/portlist"

	"portlight/scanner"
)

// poller polls until ctx ends and closes ready after the first time.
type poller func(ctx context.Context, every time.Duration, ready chan<- struct{}) error

func pollers() map[string]poller {
	return map[string]poller{pollOurs: watch, pollPortlist: pollByPortlist, pollGopsutil: pollByGopsutil}
}

// measureShare has a process of its own poll for a while.
func measureShare(who string, p polling) (share, error) {
	cmd := exec.Command("/proc/self/exe", "poll", who, p.every.String(), p.span.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return share{}, fmt.Errorf("poll by %s: %w", who, err)
	}
	core, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return share{}, fmt.Errorf("poll by %s: %w", who, err)
	}
	return share{who, p.every, core}, nil
}

// runPoller is that process: it prints the share of a core that it took after the
// first poll.
func runPoller(who, everyText, spanText string) error {
	every, err := time.ParseDuration(everyText)
	if err != nil {
		return err
	}
	span, err := time.ParseDuration(spanText)
	if err != nil {
		return err
	}
	poll := pollers()[who]
	if poll == nil {
		return fmt.Errorf("nobody is called %q", who)
	}
	runtime.GOMAXPROCS(1) // as Portlight's agent does
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ready, failed := make(chan struct{}), make(chan error, 1)
	go func() { failed <- poll(ctx, every, ready) }()
	select {
	case <-ready:
	case err := <-failed:
		return err
	}
	time.Sleep(every + every/2) // amid two polls, with what the first one left to do
	core, err := coreShare(span)
	if err != nil {
		return err
	}
	select {
	case err := <-failed:
		return cmp.Or(err, errors.New("it ended early"))
	default:
		fmt.Println(core)
		return nil
	}
}

// coreShare is the part of one core that this process takes in the given time.
func coreShare(span time.Duration) (float64, error) {
	before, err := processTime()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	time.Sleep(span)
	after, err := processTime()
	return float64(after-before) / float64(time.Since(start)), err
}

// processTime is the time that the threads of this process have run for.
func processTime() (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	return time.Duration(t.Nano()), nil
}

func watch(ctx context.Context, every time.Duration, ready chan<- struct{}) error {
	w, err := scanner.NewWatcher(scanner.Options{Interval: every, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w.Run(ctx, func(u scanner.Update) {
		if u.Err != nil {
			stop(u.Err)
		}
		if u.Baseline {
			close(ready)
		}
	})
	return context.Cause(ctx)
}

func pollByPortlist(ctx context.Context, every time.Duration, ready chan<- struct{}) error {
	p := portlist.Poller{IncludeLocalhost: true}
	defer p.Close()
	return repeat(ctx, every, ready, func() error {
		_, _, err := p.Poll()
		return err
	})
}

func pollByGopsutil(ctx context.Context, every time.Duration, ready chan<- struct{}) error {
	return repeat(ctx, every, ready, func() error {
		_, err := gopsutilnet3.Connections("inet")
		return err
	})
}

func repeat(ctx context.Context, every time.Duration, ready chan<- struct{}, f func() error) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for first := true; ; first = false {
		if err := f(); err != nil {
			return err
		}
		if first {
			close(ready)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
