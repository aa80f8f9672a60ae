package desktop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"

	"portlight/app/desktop/bustest"
)

// shower is a file manager on a bus.
type shower struct{ shown chan []string }

// ShowItems is that of org.freedesktop.FileManager1.
func (s shower) ShowItems(places []string, _ string) *dbus.Error {
	s.shown <- places
	return nil
}

// TestReveal asks a file manager on a real bus; where there is none the folder is
// opened.
func TestReveal(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a #b%.bin")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log := script(t, "xdg-open", "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/x")
	if err := Reveal(file); err != nil {
		t.Fatal(err)
	}
	until(t, "the folder", func() bool { return logged(t, log) == "xdg-open "+dir+"\n" })

	b := bustest.Start(t)
	conn := b.Connect(t)
	manager := shower{make(chan []string, 1)}
	if err := conn.Export(manager, fileManagerPath, fileManager); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(fileManager, 0); err != nil {
		t.Fatal(err)
	}
	if err := Reveal(file); err != nil {
		t.Fatal(err)
	}
	if got := <-manager.shown; len(got) != 1 || got[0] != "file://"+dir+"/a%20%23b%25.bin" {
		t.Errorf("the file manager is asked to show %q", got)
	}
	if got := logged(t, log); got != "xdg-open "+dir+"\n" {
		t.Errorf("opened %q", got)
	}
}

func TestOpenFolder(t *testing.T) {
	dir := t.TempDir()
	log := script(t, "xdg-open", "")
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "relative", "-v", "http://localhost/", file, filepath.Join(dir, "missing"), dir + " (deleted)", "/\x00"} {
		if OpenFolder(bad) == nil {
			t.Errorf("OpenFolder(%q): no error", bad)
		}
	}
	if err := OpenFolder(dir + "/."); err != nil {
		t.Fatal(err)
	}
	until(t, "the folder", func() bool { return logged(t, log) == "xdg-open "+dir+"\n" })
}
