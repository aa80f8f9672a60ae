package scanner

import (
	"context"
	"net"
	"os"
	"testing"
	"time"
)

// TestSourcesOfThisMac has one that shows more than lsof does, with an own listener.
func TestSourcesOfThisMac(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := l.Addr().(*net.TCPAddr).AddrPort()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, trial := range Try(ctx) {
		t.Logf("%s: %v, %v, %+v", trial.Source, trial.Took, trial.Err, trial.Visibility)
	}
	snap, err := Scan(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if snap.Visibility.Source == "gopsutil" {
		t.Errorf("ledger %+v", snap.Visibility)
	}
	own, ok := snap.Find(Key{Proto: TCP, Addr: at.Addr(), Port: at.Port()})
	if !ok || len(own.Owners) != 1 || own.Owners[0].PID != os.Getpid() || own.UID != os.Geteuid() {
		t.Errorf("own listener %+v", own)
	}
}
