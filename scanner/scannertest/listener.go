// Package scannertest reads what scripts of tests say about listeners.
package scannertest

import (
	"hash/crc32"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"portlight/scanner"
	"portlight/scanner/process"
)

// Listener reads "tcp 0.0.0.0:80 OWNER,OWNER [dual] [ephemeral] [uid=N]
// [ns=N]" where an OWNER is "?" for a hidden one, "kernel", or the name of a
// program, with "~" before it if its executable cannot be read, and ":PID" behind
// it, which is how long it runs too: the lowest the longest. Without a pid, the
// owners of one name are other processes than those of another.
func Listener(t testing.TB, s string) scanner.Listener {
	t.Helper()
	f := strings.Fields(s)
	at, err := netip.ParseAddrPort(f[1])
	if err != nil {
		t.Fatal(err)
	}
	l := scanner.Listener{Key: scanner.Key{Proto: scanner.TCP, Addr: at.Addr(), Port: at.Port()}, UID: 5}
	if f[0] == "udp" {
		l.Proto = scanner.UDP
	}
	for i, word := range strings.Split(f[2], ",") {
		switch word {
		case "?":
			l.Unseen++
		case "kernel":
			l.Kernel = true
		default:
			l.Owners = append(l.Owners, parseOwner(t, word, i))
		}
	}
	for _, mark := range f[3:] {
		switch {
		case mark == "dual":
			l.DualStack = true
		case mark == "ephemeral":
			l.Ephemeral = true
		case strings.HasPrefix(mark, "uid="):
			if l.UID, err = strconv.Atoi(mark[4:]); err != nil {
				t.Fatal(err)
			}
		case strings.HasPrefix(mark, "ns="):
			l.Namespace = mark[3:]
		default:
			t.Fatalf("unknown mark %q", mark)
		}
	}
	return l
}

func parseOwner(t testing.TB, s string, index int) scanner.Process {
	t.Helper()
	name, number, given := strings.Cut(s, ":")
	pid := int(crc32.ChecksumIEEE([]byte(name))%10_000) + index
	if given {
		var err error
		if pid, err = strconv.Atoi(number); err != nil {
			t.Fatal(err)
		}
	}
	p := scanner.Process{ID: process.ID{PID: pid, Start: uint64(pid)}, Name: name, Path: "/bin/" + name}
	if hidden, ok := strings.CutPrefix(name, "~"); ok {
		p.Name, p.Path = hidden, ""
	}
	return p
}
