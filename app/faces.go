package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"portlight/app/desktop"
	"portlight/assets/words"
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
	if line == desktop.Cost {
		c := a.cost(a.watcher.Load())
		c.Notifies = !a.silent
		return c.Line()
	}
	if line == desktop.Refresh {
		a.refresh()
		return answerFine
	}
	if verb, argument := desktop.Split(line); verb == desktop.Clicked {
		return a.answerClick(argument)
	}
	if !understood(line) {
		return answerError + wordsNotUnderstood.String()
	}
	if err := a.openWindow(line); err != nil {
		return answerError + err.Error()
	}
	return answerFine
}

// answerClick serves a click that came to another process. That one may be asked to show
// something, so it is not kept waiting.
func (a *agent) answerClick(argument string) string {
	key, action, ok := parseClick(argument)
	if !ok {
		return answerError + wordsNotUnderstood.String()
	}
	go a.onNotification(key, action)
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
	case desktop.Settings, desktop.Alerts:
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
		return errNoWindow()
	}
	cmd, err := a.command(a.dataDir, append([]string{"window"}, windowArgs(line)...)...)
	if err != nil {
		return words.Wrap(wordsOpenWindow, err)
	}
	said := &lastWords{}
	cmd.Stderr = io.MultiWriter(said, a.err)
	cmd.WaitDelay = time.Second // a browser that the window opened may hold the pipe
	if err := cmd.Start(); err != nil {
		return words.Wrap(wordsOpenWindow, err)
	}
	go func() {
		var failed *exec.ExitError
		if err := cmd.Wait(); errors.As(err, &failed) {
			a.windowFailed(said.reason(err))
		}
	}()
	return nil
}

// command is another face of Portlight with a data folder, in a group of its own.
func (p *program) command(dir string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args = append(args, "--data-dir", dir)
	if p.interval != 0 {
		args = append(args, "--interval", p.interval.String())
	}
	cmd := exec.Command(self, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd, nil
}

// windowFailed says that a window has ended by an error. Where there is no tray
// it was all that could be seen.
func (a *agent) windowFailed(reason error) {
	a.failed(reason)
	if a.noTray.Load() && !a.terminal.Load() {
		a.watchHere(reason)
	}
}

// lastWords keeps the end of what a program says.
type lastWords struct{ text []byte }

// maxLastWords bounds what is kept, in bytes.
const maxLastWords = 4096

func (l *lastWords) Write(b []byte) (int, error) {
	l.text = append(l.text, b...)
	l.text = l.text[max(0, len(l.text)-maxLastWords):]
	return len(b), nil
}

// reason is the error with which the window said that it ends; else all that is
// known is how it ended.
func (l *lastWords) reason(ended error) error {
	lines := strings.Split(strings.TrimSpace(string(l.text)), "\n")
	if text, ok := strings.CutPrefix(lines[len(lines)-1], saying); ok {
		return errors.New(text)
	}
	return words.Wrap(wordsWindowEnded, ended)
}

// windowArgs turns a line of the socket into flags of `portlight window`.
func windowArgs(line string) []string {
	verb, id := desktop.Split(line)
	switch {
	case verb == desktop.Settings, verb == desktop.Alerts:
		return []string{"--" + verb}
	case id != "":
		return []string{"--" + verb + "=" + id}
	}
	return nil
}
