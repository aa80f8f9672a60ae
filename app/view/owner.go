package view

import (
	"slices"
	"strings"

	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/supervisor"
	"portlight/services"
)

// Program names who holds the listener, in few words.
func Program(l *scanner.Listener) string {
	switch {
	case l.Kernel:
		return wordKernel.String()
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
		name = wordsIn.With("Program", name, "Container", containerName(&m.Container))
	case m.Starts != "":
		name = wordsFor.With("Program", name, "Service", Clean(m.Starts, maxName))
	}
	name += more(len(l.Owners))
	if l.Unseen > 0 {
		return wordsAndHidden.With("Programs", name)
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
		name = wordsPID.With("PID", p.PID)
	}
	return name
}

// hiddenName names a program that cannot be seen by what is known of it.
func hiddenName(l *scanner.Listener) string {
	m := l.Manager()
	switch {
	case (m.Kind == supervisor.Contained || m.Kind == supervisor.Machine) && !toldByNamespace(l):
		return wordsHiddenIn.With("Name", containerName(&m.Container))
	case m.App != "" && m.Packaging != "":
		return wordsHiddenIn.With("Name", Clean(m.App, maxName))
	case m.Kind == supervisor.Service, m.Kind == supervisor.Activated:
		return wordsHiddenIn.With("Name", Clean(m.Unit, maxName))
	case l.User != "":
		return Clean(wordsHiddenOf.With("User", l.User), maxName)
	}
	return wordHidden.String()
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
		return wordsActivated.With("Unit", owned(unit, m.User), "Manager", m.By, "Service", Clean(m.Starts, maxPath))
	case m.App != "":
		return Clean(m.Packaging+" "+m.App, maxName)
	}
	return owned(unit, m.User)
}

// owned marks the unit of a user's manager.
func owned(unit string, user bool) string {
	if user && unit != "" {
		return wordsUserUnit.With("Unit", unit)
	}
	return unit
}

// ContainerWords describes the container of a listener: "shop-web-1, docker, image
// nginx:1.27, project shop"; "" if there is none.
func ContainerWords(m *supervisor.Manager) string {
	c := &m.Container
	facts := slices.DeleteFunc([]string{c.Label(), c.Engine}, func(s string) bool { return s == "" })
	for _, f := range [...]struct {
		text        words.Text
		name, value string
	}{{wordsImage, "Image", c.Image}, {wordsProject, "Project", c.Project}, {wordsPod, "Pod", c.Pod}} {
		if f.value != "" {
			facts = append(facts, f.text.With(f.name, f.value))
		}
	}
	if m.Target.IsValid() {
		facts = append(facts, wordsAt.With("Address", m.Target))
	}
	return Clean(words.Facts(facts...), maxPath)
}

// mismatchWords is the sentence on a program that is an unusual one for its port. It
// calls the program what the row does, and adds whose words those are where a script
// could pass for another program.
func mismatchWords(m *services.Mismatch, l *scanner.Listener) string {
	if m == nil {
		return ""
	}
	text, pairs := wordsMismatch, []any{"Port", m.Port, "Service", m.Service, "Usual", m.SayUsual(), "Program", m.Program}
	if i := slices.IndexFunc(l.Owners, func(p scanner.Process) bool { return p.Name == m.Program }); i >= 0 {
		p := &l.Owners[i]
		pairs[len(pairs)-1] = ProcessName(p)
		if first, _, _ := strings.Cut(p.Title, " "); p.Title != "" && !strings.HasPrefix(p.Name, first) {
			text, pairs = wordsMismatchBy, append(pairs, "Interpreter", p.Name)
		}
	}
	return Clean(text.With(pairs...), maxPath)
}

// NameWords is a name of a port with its provenance: "AirPlay Receiver (hint:
// ControlCenter)", "commplex-main (iana)".
func NameWords(n services.Name) string {
	return Clean(words.Noted(n.Name, sourcesText(n)), maxPath)
}
