package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"portlight/app/desktop"
)

// The roles of the two faces that are single instances.
const (
	roleAgent  = "agent"
	roleWindow = "window"
)

// showRunning hands the start over to the agent that runs already.
func (p *program) showRunning() error {
	if err := tell(roleAgent, p.dataDir, desktop.Show); err != nil {
		return fmt.Errorf("portlight is running, but does not show its window: %w", err)
	}
	fmt.Fprintln(p.err, wordsRunning)
	return nil
}

// The answers of both sockets: fine, or an error's text behind a mark.
const (
	answerFine  = "ok"
	answerError = "error: "
)

// tell sends a line to another instance and gives what it answers as an error.
func tell(role, dir, line string) error {
	answer, err := desktop.Tell(role, dir, line)
	if text, failed := strings.CutPrefix(answer, answerError); err == nil && failed {
		return errors.New(text)
	}
	return err
}

// answer serves the agent's socket.
func (a *agent) answer(line string) string {
	if !understood(line) {
		return answerError + wordsNotUnderstood
	}
	if err := a.openWindow(line); err != nil {
		return answerError + err.Error()
	}
	return answerFine
}

// understood reports whether a line asks for what the window can show.
func understood(line string) bool {
	verb, id := desktop.Split(line)
	switch verb {
	case desktop.Show:
		return true
	case desktop.Stop:
		return id != ""
	case desktop.Settings:
		return id == ""
	}
	return false
}

// openWindow sends a line to the window, which it starts if there is none. The
// window lives on without the agent.
func (a *agent) openWindow(line string) error {
	err := tell(roleWindow, a.dataDir, line)
	if !errors.Is(err, desktop.ErrNotRunning) {
		return err
	}
	if !hasWindow {
		return errors.New(wordsNoWindow)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	cmd := exec.Command(self, append([]string{"window", "--data-dir", a.dataDir, "--interval", a.interval.String()}, windowArgs(line)...)...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	go func() {
		if err := cmd.Wait(); err != nil {
			a.log.Warn("window ended", "error", err)
		}
	}()
	return nil
}

// windowArgs turns a line of the socket into flags of `portlight window`.
func windowArgs(line string) []string {
	verb, id := desktop.Split(line)
	switch {
	case verb == desktop.Settings:
		return []string{"--settings"}
	case id != "":
		return []string{"--" + verb + "=" + id}
	}
	return nil
}
