package window

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"portlight/app/history"
	"portlight/app/view"
)

// saver asks where to write a file, and hands it over; nothing follows where the user
// has thought better of it.
type saver func(name string, then func(w io.WriteCloser, where string, err error))

// saveBy asks by Fyne's dialog.
func saveBy(win fyne.Window) saver {
	return func(name string, then func(io.WriteCloser, string, error)) {
		d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
			switch {
			case err != nil:
				then(nil, "", err)
			case w != nil:
				then(w, w.URI().Path(), nil)
			}
		}, win)
		d.SetTitleText(wordExportTitle.String())
		d.SetFileName(name)
		d.Show()
	}
}

func (p *historyPane) exportMenu() *fyne.Menu {
	return fyne.NewMenu("", fyne.NewMenuItem(wordCSV.String(), func() { p.export("csv") }), fyne.NewMenuItem(wordJSON.String(), func() { p.export("json") }))
}

// export writes the events that are shown, and those that would be if one scrolled on,
// into a file that the user names. It tells how far it is.
func (p *historyPane) export(kind string) {
	s, q, facts := p.store, p.events.query(), p.o.facts()
	if s == nil {
		return
	}
	p.o.save(exportName(p.o.now(), kind), func(w io.WriteCloser, where string, err error) {
		if err != nil {
			p.notice.say(exportFailed(err))
			return
		}
		p.o.spawn(func() {
			n, err := writeEvents(w, kind, s, q, facts, func(n int) { p.o.do(func() { p.said.SetText(exporting(n)) }) })
			p.o.do(func() {
				p.tellCursor()
				if err != nil {
					p.notice.say(exportFailed(err))
					return
				}
				p.notice.done(exported(n, where))
			})
		})
	})
}

// exportPage is how many events are read at once for a file.
const exportPage = 1000

// writeEvents writes the events that a query chooses, the latest first, page by page.
func writeEvents(w io.WriteCloser, kind string, s pastStore, q history.Query, f view.Facts, progress func(int)) (n int, err error) {
	defer func() {
		if e := w.Close(); err == nil {
			err = e
		}
	}()
	q.Limit = exportPage
	to := bufio.NewWriterSize(w, 64<<10)
	var out eventWriter = &csvWriter{to: csv.NewWriter(to)}
	if kind == "json" {
		out = &jsonWriter{view.NewArrayWriter(to)}
	}
	for events, err := range history.Pages(s.Events, q) {
		if err != nil {
			return n, err
		}
		for i := range events {
			if err := out.add(&events[i], f); err != nil {
				return n, err
			}
		}
		n += len(events)
		progress(n)
	}
	if err := out.close(); err != nil {
		return n, err
	}
	return n, to.Flush()
}

// eventWriter writes events in some form.
type eventWriter interface {
	add(*history.Event, view.Facts) error
	close() error
}

// jsonWriter writes what `portlight history --json` does.
type jsonWriter struct{ *view.ArrayWriter }

func (j *jsonWriter) add(e *history.Event, f view.Facts) error {
	return j.Add(view.NewEventJSON(e.Judgement, f))
}

func (j *jsonWriter) close() error { return j.Close() }

// csvWriter writes a table as RFC 4180 has it. A text that a spreadsheet would take for a
// formula has an apostrophe in front.
type csvWriter struct {
	to    *csv.Writer
	begun bool
}

var csvTitles = []string{"time", "event", "proto", "port", "address", "service", "program", "identity", "user", "verdict", "reason"}

func (c *csvWriter) add(e *history.Event, f view.Facts) error {
	if err := c.begin(); err != nil {
		return err
	}
	l := &e.Event.Listener
	r, j := view.NewRow(*l, f), view.NewEventJSON(e.Judgement, f) // the reason is that of the JSON
	fields := []string{
		j.Time.Format(time.RFC3339), j.Event, r.Proto, strconv.Itoa(int(l.Port)), r.Address, r.Service,
		view.Clean(e.Name, maxText), view.Clean(e.Program, maxText), r.User, j.Verdict, j.Reason,
	}
	for i, s := range fields {
		if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@') {
			fields[i] = "'" + s
		}
	}
	return c.to.Write(fields)
}

func (c *csvWriter) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	return c.to.Write(csvTitles)
}

func (c *csvWriter) close() error {
	if err := c.begin(); err != nil {
		return err
	}
	c.to.Flush()
	return c.to.Error()
}
