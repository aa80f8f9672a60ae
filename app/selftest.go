package main

import (
	"context"
	"os"
	"slices"

	"portlight/app/view"
	"portlight/scanner"
)

// selfTest opens sockets on loopback and scans once, which has to show them with this
// process. An error is that of the scan. Nobody answers on the sockets.
func selfTest(ctx context.Context, scan func(context.Context) (*scanner.Snapshot, error)) ([]view.SelfTestJSON, error) {
	var tests []view.SelfTestJSON
	var opened []int // by index of tests
	var keys []scanner.Key
	for _, k := range scanner.Loopbacks() {
		at, socket, err := scanner.ListenOn(ctx, k)
		if err != nil {
			tests = append(tests, view.SelfTestJSON{Socket: k.Proto.String() + " " + k.Addr.String(), Error: err.Error()})
			continue
		}
		defer socket.Close()
		opened, keys = append(opened, len(tests)), append(keys, at)
		tests = append(tests, view.SelfTestJSON{Socket: at.ID()})
	}
	s, err := scan(ctx)
	if err != nil {
		return nil, err
	}
	for n, i := range opened {
		tests[i].Seen, tests[i].Owner = shows(s, keys[n])
	}
	return tests, nil
}

// shows reports whether a snapshot has a listener, and this process as its owner.
func shows(s *scanner.Snapshot, k scanner.Key) (seen, owner bool) {
	l, seen := s.Find(k)
	return seen, seen && slices.ContainsFunc(l.Owners, func(o scanner.Process) bool { return o.PID == os.Getpid() })
}
