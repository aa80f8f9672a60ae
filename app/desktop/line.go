package desktop

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The verbs of a request to another instance. Show and Stop may be followed by
// a blank and the ID of a listener.
const (
	Ping     = "ping"     // answered by the instance itself with Pong
	Show     = "show"     // come to the front, at that listener if there is one
	Stop     = "stop"     // ask whether to stop that listener's process
	Settings = "settings" // show the settings
	Alerts   = "alerts"   // show the alerts
	Refresh  = "refresh"  // to the agent: look at once at what listens, and at what others have written to the memory
	Cost     = "cost"     // to the agent: tell in a line of JSON what it has used

	// Clicked is told to the agent by another process of Portlight that got its click: it
	// is followed by the action and the key of the notification.
	Clicked = "clicked"
)

// Pong is the answer to Ping.
const Pong = "pong"

// maxLine bounds a request and an answer, in bytes without the line end.
const maxLine = 4096

// Split parts a request into its verb and what follows the blank, or "".
func Split(line string) (verb, argument string) {
	verb, argument, _ = strings.Cut(line, " ")
	return verb, argument
}

// readLine reads one line, without its end. A line that is too long, not ended,
// not UTF-8 or that holds control characters is an error.
func readLine(r io.Reader) (string, error) {
	b := bufio.NewReaderSize(r, maxLine+1)
	line, err := b.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errLongLine
	case errors.Is(err, io.EOF):
		return "", io.ErrUnexpectedEOF
	case err != nil:
		return "", err
	}
	s := string(line[:len(line)-1])
	return s, checkLine(s)
}

var (
	errLongLine = errors.New("line is too long")
	errBadLine  = errors.New("line is not plain text")
)

func checkLine(s string) error {
	switch {
	case len(s) > maxLine:
		return errLongLine
	case !utf8.ValidString(s), strings.ContainsFunc(s, unicode.IsControl):
		return errBadLine
	}
	return nil
}

// oneLine makes a text fit to be sent as a line.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "")
	}
	return s
}
