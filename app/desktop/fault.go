package desktop

import "portlight/assets/words"

// fault is what was tried, in the language in use when it is read, and why it failed.
type fault struct {
	tried words.Text // has a name Error
	pairs []any      // the other names that it has
	cause error
}

func (f *fault) Error() string { return f.tried.With(append([]any{"Error", f.cause}, f.pairs...)...) }

func (f *fault) Unwrap() error { return f.cause }

// failed says what was tried where that failed; nil is that it did not.
func failed(cause error, tried words.Text, pairs ...any) error {
	if cause == nil {
		return nil
	}
	return &fault{tried, pairs, cause}
}
