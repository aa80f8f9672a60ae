package view

import (
	"io"
	"net/netip"
	"testing"
	"time"

	"portlight/scanner"
	"portlight/scanner/process"
)

// BenchmarkListJSON writes ten thousand listeners.
func BenchmarkListJSON(b *testing.B) {
	s := &scanner.Snapshot{Time: time.Unix(1, 0)}
	for i := range 10_000 {
		s.Listeners = append(s.Listeners, scanner.Listener{
			Key:    scanner.Key{Proto: scanner.TCP, Addr: netip.IPv4Unspecified(), Port: uint16(1024 + i)},
			Owners: []scanner.Process{{ID: process.ID{PID: i, Start: 1}, Name: "daemon", Path: "/usr/sbin/daemon", User: "root", Started: time.Unix(1, 0)}},
		})
	}
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			Rows(s, names)
		}
	})
	rows := Rows(s, names)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := WriteSnapshotJSON(io.Discard, NewSnapshotJSON(s, nil), rows); err != nil {
				b.Fatal(err)
			}
		}
	})
}
