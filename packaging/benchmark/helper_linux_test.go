package main

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
)

// TestHelper drives a helper as the benchmark does.
func TestHelper(t *testing.T) {
	in, commands := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- runHelper(in, out) }()
	lines := bufio.NewReader(answers)
	do := func(command string) string {
		t.Helper()
		if _, err := io.WriteString(commands, command+"\n"); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(line)
	}
	free, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	dial := func() bool {
		c, err := net.Dial("tcp4", addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	}

	for _, command := range []string{"listen tcp4 " + addr, "listen udp4 " + addr, "connect 20"} {
		if got := do(command); got != "ok" {
			t.Errorf("%s: %s", command, got)
		}
	}
	if !dial() {
		t.Error("it does not listen")
	}
	other := helper{open: map[string]io.Closer{}}
	if err := other.listen("tcp4", addr); err != nil {
		t.Errorf("two cannot have one address: %v", err)
	} else if err := other.close("tcp4", addr); err != nil {
		t.Error(err)
	}
	for _, command := range []string{"close tcp4 127.0.0.1:1", "share tcp4 127.0.0.1:1", "connect many", "listen tcp4 nowhere", "open", ""} {
		if got := do(command); got == "ok" {
			t.Errorf("%q is ok", command)
		}
	}
	for _, command := range []string{"close udp4 " + addr, "drop"} {
		if got := do(command); got != "ok" {
			t.Errorf("%s: %s", command, got)
		}
	}
	commands.Close()
	if err := <-ended; err != nil {
		t.Errorf("the end of its input is an error: %v", err)
	}
}
