package main

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"portlight/scanner"
)

// TestSelfTest: a real scan shows the sockets; one that shows nothing is found out.
func TestSelfTest(t *testing.T) {
	tests, err := selfTest(t.Context(), scanner.Scan)
	if err != nil || len(tests) != 3 {
		t.Fatalf("%+v, %v", tests, err)
	}
	for _, x := range tests {
		if x.Error == "" && (!x.Seen || !x.Owner) {
			t.Errorf("%+v", x)
		}
	}
	if tests[0].Error != "" || tests[2].Error != "" {
		t.Errorf("IPv4 cannot be tested: %+v", tests)
	}
	tests, err = selfTest(t.Context(), func(context.Context) (*scanner.Snapshot, error) { return &scanner.Snapshot{}, nil })
	if err != nil || len(tests) != 3 || tests[0].Seen || tests[2].Seen {
		t.Errorf("of nothing: %+v, %v", tests, err)
	}
	gone := errors.New("gone")
	if _, err := selfTest(t.Context(), func(context.Context) (*scanner.Snapshot, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
	elsewhere := scanner.Key{Addr: netip.MustParseAddr("192.0.2.1")} // for documentation, RFC 5737
	for _, elsewhere.Proto = range []scanner.Proto{scanner.TCP, scanner.UDP} {
		if _, socket, err := scanner.ListenOn(t.Context(), elsewhere); err == nil {
			socket.Close()
			t.Errorf("%v: no error", elsewhere.Proto)
		}
	}
}
