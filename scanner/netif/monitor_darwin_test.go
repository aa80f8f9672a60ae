package netif

import (
	"errors"
	"os"
	"testing"
)

// TestMonitor opens a real routing socket, which says nothing by itself.
func TestMonitor(t *testing.T) {
	m, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	m.Changed()
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
}

// TestRead asks the kernel what each interface is: what has an address and a name as
// "en0" is known.
func TestRead(t *testing.T) {
	all, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Up && len(i.Addrs) > 0 && i.Kind == Other && i.Detail == ethernetOrWiFi.detail {
			t.Errorf("not known: %+v", i)
		}
	}
}
