package services

import (
	"errors"
	"io/fs"
	"strconv"

	"portlight/assets/words"
)

const (
	wordMissing    = words.Text("{{.File}} is missing: names of services come from the embedded lists alone.")
	wordUnreadable = words.Text("{{.File}} cannot be read whole: {{.Reason}}.")
	wordCut        = words.Text("{{.File}} is larger than {{.Size}} MB: the rest of it is not read.")
	wordBadLine    = words.Text("{{.File}}: line {{.Line}} names no service and is skipped.")
	wordIANA       = words.Text("The embedded IANA registry cannot be read: {{.Reason}}.")
	wordCurated    = words.Text("The embedded lists of usual ports cannot be read: {{.Reason}}.")
	wordMismatch   = words.Text("{{.Port}} is usual for {{.Service}} ({{.Programs}}), but {{.Program}} holds it")
	errNotRegular  = words.Error("not a regular file")
)

// wordBadLines is for two lines and more.
var wordBadLines = words.Plural{
	One:   "{{.File}}: {{.N}} line names no service and is skipped: {{.Lines}}.",
	Other: "{{.File}}: {{.N}} lines name no service and are skipped: {{.Lines}}.",
}

// problems says what was wrong with a services(5) file.
func problems(path string, p parsed, err error) []string {
	var said []string
	switch {
	case errors.Is(err, fs.ErrNotExist):
		said = append(said, wordMissing.With("File", path))
	case err != nil:
		said = append(said, wordUnreadable.With("File", path, "Reason", reason(err)))
	}
	if p.bad > 0 {
		said = append(said, wordsBad(path, p.bad, p.badLines))
	}
	if p.cut {
		said = append(said, wordCut.With("File", path, "Size", maxFile>>20))
	}
	return said
}

// reason leaves out what failed where, which the sentence says already.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func wordsBad(path string, n int, first []int) string {
	if n == 1 {
		return wordBadLine.With("File", path, "Line", first[0])
	}
	var numbers []string
	for _, line := range first {
		numbers = append(numbers, strconv.Itoa(line))
	}
	if n > len(first) {
		numbers = append(numbers, "…")
	}
	return wordBadLines.Of(n, "File", path, "Lines", words.Enumerate(numbers))
}

func wordsIANA(err error) string { return wordIANA.With("Reason", err) }

func wordsCurated(err error) string { return wordCurated.With("Reason", err) }
