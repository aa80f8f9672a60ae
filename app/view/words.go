package view

import (
	"strconv"

	"portlight/assets/words"
)

// The words of programs and of rows.
const (
	wordKernel = words.Text("kernel | that holds a listener")
	wordHidden = words.Text("hidden | a program that cannot be seen")

	wordsPID        = words.Text("pid {{.PID}}")
	wordsHiddenIn   = words.Text("{{.Name}} (hidden) | a program that cannot be seen, by its service or container")
	wordsHiddenOf   = words.Text("hidden ({{.User}}) | a program of a user, that cannot be seen")
	wordsAndHidden  = words.Text("{{.Programs}} + hidden | and programs that cannot be seen")
	wordsIn         = words.Text("{{.Program}} in {{.Container}}")
	wordsFor        = words.Text("{{.Program}} for {{.Service}}")
	wordsUnusual    = words.Text("{{.Program}} (unusual)")
	wordsUserUnit   = words.Text("{{.Unit}} (user)")
	wordsActivated  = words.Text("{{.Unit}}: {{.Manager}} listens, {{.Service}} starts on connection")
	wordsImage      = words.Text("image {{.Image}} | of a container")
	wordsProject    = words.Text("project {{.Project}} | of a container")
	wordsPod        = words.Text("pod {{.Pod}} | of a container")
	wordsAt         = words.Text("at {{.Address}} | of a container")
	wordsMismatch   = words.Text("{{.Port}} is usual for {{.Service}} ({{.Usual}}), but {{.Program}} holds it")
	wordsMismatchBy = words.Text("{{.Port}} is usual for {{.Service}} ({{.Usual}}), but {{.Program}}, run by {{.Interpreter}}, holds it")
)

// The words of the menu.
const (
	wordNew      = words.Text("New | alerts, a heading")
	wordExternal = words.Text("Others can reach | listeners, a heading")
	wordLocal    = words.Text("Only this computer | can reach listeners, a heading")
	wordNothing  = words.Text("Nothing | listens")

	wordsClosed = words.Text("{{.Listener}} (closed)")
)

var wordsMore = words.Plural{One: "{{.N}} more…", Other: "{{.N}} more…"}

// joinedWords is how many of several things a sentence names.
const joinedWords = 3

// joinWords gives "a", "a and b", "a, b and c", "a, b, c and 4 more".
func joinWords(names []string) string { return words.ListSome(names, joinedWords) }

// PortService is "8080 (http-alt)", "5353/udp (mdns)" or "8080".
func (r Row) PortService() string {
	port := PortProto(r.Listener.Port, r.Proto)
	if r.Service == "" {
		return port
	}
	return words.Noted(port, r.Service)
}

// PortProto is a port as people write it: "22" for TCP, "53/udp" else.
func PortProto(port uint16, proto string) string {
	if proto == "tcp" {
		return strconv.Itoa(int(port))
	}
	return strconv.Itoa(int(port)) + "/" + proto
}
