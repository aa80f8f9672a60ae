package main

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"portlight/scanner"
	"portlight/scanner/process"
)

const ssOutput = `udp   UNCONN 0      0          0.0.0.0:5353      0.0.0.0:*    users:(("avahi",pid=7,fd=12))
udp   UNCONN 0      0      127.0.0.53%lo:53        0.0.0.0:*
tcp   LISTEN 0      128        127.0.0.1:80        0.0.0.0:*    users:(("a b",pid=31,fd=3),("a b",pid=9,fd=3),("a b",pid=9,fd=4))
tcp   LISTEN 0      128        127.0.0.1:80        0.0.0.0:*    users:(("c",pid=12,fd=3))
tcp   LISTEN 0      4096               *:22              *:*    users:(("(x,pid=",pid=5,fd=3))
tcp   LISTEN 0      4096 [fe80::1]%eth0:546           [::]:*
tcp   LISTEN 0      4096 [::ffff:127.0.0.1]:90           *:*
`

func TestParseSS(t *testing.T) {
	got, err := parseSS(strings.NewReader(ssOutput))
	if err != nil {
		t.Fatal(err)
	}
	want := owners{
		"udp 0.0.0.0:5353":       {7},
		"udp 127.0.0.53%lo:53":   nil,
		"tcp 127.0.0.1:80":       {9, 12, 31},
		"tcp [::]:22":            {5},
		"tcp [fe80::1%eth0]:546": nil,
		"tcp 127.0.0.1:90":       nil,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestParseSSNamesTheLine(t *testing.T) {
	good := "tcp LISTEN 0 1 0.0.0.0:1 0.0.0.0:*\n"
	for _, bad := range []string{"tcp LISTEN 0 1 0.0.0.0:1", "tcp LISTEN 0 1 0.0.0.0 *:*", "tcp LISTEN 0 1 0.0.0.0:65536 *:*", "tcp LISTEN 0 1 host:1 *:*", "\n"} {
		if _, err := parseSS(strings.NewReader(good + bad)); err == nil || !strings.Contains(err.Error(), "line 2 of ss") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func FuzzParseSS(f *testing.F) {
	f.Add(ssOutput)
	f.Fuzz(func(t *testing.T, s string) {
		o, err := parseSS(strings.NewReader(s))
		if err != nil {
			return
		}
		for name, pids := range o {
			if !slices.IsSorted(pids) || len(slices.Compact(slices.Clone(pids))) != len(pids) {
				t.Errorf("%s: pids %v", name, pids)
			}
		}
	})
}

func TestOwnersOf(t *testing.T) {
	at := func(k scanner.Key, pids ...int) scanner.Listener {
		l := scanner.Listener{Key: k}
		for _, pid := range pids {
			l.Owners = append(l.Owners, scanner.Process{ID: process.ID{PID: pid}})
		}
		return l
	}
	got := ownersOf(&scanner.Snapshot{Listeners: []scanner.Listener{
		at(scanner.Key{Proto: scanner.UDP, Addr: netip.MustParseAddr("127.0.0.53"), Port: 53, Device: "lo"}),
		at(scanner.Key{Proto: scanner.TCP, Addr: netip.MustParseAddr("fe80::1%eth0"), Port: 546}, 3),
		at(scanner.Key{Proto: scanner.TCP, Addr: netip.MustParseAddr("::"), Port: 22}, 4, 5),
		at(scanner.Key{Proto: scanner.TCP, Addr: netip.MustParseAddr("::"), Port: 22, Namespace: "4026532001"}, 6),
	}})
	want := owners{"udp 127.0.0.53%lo:53": nil, "tcp [fe80::1%eth0]:546": {3}, "tcp [::]:22": {4, 5}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestDifferences(t *testing.T) {
	ours := owners{"same": {1, 2}, "none": nil, "pids": {1}, "ours": {4}}
	theirs := owners{"same": {1, 2}, "none": {}, "pids": {1, 3}, "theirs": nil}
	want := []string{"ours: ss does not see it", "pids: owners [1], ss says [1 3]", "theirs: only ss sees it"}
	if got := differences(ours, theirs); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
