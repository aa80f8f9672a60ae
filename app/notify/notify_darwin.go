package notify

import (
	"fmt"
	"log/slog"

	"portlight/app/desktop"
)

// Notifier shows notifications through UNUserNotificationCenter. It needs to run inside of
// Portlight.app; elsewhere Send and Status say so. It is safe for concurrent use.
type Notifier struct{ *poster }

// New gives a notifier. OnAction gets the key of a notification and the action that the
// user chose: Default or an Action's ID. It is called on one goroutine, one after the
// other, may call Send, Withdraw and Status, and must not call Close, which waits for it.
// A process may have one notifier with an onAction, made before its loop begins. A nil
// log discards. The picture is always the app's.
func New(onAction func(key, action string), log *slog.Logger, list ...Option) *Notifier {
	newOptions(list)
	p := newPoster(onAction, log)
	p.center, p.fault = openCenter()
	if p.fault == nil && onAction != nil {
		if err := hearResponses(p.responded); err != nil {
			p.log.Warn("buttons of notifications do nothing", "error", err)
		}
	}
	return &Notifier{p}
}

func openCenter() (center, error) {
	if err := desktop.CheckBundle(); err != nil {
		return nil, fmt.Errorf("%w; %w", err, hintElsewhere)
	}
	c, err := newUserCenter()
	if err != nil {
		return nil, fmt.Errorf("%w; %w", err, hintElsewhere)
	}
	return c, nil
}
