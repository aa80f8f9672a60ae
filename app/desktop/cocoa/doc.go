// Package cocoa sends messages to the objects of macOS without cgo of its own, by
// purego. Each framework, class and method is looked for before it is used: what this
// macOS lacks is an error that wraps ErrMissing, where a plain message would end the
// process. Exceptions that a method throws still do: a caller keeps to what a method's
// documentation allows.
//
// On other systems it has only its errors.
package cocoa

import (
	"errors"
	"fmt"
)

// ErrMissing says that this macOS lacks what was asked for.
var ErrMissing = errors.New(wordsMissing)

func missing(what, name string) error { return fmt.Errorf("%w: %s %s", ErrMissing, what, name) }

// failure words what an NSError says; code is of a domain such as UNErrorDomain.
func failure(text, domain string, code int) error {
	if text == "" {
		text = wordsUnsaid
	}
	return fmt.Errorf("%s (%s %d)", plain(text), plain(domain), code)
}
