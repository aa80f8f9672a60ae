package notify

import (
	"context"

	"github.com/ebitengine/purego/objc"

	"portlight/app/desktop/cocoa"
)

// userCenter is the UNUserNotificationCenter of this app, which macOS never frees.
type userCenter struct{ id objc.ID }

// newUserCenter must be called inside of a bundle only: elsewhere it ends the process.
func newUserCenter() (c userCenter, err error) {
	cocoa.Pool(func() {
		if err = cocoa.Load(framework); err == nil {
			c.id, err = cocoa.AskClass[objc.ID](classCenter, selCurrent)
		}
	})
	return c, err
}

// hearResponses has macOS tell of clicks, and show notifications while Portlight is in
// front too.
func hearResponses(responded func(key, action string)) (err error) {
	cocoa.Pool(func() {
		var center, delegate objc.ID
		if center, err = cocoa.AskClass[objc.ID](classCenter, selCurrent); err != nil {
			return
		}
		delegate, err = cocoa.Register(classDelegate,
			cocoa.Method{Name: selWillPresent, Do: func(_ objc.ID, _ objc.SEL, _, _ objc.ID, done objc.Block) {
				cocoa.Call(done, presentBanner|presentList|presentSound)
			}},
			cocoa.Method{Name: selDidReceive, Do: func(_ objc.ID, _ objc.SEL, _, response objc.ID, done objc.Block) {
				defer cocoa.Call(done)
				responded(identifiers(response))
			}})
		if err == nil {
			err = cocoa.Tell(center, selSetDelegate, delegate)
		}
	})
	return err
}

// identifiers gives those of the notification and of the action of a
// UNNotificationResponse, "" for what cannot be read.
func identifiers(response objc.ID) (key, action string) {
	cocoa.Pool(func() {
		chosen, _ := cocoa.Ask[objc.ID](response, selAction)
		notification, _ := cocoa.Ask[objc.ID](response, selNotification)
		of, _ := cocoa.Ask[objc.ID](notification, selRequest)
		id, _ := cocoa.Ask[objc.ID](of, selIdentifier)
		key, action = cocoa.Text(id), cocoa.Text(chosen)
	})
	return key, action
}

// outcome is what macOS answers.
type outcome[T any] struct {
	value T
	err   error
}

// request calls a method of the center that answers to a block. Block makes that, of a
// function for the answer.
func request[T any](ctx context.Context, c userCenter, method string, block func(answer func(outcome[T])) any, args ...any) (T, error) {
	o, err := await(ctx, func(answer func(outcome[T])) (err error) {
		cocoa.Pool(func() {
			cocoa.WithBlock(block(answer), func(b objc.Block) { err = cocoa.Tell(c.id, method, append(args, b)...) })
		})
		return err
	})
	if err != nil {
		return o.value, err
	}
	return o.value, o.err
}

func (c userCenter) authorization(ctx context.Context) (authorization, error) {
	return request(ctx, c, selSettings, func(answer func(outcome[authorization])) any {
		return func(_ objc.Block, settings objc.ID) {
			status, err := cocoa.Ask[int](settings, selStatus)
			answer(outcome[authorization]{authorization(status), err})
		}
	})
}

func (c userCenter) ask(ctx context.Context) (granted bool, err error) {
	return request(ctx, c, selAuthorize, func(answer func(outcome[bool])) any {
		return func(_ objc.Block, granted bool, fault objc.ID) {
			answer(outcome[bool]{granted, cocoa.Error(fault)})
		}
	}, optionAlert|optionSound)
}

func (c userCenter) categorize(all []category) (err error) {
	cocoa.Pool(func() {
		var kinds []objc.ID
		for _, k := range all {
			var kind objc.ID
			if kind, err = newCategory(k); err != nil {
				return
			}
			kinds = append(kinds, kind)
		}
		var set objc.ID
		if set, err = cocoa.Set(kinds...); err == nil {
			err = cocoa.Tell(c.id, selSetCategories, set)
		}
	})
	return err
}

func newCategory(k category) (objc.ID, error) {
	var buttons []objc.ID
	for _, a := range k.actions {
		b, err := cocoa.AskClass[objc.ID](classAction, selNewAction, cocoa.String(a.ID), cocoa.String(a.Label), optionsOf(a))
		if err != nil {
			return 0, err
		}
		buttons = append(buttons, b)
	}
	actions, err := cocoa.Array(buttons...)
	if err != nil {
		return 0, err
	}
	none, err := cocoa.Array()
	if err != nil {
		return 0, err
	}
	return cocoa.AskClass[objc.ID](classCategory, selNewCategory, cocoa.String(k.id), actions, none, 0)
}

// optionsOf has macOS bring Portlight to the front for what shows something.
func optionsOf(a Action) int {
	if a.Shows {
		return optionForeground
	}
	return 0
}

func (c userCenter) show(ctx context.Context, m Notification, kind category) (err error) {
	cocoa.Pool(func() {
		var r objc.ID
		if r, err = newRequest(m, kind); err != nil {
			return
		}
		_, err = request(ctx, c, selAdd, func(answer func(outcome[bool])) any {
			return func(_ objc.Block, fault objc.ID) { answer(outcome[bool]{fault == 0, cocoa.Error(fault)}) }
		}, r)
	})
	return err
}

// newRequest makes a UNNotificationRequest. One that is urgent makes a sound, where the
// user lets it.
func newRequest(m Notification, kind category) (objc.ID, error) {
	content, err := cocoa.New(classContent)
	if err != nil {
		return 0, err
	}
	for method, text := range map[string]string{selSetTitle: m.Title, selSetBody: m.Body, selSetCategory: kind.id} {
		if err := cocoa.Tell(content, method, cocoa.String(text)); err != nil {
			return 0, err
		}
	}
	if sound, err := cocoa.AskClass[objc.ID](classSound, selDefaultSound); m.Urgent && err == nil {
		if err := cocoa.Tell(content, selSetSound, sound); err != nil {
			return 0, err
		}
	}
	return cocoa.AskClass[objc.ID](classRequest, selNewRequest, cocoa.String(m.Key), content, objc.ID(0))
}

func (c userCenter) remove(key string) (err error) {
	cocoa.Pool(func() {
		var keys objc.ID
		if keys, err = cocoa.Array(cocoa.String(key)); err == nil {
			err = cocoa.Tell(c.id, selRemove, keys)
		}
	})
	return err
}
