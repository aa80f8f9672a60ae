package services

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// problems says what was wrong with a services(5) file.
func problems(path string, p parsed, err error) []string {
	var said []string
	switch {
	case errors.Is(err, fs.ErrNotExist):
		said = append(said, path+" is missing: names of services come from the embedded lists alone.")
	case err != nil:
		said = append(said, path+" cannot be read whole: "+reason(err)+".")
	}
	if p.bad > 0 {
		said = append(said, wordsBad(path, p.bad, p.badLines))
	}
	if p.cut {
		said = append(said, fmt.Sprintf("%s is larger than %d MB: the rest of it is not read.", path, maxFile>>20))
	}
	return said
}

// reason leaves out what failed where, which the sentence says already.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func wordsBad(path string, n int, first []int) string {
	if n == 1 {
		return fmt.Sprintf("%s: line %d names no service and is skipped.", path, first[0])
	}
	var numbers []string
	for _, line := range first {
		numbers = append(numbers, strconv.Itoa(line))
	}
	if n > len(first) {
		numbers = append(numbers, "…")
	}
	return fmt.Sprintf("%s: %d lines name no service and are skipped: %s.", path, n, strings.Join(numbers, ", "))
}

func wordsIANA(err error) string {
	return "The embedded IANA registry cannot be read: " + err.Error() + "."
}

func wordsCurated(err error) string {
	return "The embedded lists of usual ports cannot be read: " + err.Error() + "."
}
