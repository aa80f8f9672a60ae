package window

import (
	"runtime"
	"strings"

	"portlight/app/view"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// Everything that a user reads when a process is to be stopped.
const (
	wordStop        = words.Text("Stop… | button: a process")
	wordForce       = words.Text("Force it to end")
	wordKernelStop  = words.Text("The kernel itself holds this port: there is no process to stop.")
	wordOutsideStop = words.Text("It runs inside a container and has to be stopped there.")
	wordWhich       = words.Text("Which process should stop?")
	wordAlsoDown    = words.Text("These ports close too:")
)

const wordStopTitle = words.Text("Stop {{.Program}}?")

func stopTitle(name string) string { return wordStopTitle.With("Program", name) }

const wordStopButton = words.Text("Stop {{.Program}} | button")

func stopButton(name string) string { return wordStopButton.With("Program", view.Clean(name, 24)) }

// where fills in where a row listens: a program may listen on a port more than once.
func where(r *view.Row) []any {
	return []any{
		"Protocol", protocol(r), "Port", portService(r),
		"Address", view.Clean(r.Listener.Addr.String(), 64), "Interface", view.Clean(r.Listener.Device, 64),
	}
}

var (
	pluralHold = words.Plural{
		One:   "{{.N}} process holds {{.Protocol}} port {{.Port}}, address {{.Address}}.",
		Other: "{{.N}} processes hold {{.Protocol}} port {{.Port}}, address {{.Address}}.",
	}
	pluralHoldDevice = words.Plural{
		One:   "{{.N}} process holds {{.Protocol}} port {{.Port}}, address {{.Address}}, interface {{.Interface}}.",
		Other: "{{.N}} processes hold {{.Protocol}} port {{.Port}}, address {{.Address}}, interface {{.Interface}}.",
	}
)

func whichText(r *view.Row) string {
	count := pluralHold
	if r.Listener.Device != "" {
		count = pluralHoldDevice
	}
	return count.Of(len(r.Listener.Owners), where(r)...)
}

const (
	wordAskStop       = words.Text("{{.Program}} (pid {{.PID}}) listens on {{.Protocol}} port {{.Port}}, address {{.Address}}. It is asked to end and may finish what it is doing first.")
	wordAskStopDevice = words.Text("{{.Program}} (pid {{.PID}}) listens on {{.Protocol}} port {{.Port}}, address {{.Address}}, interface {{.Interface}}. It is asked to end and may finish what it is doing first.")
)

func stopText(p *scanner.Process, r *view.Row) string {
	text := wordAskStop
	if r.Listener.Device != "" {
		text = wordAskStopDevice
	}
	return text.With(append(where(r), "Program", view.ProcessName(p), "PID", p.PID)...)
}

const wordProcess = words.Text("{{.Program}} (pid {{.PID}})")

// maxStays is how many processes that hold a port too are named.
const maxStays = 8

var pluralStays = words.Plural{
	One:   "The port stays open: {{.Processes}} holds it too.",
	Other: "The port stays open: {{.Processes}} hold it too.",
}

func stopStays(others []scanner.Process) string {
	names := make([]string, len(others))
	for i := range others {
		names[i] = wordProcess.With("Program", view.ProcessName(&others[i]), "PID", others[i].PID)
	}
	return pluralStays.Of(len(names), "Processes", words.ListSome(names, maxStays))
}

const (
	wordRuns      = words.Text("{{.Unit}} runs it and may start it again. To end it for now: {{.Command}}")
	wordActivates = words.Text("{{.Unit}} listens in its place and starts it again on the next connection.")
	wordServes    = words.Text("It serves the container {{.Container}}, which may need it.")
)

// stopSupervised says who may start a listener's program again, "" if nobody is
// known to.
func stopSupervised(m *supervisor.Manager) string {
	unit := view.Clean(m.Unit, 64)
	switch {
	case m.Kind == supervisor.Service && m.User:
		return wordRuns.With("Unit", unit, "Command", "systemctl --user stop "+unit)
	case m.Kind == supervisor.Service:
		return wordRuns.With("Unit", unit, "Command", "systemctl stop "+unit)
	case m.Kind == supervisor.Activated:
		return wordActivates.With("Unit", unit)
	case m.Kind == supervisor.Contained:
		return wordServes.With("Container", view.Clean(m.Container.Label(), 64))
	}
	return ""
}

const (
	wordCannotSee     = words.Text("Its process cannot be seen, so it cannot be stopped from here. In a terminal: {{.Command}}")
	wordCannotSeeKill = words.Text("Its process cannot be seen, so it cannot be stopped from here. In a terminal: {{.Command}} shows it, {{.Kill}} ends it.")
)

// hiddenStop says what to run instead for a process that cannot be seen.
func hiddenStop(r *view.Row) string {
	switch m := r.Listener.Manager(); {
	case m.Kind == supervisor.Service && m.User:
		return wordCannotSee.With("Command", "systemctl --user stop "+view.Clean(m.Unit, 64))
	case m.Kind == supervisor.Service, m.Kind == supervisor.Activated:
		return wordCannotSee.With("Command", "sudo systemctl stop "+view.Clean(m.Unit, 64))
	}
	return wordCannotSeeKill.With("Command", findCommand(r), "Kill", "sudo kill")
}

// findCommand is what shows the process behind a port to root.
func findCommand(r *view.Row) string {
	switch {
	case runtime.GOOS == "linux" && r.Proto == "tcp":
		return "sudo ss -ltnp 'sport = :" + r.Port + "'"
	case runtime.GOOS == "linux":
		return "sudo ss -lunp 'sport = :" + r.Port + "'"
	}
	return "sudo lsof -nP -i" + protocol(r) + ":" + r.Port
}

const (
	wordEnding = words.Text("Ending {{.Program}}…")
	wordAsking = words.Text("Asking {{.Program}} to stop…")
)

func stopping(name string, force bool) string {
	if force {
		return wordEnding.With("Program", name)
	}
	return wordAsking.With("Program", name)
}

const (
	wordStillRuns = words.Text("{{.Program}} (pid {{.PID}}) still runs: it may be finishing something, or ignore the request. Forcing it ends it at once, and what it has not saved is lost.")
	wordHasEnded  = words.Text("{{.Program}} (pid {{.PID}}) has ended.")
)

// stoppedWords says what came of a signal.
func stoppedWords(name string, pid int, o process.Outcome) string {
	if o == process.StillRunning {
		return wordStillRuns.With("Program", name, "PID", pid)
	}
	return wordHasEnded.With("Program", name, "PID", pid)
}

var pluralLose = words.Plural{
	One:   "{{.N}} client is connected now, and loses its connection.",
	Other: "{{.N}} clients are connected now, and lose their connections.",
}

// stopClients says what those lose who are connected.
func stopClients(n int) string { return pluralLose.Of(n) }

const wordNotStopped = words.Text("{{.Program}} was not stopped")

func notStopped(name string) string { return wordNotStopped.With("Program", name) }

const wordPortLine = words.Text("{{.Port}}  on {{.Address}} | a listener in a list")

// portLine is a listener in a list of a process's ports.
func portLine(r *view.Row) string {
	port := view.PortProto(r.Listener.Port, r.Proto)
	if r.Service != "" {
		port += "  " + r.Service
	}
	return wordPortLine.With("Port", port, "Address", view.Clean(r.Listener.Addr.String(), 64))
}

// alsoWords lists the other ports that close.
func alsoWords(pl *plan) string {
	lines := append([]string{wordAlsoDown.String()}, pl.also...)
	if pl.more > 0 {
		lines = append(lines, moreWords(pl.more))
	}
	return strings.Join(lines, "\n  •  ")
}

func ownerWords(p *scanner.Process) string { return view.ProcessName(p) + "  ·  " + pidWords(p.PID) }

const wordWithPID = words.Text("pid {{.PID}}")

func pidWords(pid int) string { return wordWithPID.With("PID", pid) }
