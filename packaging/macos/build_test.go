package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"howett.net/plist"

	"portlight/app/desktop"
)

// wantInfo is all that Info.plist may say.
var wantInfo = map[string]any{
	"CFBundleDevelopmentRegion":            "en",
	"CFBundleDisplayName":                  "Portlight",
	"CFBundleExecutable":                   "portlight",
	"CFBundleIconFile":                     "portlight.icns",
	"CFBundleIdentifier":                   desktop.AppID,
	"CFBundleInfoDictionaryVersion":        "6.0",
	"CFBundleLocalizations":                []any{"en", "de", "fr", "es", "ja", "zh-Hans"},
	"CFBundleName":                         "Portlight",
	"CFBundlePackageType":                  "APPL",
	"CFBundleShortVersionString":           "1.20.3",
	"CFBundleSupportedPlatforms":           []any{"MacOSX"},
	"CFBundleVersion":                      "1.20.3",
	"LSApplicationCategoryType":            "public.app-category.utilities",
	"LSMinimumSystemVersion":               "12.0", // of the stand-in
	"LSUIElement":                          true,
	"NSHighResolutionCapable":              true,
	"NSHumanReadableCopyright":             "Copyright the authors of Portlight",
	"NSPrincipalClass":                     "NSApplication",
	"NSSupportsAutomaticGraphicsSwitching": true,
}

// TestBuild makes a bundle around an executable for both processors, twice in the same
// place, with blanks in all paths.
func TestBuild(t *testing.T) {
	program := universal(standIn(t, "amd64"), standIn(t, "arm64"))
	dir := filepath.Join(t.TempDir(), "a b")
	executable, out := filepath.Join(dir, "stand in"), filepath.Join(dir, "to there")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(executable, program, 0o600); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(out, "Portlight.app")
	for range 2 {
		if _, status, said := run(t, nil, "build", "--version", "1.20.3-rc.1+abc", "--executable", executable, "--output", out); status != 0 {
			t.Fatalf("exit status %d: %s", status, said)
		}
		if err := os.WriteFile(filepath.Join(bundle, "Contents/old"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(bundle, "Contents/old")); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, out)
	checkInfo(t, bundle)
	if !bytes.Equal(read(t, filepath.Join(bundle, "Contents/MacOS/portlight")), program) {
		t.Error("the executable is not the one that was given")
	}
	checkIcon(t, read(t, filepath.Join(bundle, "Contents/Resources/portlight.icns")))
}

func checkFiles(t *testing.T, out string) {
	t.Helper()
	want := map[string]fs.FileMode{
		"Portlight.app/Contents/Info.plist":               0o644,
		"Portlight.app/Contents/MacOS/portlight":          0o755,
		"Portlight.app/Contents/Resources/portlight.icns": 0o644,
	}
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(out, path)
		st, err := d.Info()
		if err != nil {
			return err
		}
		if mode, ok := want[name]; !ok || st.Mode() != mode {
			t.Errorf("%s has mode %v, want %v (0 is: want none)", name, st.Mode(), mode)
		}
		delete(want, name)
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Errorf("missing: %v; %v", want, err)
	}
}

func checkInfo(t *testing.T, bundle string) {
	t.Helper()
	data := read(t, filepath.Join(bundle, "Contents/Info.plist"))
	got := map[string]any{}
	format, err := plist.Unmarshal(data, &got)
	if err != nil || format != plist.XMLFormat {
		t.Fatalf("Info.plist is %v, %v", plist.FormatNames[format], err)
	}
	for key, want := range wantInfo {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s is %#v, want %#v", key, got[key], want)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("Info.plist says too much: %v", got)
	}
}

// TestAgreesWithFyneApp: FyneApp.toml names the same app.
func TestAgreesWithFyneApp(t *testing.T) {
	var file struct {
		Details struct{ Name, ID, Version string }
	}
	if _, err := toml.DecodeFile("../../FyneApp.toml", &file); err != nil {
		t.Fatal(err)
	}
	got, err := newInfo(file.Details.Version, "12.0")
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != file.Details.Name || got.Identifier != file.Details.ID || got.Version != file.Details.Version {
		t.Errorf("Info.plist names %s %s %s, FyneApp.toml %+v", got.Name, got.Identifier, got.Version, file.Details)
	}
}

func TestBuildRefuses(t *testing.T) {
	dir := t.TempDir()
	text, good := filepath.Join(dir, "text"), filepath.Join(dir, "good")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(good, standIn(t, "arm64"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args   []string
		status int
		said   string
	}{
		{[]string{"--executable", text}, 1, "not an executable for macOS"},
		{[]string{"--executable", dir + "/none"}, 1, "none is missing"},
		{[]string{"--executable", good, "--version", "latest"}, 1, `version "latest" does not begin with three numbers`},
		{[]string{"--executable", good, "--arch", "arm64"}, 2, "--arch is for building"},
		{[]string{"--arch", "riscv64"}, 2, "--arch is universal, arm64 or amd64, not riscv64"},
		{[]string{"--version"}, 2, "--version needs a value"},
		{[]string{"fast"}, 2, "unknown argument fast"},
	} {
		out := filepath.Join(dir, "out")
		_, status, said := run(t, nil, "build", append([]string{"--output", out}, tc.args...)...)
		if status != tc.status || !strings.Contains(said, tc.said) {
			t.Errorf("build %q: exit status %d, said %q; want %d, %q", tc.args, status, said, tc.status, tc.said)
		}
		if found, _ := filepath.Glob(out + "/*"); len(found) > 0 {
			t.Errorf("build %q left %v behind", tc.args, found)
		}
	}
}
