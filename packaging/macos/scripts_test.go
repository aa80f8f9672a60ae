package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// There is no Mac here to sign and notarize on. So small scripts stand in for Apple's
// tools and write down how they were called, which is what can be wrong here.

const identity = "Developer ID Application: Some One (ABCDE12345)"

// bundle makes the folder of a bundle, in a path with a blank.
func bundle(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b", "Portlight.app")
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestScriptsSayWhatIsMissing(t *testing.T) {
	path := "PATH=" + tools(t)
	for script, tool := range map[string]string{"sign": "codesign", "notarize": "xcrun", "dmg": "hdiutil"} {
		_, status, said := run(t, []string{path}, script, bundle(t))
		if want := script + ": " + tool + " is missing. "; status != 1 || !strings.HasPrefix(said, want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit status %d, said %q, want %q", script, status, said, want)
		}
	}
	_, status, said := run(t, []string{"PATH=" + uname(t, "Linux") + ":" + tools(t)}, "build", "--version", caskVersion)
	if status != 1 || !strings.Contains(said, "is built on a Mac. Elsewhere, name an executable that is built: --executable FILE") {
		t.Errorf("build: exit status %d, said %q", status, said)
	}
}

// uname gives a folder with a uname that names another system.
func uname(t *testing.T, system string) string {
	t.Helper()
	dir := t.TempDir()
	stand(t, dir, map[string]string{"uname": "echo " + system})
	return dir
}

func TestScriptsSayThatTheBundleIsMissing(t *testing.T) {
	dir := tools(t)
	stand(t, dir, map[string]string{"codesign": "", "xcrun": "", "ditto": "", "spctl": "", "hdiutil": "", "plutil": "", "shasum": ""})
	for _, script := range []string{"sign", "notarize", "dmg"} {
		_, status, said := run(t, []string{"PATH=" + dir}, script, "/none/Port light.app")
		if want := script + ": /none/Port light.app is missing. packaging/macos/build makes"; status != 1 || !strings.HasPrefix(said, want) {
			t.Errorf("%s: exit status %d, said %q", script, status, said)
		}
	}
}

func TestSign(t *testing.T) {
	for identity, timestamp := range map[string]string{"": "--timestamp=none", identity: "--timestamp"} {
		dir, target := tools(t), bundle(t)
		calls := stand(t, dir, map[string]string{"codesign": ""})
		if _, status, said := run(t, []string{"PATH=" + dir, "PORTLIGHT_SIGN_IDENTITY=" + identity}, "sign", target); status != 0 {
			t.Fatalf("exit status %d: %s", status, said)
		}
		if identity == "" {
			identity = "-"
		}
		checkCalls(t, calls(),
			"codesign|--force|--options|runtime|"+timestamp+"|--sign|"+identity+"|"+target,
			"codesign|--verify|--strict|--verbose=2|"+target)
	}
}

// TestNeedsNoEntitlement: sign gives none, so nothing may be linked that writes machine
// code while it runs, as SQLite by way of wazero did.
func TestNeedsNoEntitlement(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-tags", "migrated_fynedo", "portlight/app")
	cmd.Env = append(os.Environ(), "GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if deps := string(out); !strings.Contains(deps, "ncruces/go-sqlite3") || strings.Contains(deps, "wazero") {
		t.Errorf("the app is made of\n%s", deps)
	}
}

func TestNotarize(t *testing.T) {
	const profile = "PORTLIGHT_NOTARY_PROFILE=some profile"
	app := bundle(t)
	image := filepath.Join(filepath.Dir(app), "Portlight-1.2.3.dmg")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		target, profile, verdict string
		status                   int
		want                     []string // TMP is a temporary folder
	}{
		{app, profile, "  status: Accepted", 0, []string{
			"ditto|-c|-k|--keepParent|" + app + "|TMP/Portlight.zip",
			"xcrun|notarytool|submit|TMP/Portlight.zip|--keychain-profile|some profile|--wait",
			"xcrun|stapler|staple|" + app, "xcrun|stapler|validate|" + app,
			"spctl|--assess|--verbose=2|--type|execute|" + app,
		}},
		{image, profile, "  status: Accepted", 0, []string{
			"xcrun|notarytool|submit|" + image + "|--keychain-profile|some profile|--wait",
			"xcrun|stapler|staple|" + image, "xcrun|stapler|validate|" + image,
			"spctl|--assess|--verbose=2|--type|open|--context|context:primary-signature|" + image,
		}},
		{image, profile, "  status: Invalid", 1, []string{
			"xcrun|notarytool|submit|" + image + "|--keychain-profile|some profile|--wait",
		}},
		{image, "PORTLIGHT_NOTARY_PROFILE=", "", 1, nil},
	} {
		dir, tmp := tools(t), t.TempDir()
		calls := stand(t, dir, map[string]string{"xcrun": "echo '" + tc.verdict + "'", "ditto": "", "spctl": ""})
		if tc.want == nil {
			calls = func() []string { return nil }
		}
		_, status, said := run(t, []string{"PATH=" + dir, "TMPDIR=" + tmp, tc.profile}, "notarize", tc.target)
		if status != tc.status || (status != 0) != strings.Contains(said, "notarize: ") {
			t.Errorf("%q: exit status %d, said %q", tc.verdict, status, said)
		}
		checkCalls(t, withoutTemp(calls(), tmp), tc.want...)
		if left, _ := os.ReadDir(tmp); len(left) > 0 {
			t.Errorf("%v is left behind", left)
		}
	}
}

func TestDMG(t *testing.T) {
	dir, tmp, app := tools(t), t.TempDir(), bundle(t)
	image := filepath.Join(filepath.Dir(app), "Portlight-1.2.3.dmg")
	calls := stand(t, dir, map[string]string{
		"plutil":   "echo 1.2.3",
		"ditto":    `mkdir "$2"`,
		"hdiutil":  `echo created; [ -L "$5/Applications" ] && [ -d "$5/Portlight.app" ] && : >"${11}"`,
		"codesign": "", "shasum": `echo "` + caskSum + `  $3"`,
	})
	out, status, said := run(t, []string{"PATH=" + dir, "TMPDIR=" + tmp, "PORTLIGHT_SIGN_IDENTITY=" + identity}, "dmg", app)
	if status != 0 || out != caskSum+"  "+image+"\n" {
		t.Fatalf("exit status %d, printed %q, said %q", status, out, said)
	}
	checkCalls(t, withoutTemp(calls(), tmp),
		"plutil|-extract|CFBundleShortVersionString|raw|-o|-|"+app+"/Contents/Info.plist",
		"ditto|"+app+"|TMP/Portlight.app",
		"hdiutil|create|-volname|Portlight|-srcfolder|TMP|-fs|HFS+|-format|ULFO|-ov|"+image,
		"codesign|--force|--options|runtime|--timestamp|--sign|"+identity+"|"+image,
		"codesign|--verify|--strict|--verbose=2|"+image,
		"shasum|-a|256|"+image)
}

// withoutTemp names a script's own temporary folder TMP.
func withoutTemp(calls []string, tmp string) []string {
	own := regexp.MustCompile(regexp.QuoteMeta(tmp) + `/portlight\.\w+`)
	for i := range calls {
		calls[i] = own.ReplaceAllString(calls[i], "TMP")
	}
	return calls
}

func checkCalls(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("calls\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestScriptsKeepToOldBash: macOS has bash 3.2.
func TestScriptsKeepToOldBash(t *testing.T) {
	newer := regexp.MustCompile(`\b(mapfile|readarray|coproc|wait -n|(declare|local|typeset) -[a-zA-Z]*[An]|read -[a-zA-Z]* ?-N)\b|&>>|\|&|\$\{[^}]*(,,?|\^\^?|@[QEPAaUuL])\}|\[\[ -v |EPOCHSECONDS`)
	for _, name := range []string{"build", "sign", "notarize", "dmg", "cask", "lib.sh", "../lib.sh", "../run"} {
		for i, line := range strings.Split(string(read(t, name)), "\n") {
			if found := newer.FindString(line); found != "" {
				t.Errorf("%s:%d: %s came after bash 3.2", name, i+1, found)
			}
		}
	}
}
