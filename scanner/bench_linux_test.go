package scanner

import (
	"context"
	"testing"
	"time"
)

// BenchmarkScan is a scan that finds nothing new, and one that knows nothing.
func BenchmarkScan(b *testing.B) {
	b.Run("warm", func(b *testing.B) {
		s, err := openSockdiag(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		defer s.close()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.scan(context.Background(), time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Scan(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
