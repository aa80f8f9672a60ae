package supervisor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTry asks engines and managers of all sorts at once.
func TestTry(t *testing.T) {
	b := startBus(t)
	m := startManager(t, b)
	stockUnits(t, m)
	e := startEngine(t, "docker.sock", list)
	dir := shortDir(t)
	file, store := filepath.Join(dir, "file"), filepath.Join(dir, "containers.json")
	must(t, os.WriteFile(file, nil, 0o600))
	must(t, os.WriteFile(store, []byte(`[{"id":"`+id1+`"}]`), 0o600))
	broken := startEngine(t, "podman.sock", "{")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	trials := Try(ctx, Options{
		SystemBus: b.address, SessionBus: nowhere,
		Engines: []string{e.path, broken.path, hangingSocket(t), file, "/nonexistent/docker.sock"}, Stores: []string{store, "/nonexistent"},
	})
	want := []string{
		"systemd 6 <nil>", "systemd (user) 0 no such file or directory", "docker 2 <nil>", "podman 0 ask engine at ", "docker 0 it does not answer",
		"docker 0 it is another kind of file", "docker 0 no such file or directory", "podman 1 <nil>", "podman 0 no such file or directory",
	}
	if len(trials) != len(want) {
		t.Fatalf("got %+v", trials)
	}
	for i, x := range trials {
		got := fmt.Sprint(x.Name, " ", x.Known, " ", x.Err)
		if !strings.HasPrefix(got, want[i]) || x.Err == nil && x.Took <= 0 || x.Absent() != strings.HasSuffix(want[i], "no such file or directory") {
			t.Errorf("%d: %+v, want %s", i, x, want[i])
		}
	}
}

// TestTryWithoutABus has a user without a session.
func TestTryWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", "")
	trials := Try(context.Background(), Options{SystemBus: "nonsense", Engines: []string{}, Stores: []string{}})
	if len(trials) != 2 || trials[0].Absent() || trials[0].Err == nil || !trials[1].Absent() {
		t.Errorf("got %+v", trials)
	}
}
