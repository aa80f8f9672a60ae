package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// authorization is whether macOS lets an app notify, UNAuthorizationStatus in
// UserNotifications/UNNotificationSettings.h.
type authorization int

const (
	notAsked authorization = iota
	refused
	allowed
	provisional // silent, in the Notification Center
	ephemeral   // for a while
)

// The actions that macOS adds to those of a category, UNNotificationResponse.h.
const (
	clickedItself = "com.apple.UNNotificationDefaultActionIdentifier"
	dismissed     = "com.apple.UNNotificationDismissActionIdentifier"
)

// category is a kind of notification, by its buttons.
type category struct {
	id      string
	actions []Action
}

func categoryOf(actions []Action) category {
	var ids []string
	for _, a := range actions {
		if a.ID != Default {
			ids = append(ids, a.ID)
		}
	}
	return category{strings.Join(ids, "+"), slices.DeleteFunc(slices.Clone(actions), func(a Action) bool { return a.ID == Default })}
}

// response is what the user did with a notification.
type response struct{ key, action string }

// newResponse reads the identifiers of a notification and of an action; false if there
// is nothing to do.
func newResponse(key, action string) (r response, ok bool) {
	if action == clickedItself {
		action = Default
	}
	return response{key, action}, key != "" && action != "" && action != dismissed
}

// center is what a poster needs of UNUserNotificationCenter. What waits for macOS or for
// the user ends with its context.
type center interface {
	authorization(context.Context) (authorization, error)
	ask(context.Context) (granted bool, err error)
	categorize([]category) error // all there are
	show(context.Context, Notification, category) error
	remove(key string) error
}

// The patience with macOS, and with the user, who is asked for permission but once.
const (
	postPatience = 5 * time.Second
	askPatience  = time.Minute
)

// maxResponses is how many responses wait for onAction.
const maxResponses = 16

// poster shows notifications through a center, if there is one.
type poster struct {
	center    center
	fault     error // why there is no center, or nil
	log       *slog.Logger
	patience  time.Duration
	asking    time.Duration
	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	responses chan response
	served    sync.WaitGroup

	mu         sync.Mutex
	asked      bool
	categories []category // that macOS knows
}

// newPoster gives a poster that has no center yet. A nil log discards.
func newPoster(onAction func(key, action string), log *slog.Logger) *poster {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	p := &poster{log: log, patience: postPatience, asking: askPatience, responses: make(chan response, maxResponses)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.served.Go(func() { p.serve(onAction) })
	return p
}

// responded takes what the user did. It does not wait: macOS calls it on the main thread.
func (p *poster) responded(key, action string) {
	r, ok := newResponse(key, action)
	if !ok {
		return
	}
	select {
	case p.responses <- r:
	default:
		p.log.Warn("click on a notification dropped", "key", key, "action", action)
	}
}

func (p *poster) serve(onAction func(key, action string)) {
	for {
		select {
		case <-p.ctx.Done():
			return
		case r := <-p.responses:
			if onAction != nil {
				onAction(r.key, r.action)
			}
		}
	}
}

// Send shows a notification, in place of the one with the same key. The first asks the
// user for permission and waits a minute for the answer, the others wait a few seconds.
// The error says what is missing and what to do.
func (p *poster) Send(m Notification) error {
	if err := p.send(m); err != nil {
		return fmt.Errorf("send notification: %w", err)
	}
	return nil
}

func (p *poster) send(m Notification) error {
	if err := p.open(); err != nil {
		return err
	}
	if err := p.permit(); err != nil {
		return err
	}
	kind := categoryOf(m.Actions)
	if err := p.know(kind); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	return p.said(ctx, hintNoAnswer, p.center.show(ctx, m, kind))
}

// open says why nothing can be shown, or nil.
func (p *poster) open() error {
	if p.ctx.Err() != nil {
		return hintClosed
	}
	return p.fault
}

// said words why waiting has ended, if err comes of that.
func (p *poster) said(ctx context.Context, late, err error) error {
	switch {
	case err == nil, ctx.Err() == nil:
		return err
	case p.ctx.Err() != nil:
		return hintClosed
	}
	return late
}

// permit sees to it that macOS lets Portlight notify, and asks for that if nobody has.
func (p *poster) permit() error {
	now, err := p.authorization()
	if err != nil {
		return err
	}
	if now != notAsked {
		return now.fault()
	}
	ctx, cancel := context.WithTimeout(p.ctx, p.askingTime())
	defer cancel()
	granted, err := p.center.ask(ctx)
	switch {
	case err != nil:
		return p.said(ctx, hintUnanswered, err)
	case !granted:
		return refused.fault()
	}
	return nil
}

// askingTime is how long the user may take now.
func (p *poster) askingTime() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked {
		return p.patience
	}
	p.asked = true
	return p.asking
}

func (p *poster) authorization() (authorization, error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	now, err := p.center.authorization(ctx)
	return now, p.said(ctx, hintNoAnswer, err)
}

// fault says what an authorization forbids, or nil. Of what a later macOS may add the
// attempt tells.
func (a authorization) fault() error {
	if a == refused {
		return hintRefusedByUser
	}
	return nil
}

// know makes a category known to macOS, with all before it.
func (p *poster) know(kind category) error {
	if kind.id == "" {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	same := func(c category) bool { return c.id == kind.id }
	if i := slices.IndexFunc(p.categories, same); i >= 0 && slices.Equal(p.categories[i].actions, kind.actions) {
		return nil
	}
	all := append(slices.DeleteFunc(slices.Clone(p.categories), same), kind)
	if err := p.center.categorize(all); err != nil {
		return err
	}
	p.categories = all
	return nil
}

// Withdraw takes the notification with this key away. It is no error if there is none.
func (p *poster) Withdraw(key string) error {
	if p.open() != nil {
		return nil
	}
	if err := p.center.remove(key); err != nil {
		return fmt.Errorf("withdraw notification: %w", err)
	}
	return nil
}

// Status asks macOS whether it shows notifications. It does not ask the user.
func (p *poster) Status() Status {
	if err := p.open(); err != nil {
		return Status{Err: err}
	}
	now, err := p.authorization()
	if err == nil {
		err = now.fault()
	}
	if err != nil {
		return Status{Err: err}
	}
	return Status{Name: wordMacOS, Actions: true, Asks: now == notAsked}
}

// Ask has macOS ask the user for permission to notify, if nobody has, and waits a minute
// for the answer. The error says why Portlight may not notify, and what to do.
func (p *poster) Ask() error {
	if err := p.open(); err != nil {
		return err
	}
	return p.permit()
}

// Close ends all waiting and waits for onAction to return. Notifications that stand are
// left to the desktop.
func (p *poster) Close() error {
	p.cancel()
	p.served.Wait()
	return nil
}

// await starts something that answers once, later and on any thread, and waits for that.
func await[T any](ctx context.Context, start func(answer func(T)) error) (T, error) {
	answers := make(chan T, 1)
	err := start(func(answer T) {
		select {
		case answers <- answer:
		default: // it answers but once
		}
	})
	var none T
	if err != nil {
		return none, err
	}
	select {
	case answer := <-answers:
		return answer, nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
