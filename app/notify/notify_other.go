//go:build !linux && !darwin

package notify

import "log/slog"

// Notifier writes notifications to the log: the system's own notifications come
// with a later version.
type Notifier struct{ log *slog.Logger }

// New gives a notifier. OnAction is not called on this system. A nil log
// discards.
func New(onAction func(key, action string), log *slog.Logger, list ...Option) *Notifier {
	newOptions(list)
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Notifier{log}
}

// Send writes one line to the log.
func (n *Notifier) Send(m Notification) error {
	n.log.Info("notification", "key", m.Key, "title", m.Title, "body", m.Body, "urgent", m.Urgent)
	return nil
}

// Withdraw does nothing.
func (n *Notifier) Withdraw(key string) error { return nil }

// Status says that notifications are still to come.
func (n *Notifier) Status() Status { return Status{Err: hintLater} }

// Ask does nothing.
func (n *Notifier) Ask() error { return nil }

// Close does nothing.
func (n *Notifier) Close() error { return nil }
