package bustest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Bus is a dbus-daemon that ends with the test.
type Bus struct {
	Address string
	dir     string
	cmd     *exec.Cmd
}

const config = `<busconfig>
  <type>session</type>
  <listen>unix:path=%[1]s/bus</listen>
  <servicedir>%[1]s/services</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// Service is a program that the bus starts when its name is first asked for.
type Service struct{ Name, Exec string }

// Start runs a bus that knows these services and no others, and makes it the
// session bus of the test by DBUS_SESSION_BUS_ADDRESS.
func Start(t testing.TB, services ...Service) *Bus {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	b := &Bus{dir: dir}
	b.write(t, "session.conf", fmt.Sprintf(config, dir))
	for _, s := range services {
		b.write(t, filepath.Join("services", s.Name+".service"), "[D-BUS Service]\nName="+s.Name+"\nExec="+s.Exec+"\n")
	}
	t.Cleanup(b.Stop)
	b.Run(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Address)
	return b
}

func (b *Bus) write(t testing.TB, name, content string) {
	t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Run starts the bus, at its first or again after Stop, at the same address.
func (b *Bus) Run(t testing.TB) {
	t.Helper()
	b.cmd = exec.Command("dbus-daemon", "--nofork", "--print-address=1", "--config-file="+filepath.Join(b.dir, "session.conf"))
	var said bytes.Buffer
	b.cmd.Stderr = &said
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatalf("start dbus-daemon: %v", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Stop()
		t.Fatalf("the bus names no address: %v: %s", err, said.String())
	}
	address, _, _ := strings.Cut(strings.TrimSpace(line), ",guid=")
	b.Address = address
}

// Stop kills the bus. It may be called twice.
func (b *Bus) Stop() {
	if b.cmd != nil && b.cmd.ProcessState == nil {
		b.cmd.Process.Kill()
		b.cmd.Wait()
	}
}

// Signal sends the bus a signal, such as SIGSTOP for a bus that hangs.
func (b *Bus) Signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := b.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// Connect gives a connection of its own to the bus, which is closed with the
// test.
func (b *Bus) Connect(t testing.TB) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(b.Address)
	if err != nil {
		t.Fatalf("connect to the bus: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
