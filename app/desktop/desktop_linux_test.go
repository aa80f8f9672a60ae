package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDataDirByXDG(t *testing.T) {
	home, data := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	byHome := filepath.Join(home, ".local", "share", "portlight")
	for xdg, want := range map[string]string{"": byHome, "relative": byHome, data: filepath.Join(data, "portlight")} {
		t.Setenv("XDG_DATA_HOME", xdg)
		if got, err := DataDir(""); got != want || err != nil {
			t.Errorf("XDG_DATA_HOME=%q: %q, %v, want %q", xdg, got, err, want)
		}
	}
}

// script puts a program of that name in front of everything on PATH. It appends
// its arguments and its input to the file that is returned.
func script(t *testing.T, name, more string) (log string) {
	t.Helper()
	dir := t.TempDir()
	log = filepath.Join(dir, "log")
	text := "#!/bin/sh\n{ echo \"${0##*/}\" \"$@\"; cat; } >>'" + log + "'\n" + more + "\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return log
}

func logged(t *testing.T, log string) string {
	t.Helper()
	b, err := os.ReadFile(log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func TestOpenURL(t *testing.T) {
	log := script(t, "xdg-open", "")
	for _, bad := range []string{"", "/etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "http://", "-v", "http", "ftp://h/", "http://a b/", "http://h/\x00"} {
		if err := OpenURL(bad); err == nil {
			t.Errorf("OpenURL(%q): no error", bad)
		}
	}
	want := "xdg-open http://[fe80::1%25eth0]:8080/a%20b;c$%28d%29\n"
	if err := OpenURL("HTTP://[fe80::1%25eth0]:8080/a b;c$(d)"); err != nil {
		t.Fatal(err)
	}
	until(t, "the address", func() bool { return logged(t, log) == want })
}

func TestOpenURLWithoutOpener(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := OpenURL("http://localhost/"); err == nil || !strings.Contains(err.Error(), "xdg-utils") {
		t.Errorf("OpenURL: %v", err)
	}
}

// What OpenURL starts is waited for, so that nothing dead stays behind.
func TestOpenURLReaps(t *testing.T) {
	log := script(t, "xdg-open", "echo $$ >>\"$0.pid\"")
	pid := filepath.Join(filepath.Dir(log), "xdg-open.pid")
	if err := OpenURL("https://localhost/"); err != nil {
		t.Fatal(err)
	}
	until(t, "the opener to run", func() bool { return strings.HasSuffix(logged(t, pid), "\n") })
	until(t, "the opener to be reaped", func() bool {
		_, err := os.Stat("/proc/" + strings.TrimSpace(logged(t, pid)))
		return os.IsNotExist(err)
	})
}

func TestLoginItem(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config")
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("APPIMAGE", "")
	path := filepath.Join(config, "autostart", "io.github.portlight.Portlight.desktop")
	check := func(want bool) {
		t.Helper()
		if on, err := LoginItem(); on != want || err != nil {
			t.Errorf("LoginItem = %v, %v, want %v", on, err, want)
		}
	}
	set := func(on bool) {
		t.Helper()
		if err := SetLoginItem(on); err != nil {
			t.Error(err)
		}
	}
	check(false)
	set(false)
	set(true)
	check(true)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), "\nExec=\""+self+"\" --login\n") {
		t.Errorf("entry %q, %v", b, err)
	}
	if err := os.WriteFile(path, []byte("[Desktop Entry]\nExec=x\nHidden=true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check(false)
	t.Setenv("APPIMAGE", "/opt/Port light.AppImage")
	set(true)
	check(true)
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), `Exec="/opt/Port light.AppImage" --login`) {
		t.Errorf("entry %q, %v", b, err)
	}
	set(false)
	check(false)
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestLoginItemErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CONFIG_HOME", file)
	if _, err := LoginItem(); err == nil {
		t.Error("LoginItem: no error")
	}
	if err := SetLoginItem(true); err == nil {
		t.Error("SetLoginItem(true): no error")
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("APPIMAGE", "/a=b")
	if err := SetLoginItem(true); err == nil || !strings.Contains(err.Error(), "equals sign") {
		t.Errorf("SetLoginItem(true): %v", err)
	}
}

func TestQuoteExec(t *testing.T) {
	for program, want := range map[string]string{
		"/usr/bin/portlight": `"/usr/bin/portlight"`,
		"/a b/c":             `"/a b/c"`,
		"/50%/c":             `"/50%%/c"`,
		"/a$b":               `"/a\\$b"`,
		"/a`b":               "\"/a\\\\`b\"",
		`/a"b`:               `"/a\\"b"`,
		`/a\b`:               `"/a\\\\b"`,
		"/a\nb":              `"/a\nb"`,
		"/ü":                 `"/ü"`,
	} {
		if got, err := quoteExec(program); got != want || err != nil {
			t.Errorf("quoteExec(%q) = %s, %v, want %s", program, got, err, want)
		}
	}
}

// unquoteExec reads an Exec value with one argument as the specification says:
// first the escapes of a string, then those inside quotes, then field codes.
func unquoteExec(value string) (string, bool) {
	s := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r", `\s`, " ").Replace(value)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '`', '$':
			return "", false
		case '\\', '%':
			i++
			if i == len(s) || c == '%' && s[i] != '%' {
				return "", false
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

func FuzzQuoteExec(f *testing.F) {
	for _, s := range []string{"/usr/bin/x", "/a b", "%f", `\"$`, "`", "\n\r\t", `\n`, `\\n`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, program string) {
		value, err := quoteExec(program)
		if err != nil {
			return
		}
		if got, ok := unquoteExec(value); !ok || got != program || strings.ContainsAny(value, "\n\r") {
			t.Errorf("quoteExec(%q) = %q, which reads as %q, %v", program, value, got, ok)
		}
		entry, err := autostartEntry(program)
		if on, perr := parseAutostart(strings.NewReader(entry)); err != nil || perr != nil || !on && len(entry) < 1<<15 {
			t.Errorf("entry for %q: %v, %v, %v", program, on, err, perr)
		}
	})
}

func TestParseAutostart(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                false,
		"[Desktop Entry]\nExec=x\n":       true,
		"[Desktop Entry]\n Exec = x \r\n": true,
		"[Desktop Entry]\nExec=\n":        false,
		"[Other]\nExec=x\n":               false,
		"[Desktop Entry]\n#Hidden=true\nExec=x\n[Desktop Action a]\nHidden=true\n": true,
		"[Desktop Entry]\nExec=x\nHidden=true":                                     false,
		"[Desktop Entry]\nExec=x\nHidden=false":                                    true,
		"[Desktop Entry]\nX-GNOME-Autostart-enabled=false\nExec=x":                 false,
	} {
		if got, err := parseAutostart(strings.NewReader(text)); got != want || err != nil {
			t.Errorf("parseAutostart(%q) = %v, %v", text, got, err)
		}
	}
}

func FuzzParseAutostart(f *testing.F) {
	f.Add("[Desktop Entry]\nExec=x\nHidden=true\n")
	f.Fuzz(func(t *testing.T, s string) {
		if on, err := parseAutostart(strings.NewReader(s)); on && err == nil && !strings.Contains(s, "Exec") {
			t.Errorf("on without Exec: %q", s)
		}
	})
}
