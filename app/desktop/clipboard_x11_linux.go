package desktop

import (
	"context"
	"io"
	"log"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// xgb logs to standard error what its errors say as well.
func init() { xgb.Logger = log.New(io.Discard, "", 0) }

// selection is the ownership of the X11 selection CLIPBOARD (ICCCM 2.1, 2.2)
// by a window that is never shown.
type selection struct {
	conn      *xgb.Conn
	window    xproto.Window
	clipboard xproto.Atom
	since     xproto.Timestamp
	text      string
	targets   map[xproto.Atom]target
	order     []xproto.Atom // of targets, best first
}

// target is a form in which the text is given.
type target struct {
	kind   xproto.Atom // type of the property
	format byte        // bits of a unit
	data   func(*selection) []byte
}

// attempt is held by the one attempt on the clipboard that may be under way: it
// cannot be called off while the X server hangs, and more of them would pile up.
var attempt = make(chan struct{}, 1)

// ownSelection takes the clipboard and serves text on a goroutine, which ends
// when another program takes the clipboard or the X server goes away. MULTIPLE
// and INCR are not served: the text is short.
func ownSelection(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), copyTimeout)
	defer cancel()
	return ownWithin(ctx, text)
}

// ownWithin is ownSelection with a deadline. When the server answers after that,
// the clipboard stays with whom it is by then.
func ownWithin(ctx context.Context, text string) error {
	select {
	case attempt <- struct{}{}:
	case <-ctx.Done():
		return hintXSilent
	}
	result := make(chan error)
	go func() {
		s, err := newSelection(ctx, text)
		<-attempt
		select {
		case result <- err:
			if err == nil {
				s.serve()
			}
		case <-ctx.Done():
			if err == nil {
				s.conn.Close()
			}
		}
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return hintXSilent
	}
}

func newSelection(ctx context.Context, text string) (*selection, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, err
	}
	s := &selection{conn: conn, text: text}
	if err := s.take(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}

// take makes the window the clipboard's owner, unless that comes too late.
func (s *selection) take(ctx context.Context) (err error) {
	if err = s.intern(); err != nil {
		return err
	}
	if s.window, err = xproto.NewWindowId(s.conn); err != nil {
		return err
	}
	root := xproto.Setup(s.conn).DefaultScreen(s.conn).Root
	err = xproto.CreateWindowChecked(s.conn, 0, s.window, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly,
		0, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return err
	}
	if s.since, err = s.now(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return hintXSilent
	}
	if err = xproto.SetSelectionOwnerChecked(s.conn, s.window, s.clipboard, s.since).Check(); err != nil {
		return err
	}
	owner, err := xproto.GetSelectionOwner(s.conn, s.clipboard).Reply()
	if err == nil && owner.Owner != s.window {
		err = hintTaken
	}
	return err
}

// now is the server's time: ICCCM 2.1 wants the clipboard taken with the time
// of an event, and a property changed by nothing makes one.
func (s *selection) now() (xproto.Timestamp, error) {
	err := xproto.ChangePropertyChecked(s.conn, xproto.PropModeAppend, s.window,
		xproto.AtomWmName, xproto.AtomString, 8, 0, nil).Check()
	if err != nil {
		return 0, err
	}
	for {
		event, xerr := s.conn.WaitForEvent()
		if e, ok := event.(xproto.PropertyNotifyEvent); ok {
			return e.Time, nil
		}
		if event == nil && xerr == nil {
			return 0, io.ErrUnexpectedEOF
		}
	}
}

// intern fills in the atoms. A target's name is also its type where none is
// given (ICCCM 2.6.2).
func (s *selection) intern() error {
	var err error
	atom := func(name string) xproto.Atom {
		r, e := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
		if e != nil {
			err = e
			return 0
		}
		return r.Atom
	}
	s.clipboard = atom("CLIPBOARD")
	s.targets = map[xproto.Atom]target{}
	add := func(name string, kind xproto.Atom, format byte, data func(*selection) []byte) {
		a := atom(name)
		if kind == xproto.AtomNone {
			kind = a
		}
		s.targets[a] = target{kind, format, data}
		s.order = append(s.order, a)
	}
	add("TARGETS", xproto.AtomAtom, 32, (*selection).listTargets)
	add("TIMESTAMP", xproto.AtomInteger, 32, (*selection).timestamp)
	add("UTF8_STRING", xproto.AtomNone, 8, (*selection).utf8)
	add("text/plain;charset=utf-8", xproto.AtomNone, 8, (*selection).utf8)
	add("text/plain", xproto.AtomNone, 8, (*selection).utf8)
	add("STRING", xproto.AtomString, 8, (*selection).latin1)
	add("TEXT", atom("UTF8_STRING"), 8, (*selection).utf8)
	return err
}

func (s *selection) utf8() []byte { return []byte(s.text) }

func (s *selection) timestamp() []byte {
	b := make([]byte, 4)
	xgb.Put32(b, uint32(s.since))
	return b
}

func (s *selection) listTargets() []byte {
	b := make([]byte, 4*len(s.order))
	for i, a := range s.order {
		xgb.Put32(b[4*i:], uint32(a))
	}
	return b
}

// latin1 is the text as ISO 8859-1, which STRING means; "?" stands for what it
// lacks.
func (s *selection) latin1() []byte {
	b := make([]byte, 0, len(s.text))
	for _, r := range s.text {
		if r > 0xFF {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

func (s *selection) serve() {
	defer s.conn.Close()
	for {
		event, xerr := s.conn.WaitForEvent()
		switch e := event.(type) {
		case xproto.SelectionRequestEvent:
			s.answer(e)
		case xproto.SelectionClearEvent:
			return
		case nil:
			if xerr == nil {
				return
			}
		}
	}
}

// answer gives the asker the text in the form it wants, or refuses with the
// property None. An asker that names no property is of the old kind: the
// target's name stands for it (ICCCM 2.2). Its errors, as when it is gone, come
// as events and are passed over.
func (s *selection) answer(e xproto.SelectionRequestEvent) {
	property := e.Property
	if property == xproto.AtomNone {
		property = e.Target
	}
	t, ok := s.targets[e.Target]
	if !ok || e.Selection != s.clipboard {
		property = xproto.AtomNone
	} else {
		data := t.data(s)
		xproto.ChangeProperty(s.conn, xproto.PropModeReplace, e.Requestor, property, t.kind, t.format, uint32(len(data)*8/int(t.format)), data)
	}
	notify := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	xproto.SendEvent(s.conn, false, e.Requestor, xproto.EventMaskNoEvent, string(notify.Bytes()))
}
