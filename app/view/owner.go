package view

import (
	"slices"
	"strconv"
	"strings"

	"portlight/scanner"
	"portlight/scanner/supervisor"
	"portlight/services"
)

// Program names who holds the listener, in few words.
func Program(l *scanner.Listener) string {
	switch {
	case l.Kernel:
		return wordKernel
	case len(l.Owners) == 0:
		return hiddenName(l)
	}
	name := ProcessName(&l.Owners[0])
	switch m := l.Manager(); {
	case m.Forwarded && m.Container != (supervisor.Container{}):
		name += " → " + containerName(&m.Container)
	case m.Forwarded && m.Target.IsValid():
		name += " → " + m.Target.String()
	case m.Kind == supervisor.Contained && !toldByNamespace(l):
		name += " in " + containerName(&m.Container)
	case m.Starts != "":
		name += " for " + Clean(m.Starts, maxName)
	}
	name += more(len(l.Owners))
	if l.Unseen > 0 {
		name += " + " + wordHidden
	}
	return name
}

// ProcessName is what a person calls a process.
func ProcessName(p *scanner.Process) string {
	name := Clean(p.Title, maxName)
	if name == "" {
		name = Clean(p.Name, maxName)
	}
	if name == "" {
		name = "pid " + strconv.Itoa(p.PID)
	}
	return name
}

// hiddenName names a program that cannot be seen by what is known of it.
func hiddenName(l *scanner.Listener) string {
	m := l.Manager()
	switch {
	case (m.Kind == supervisor.Contained || m.Kind == supervisor.Machine) && !toldByNamespace(l):
		return containerName(&m.Container) + " (" + wordHidden + ")"
	case m.App != "" && m.Packaging != "":
		return Clean(m.App, maxName) + " (" + wordHidden + ")"
	case m.Kind == supervisor.Service, m.Kind == supervisor.Activated:
		return Clean(m.Unit, maxName) + " (" + wordHidden + ")"
	case l.User != "":
		return Clean(wordHidden+" ("+l.User+")", maxName)
	}
	return wordHidden
}

// toldByNamespace reports whether the name of a listener's network namespace is that of
// its container: other words name it then.
func toldByNamespace(l *scanner.Listener) bool {
	return l.Namespace != "" && strings.HasSuffix(l.Namespace, " "+l.Manager().Container.Label())
}

func containerName(c *supervisor.Container) string { return Clean(c.Label(), maxName) }

// unitWords says who starts the program and watches over it.
func unitWords(l *scanner.Listener) string {
	m := l.Manager()
	unit := Clean(m.Unit, maxPath)
	switch {
	case m.Kind == supervisor.Activated && m.Starts != "":
		return owned(unit, m.User) + ": " + m.By + " listens, " + Clean(m.Starts, maxPath) + " starts on connection"
	case m.App != "":
		return Clean(m.Packaging+" "+m.App, maxName)
	}
	return owned(unit, m.User)
}

// owned marks the unit of a user's manager.
func owned(unit string, user bool) string {
	if user && unit != "" {
		return unit + " (user)"
	}
	return unit
}

// ContainerWords describes the container of a listener: "shop-web-1, docker, image
// nginx:1.27, project shop"; "" if there is none.
func ContainerWords(m *supervisor.Manager) string {
	c := &m.Container
	var words []string
	for _, part := range [][2]string{{"", c.Label()}, {"", c.Engine}, {"image ", c.Image}, {"project ", c.Project}, {"pod ", c.Pod}} {
		if part[1] != "" {
			words = append(words, part[0]+part[1])
		}
	}
	if m.Target.IsValid() {
		words = append(words, "at "+m.Target.String())
	}
	return Clean(strings.Join(words, ", "), maxPath)
}

// mismatchWords is the sentence on a program that is an unusual one for its port. It
// calls the program what the row does, and adds whose words those are where a script
// could pass for another program.
func mismatchWords(m *services.Mismatch, l *scanner.Listener) string {
	if m == nil {
		return ""
	}
	said := *m
	if i := slices.IndexFunc(l.Owners, func(p scanner.Process) bool { return p.Name == m.Program }); i >= 0 {
		p := &l.Owners[i]
		said.Program = ProcessName(p)
		if first, _, _ := strings.Cut(p.Title, " "); p.Title != "" && !strings.HasPrefix(p.Name, first) {
			said.Program += ", run by " + p.Name + ","
		}
	}
	return Clean(said.String(), maxPath)
}

// NameWords is a name of a port with its provenance: "AirPlay Receiver (hint:
// ControlCenter)", "commplex-main (iana)".
func NameWords(n services.Name) string {
	return Clean(n.Name+" ("+sourcesText(n)+")", maxPath)
}
