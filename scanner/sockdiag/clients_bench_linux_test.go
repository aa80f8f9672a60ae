package sockdiag

import (
	"fmt"
	"os"
	"testing"
)

// BenchmarkClients counts few connections, and PORTLIGHT_CONNECTIONS more (a
// thousand unless told).
func BenchmarkClients(b *testing.B) {
	l, at := serve(b, "tcp", "[::]:0")
	connect(b, l, "127.0.0.1")
	more := 1000
	if text := os.Getenv("PORTLIGHT_CONNECTIONS"); text != "" {
		if _, err := fmt.Sscan(text, &more); err != nil {
			b.Fatal(err)
		}
	}
	benchmarkClients(b, "few", 1, at)
	many, atMany := serve(b, "tcp", "[::]:0")
	for i := range more {
		connect(b, many, fmt.Sprintf("127.0.%d.1", 1+i/10000))
	}
	benchmarkClients(b, fmt.Sprint(more), more, atMany)
	b.Run(fmt.Sprintf("one of %d", more), func(b *testing.B) { benchmarkOne(b, at) })
	b.Run(fmt.Sprintf("list one of %d", more), func(b *testing.B) { benchmarkList(b, at, 1) })
	b.Run(fmt.Sprintf("list %d", more), func(b *testing.B) { benchmarkList(b, atMany, more) })
}

func benchmarkClients(b *testing.B, name string, want int, at Bound) {
	b.Run("all/"+name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n := counts(b, 0)[at]; n != want {
				b.Fatalf("%d connections, want %d", n, want)
			}
		}
	})
}

// benchmarkOne has the kernel pick one connection.
func benchmarkOne(b *testing.B, at Bound) {
	b.ReportAllocs()
	for b.Loop() {
		if n := counts(b, at.Port)[at]; n != 1 {
			b.Fatalf("%d connections, want 1", n)
		}
	}
}

func benchmarkList(b *testing.B, at Bound, want int) {
	b.ReportAllocs()
	for b.Loop() {
		if conns, n, err := Connections(b.Context(), at, 100); err != nil || n != want || len(conns) != min(want, 100) {
			b.Fatalf("%d connections, want %d, error %v", n, want, err)
		}
	}
}
