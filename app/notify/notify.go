// Package notify shows desktop notifications with buttons and tells which of
// them was pressed.
package notify

import "image"

// Default is the action of a click on the notification itself. Every
// notification has it.
const Default = "default"

// Action is a button of a notification.
type Action struct {
	ID    string // what onAction gets
	Label string // what the button shows
	Shows bool   // it shows something, so that Portlight is brought to the front
}

// Notification is what is shown. Its texts are plain: nothing in them is markup.
type Notification struct {
	Key     string   // what it is about: a second one with the same key replaces the first
	Title   string   // one line
	Body    string   // a few lines
	Urgent  bool     // stays until the user closes it, where the desktop does so
	Actions []Action // buttons, the most important one first; not every desktop shows them
}

// Status is what shows the notifications, or why nothing does.
type Status struct {
	Name    string // of the service, such as "dunst"; "" if unknown
	Version string // of the service
	Actions bool   // it shows buttons
	Waiting bool   // it does not run yet and is started by the first notification
	Asks    bool   // the user has not been asked yet, which the first notification does
	Err     error  // why there is none, or nil
}

// Option is a choice at New.
type Option func(*options)

type options struct {
	icon image.Image
}

// WithIcon gives the picture of the notifications. Without it the desktop takes
// the icon that is installed with the application, if it is.
func WithIcon(icon image.Image) Option {
	return func(o *options) { o.icon = icon }
}

func newOptions(list []Option) options {
	var o options
	for _, set := range list {
		set(&o)
	}
	return o
}
