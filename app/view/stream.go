package view

import (
	"bytes"
	"encoding/json"
	"io"
)

// WriteSnapshotJSON writes what WriteJSON would, listener by listener: ten thousand
// of them take many megabytes.
func WriteSnapshotJSON(w io.Writer, s SnapshotJSON, rows []Row) error {
	s.Listeners = []ListenerJSON{}
	frame, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	list := bytes.LastIndex(frame, []byte("[]")) + 1 // the listeners are the last field
	if _, err := w.Write(escapeJSON(frame[:list])); err != nil {
		return err
	}
	if err := writeListeners(w, rows); err != nil {
		return err
	}
	_, err = w.Write(append(frame[list:], '\n'))
	return err
}

// streamed is how much is written at once, in bytes.
const streamed = 64 << 10

func writeListeners(w io.Writer, rows []Row) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("    ", "  ")
	for i := range rows {
		b.WriteString("\n    ")
		if err := enc.Encode(NewListenerJSON(rows[i])); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // its line end
		if i < len(rows)-1 {
			b.WriteByte(',')
		} else {
			b.WriteString("\n  ")
		}
		if b.Len() >= streamed || i == len(rows)-1 {
			if _, err := w.Write(escapeJSON(b.Bytes())); err != nil {
				return err
			}
			b.Reset()
		}
	}
	return nil
}
