package view

import "portlight/assets/words"

// The words of a story.
const (
	wordsNoStory      = words.Text("Nothing is remembered of it")
	wordsFirstSeen    = words.Text("First seen {{.Time}}")
	wordsSeenOnce     = words.Text("Seen once, {{.Time}}")
	wordsFirstAndLast = words.Text("First seen {{.First}}, last opened {{.Last}}")
	wordsStands       = words.Text("It stands since {{.Time}}")
	wordsStood        = words.Text("It stood already when it was first looked for, {{.Time}}")
	wordsTold         = words.Text("You were told of it {{.Time}}")

	wordsToday     = words.Text("today {{.Time}}")
	wordsYesterday = words.Text("yesterday {{.Time}}")
)

// How often something came.
var (
	wordsTimes      = words.Plural{One: "once", Other: "{{.N}} times"}
	wordsTimesSince = words.Plural{One: "once since {{.Time}}", Other: "{{.N}} times since {{.Time}}"}
)
