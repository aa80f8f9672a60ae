package words

// Wrap is an error that tells of another one, which it wraps: that stands in its text as
// {{.Reason}}. More names are filled in as Text.With does. Like Error it is in the
// language that is in use when it is read.
func Wrap(t Text, reason error, pairs ...any) error { return &wrapped{t, reason, pairs} }

type wrapped struct {
	text   Text
	reason error
	pairs  []any
}

func (w *wrapped) Error() string {
	return fill(w.text.String(), append([]any{"Reason", w.reason}, w.pairs...))
}

func (w *wrapped) Unwrap() error { return w.reason }
