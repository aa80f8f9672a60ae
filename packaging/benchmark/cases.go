package main

import "fmt"

// benchCase is one world to measure in: what listens in it, what is connected,
// and how many processes there are.
type benchCase struct {
	Name        string // names the case in goals and on the command line
	Listeners   int
	Established int // sockets: both ends of a connection are on this computer
	Processes   int // of the whole computer, as far as it has not more already
	Desktop     bool
	Alone       bool // also measured without the established sockets
}

// cases are those of the goals, from the smallest on.
func cases() []benchCase {
	return []benchCase{
		{Name: "L10", Listeners: 10, Processes: 86},
		{Name: "L30", Listeners: 30, Established: 300, Processes: 497, Desktop: true},
		{Name: "L100", Listeners: 100, Established: 20_000, Processes: 539, Alone: true},
		{Name: "L1k", Listeners: 1_000, Established: 20_000, Processes: 537},
		{Name: "L10k", Listeners: 10_000, Established: 20_000, Processes: 2_027, Alone: true},
	}
}

// findCase gives the case of a name.
func findCase(name string) (benchCase, error) {
	for _, c := range cases() {
		if c.Name == name {
			return c, nil
		}
	}
	return benchCase{}, fmt.Errorf("no case is called %q", name)
}

// title is the head of a column: "L1k E20k P537", with the processes that there
// really were.
func (c benchCase) title(processes int) string {
	title := fmt.Sprintf("L%s E%s P%d", short(c.Listeners), short(c.Established), processes)
	if c.Desktop {
		title += " (desktop)"
	}
	return title
}

// short writes round thousands with a k.
func short(n int) string {
	if n >= 1000 && n%1000 == 0 {
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}
