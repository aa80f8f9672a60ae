package main

import (
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"portlight/app/desktop"
)

const (
	caskVersion = "1.20.3"
	caskSum     = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// TestCask holds the cask to the Cask Cookbook, https://docs.brew.sh/Cask-Cookbook: the
// order of stanzas, what a description may not say, the symbol for the oldest macOS, and
// no code.
func TestCask(t *testing.T) {
	cask, status, said := run(t, []string{"PORTLIGHT_REPOSITORY=some-one/port.light"}, "cask", caskVersion, caskSum)
	if status != 0 {
		t.Fatalf("exit status %d: %s", status, said)
	}
	checkRuby(t, cask)
	oldest := "ventura"
	if strings.HasPrefix(runtime.Version(), "go1.26") {
		oldest = "monterey"
	}
	wantOrder := []string{"cask", "version", "sha256", "url", "name", "desc", "homepage", "livecheck", "depends_on", "app", "binary", "uninstall", "zap"}
	if got := stanzas(cask); !slices.Equal(got, wantOrder) {
		t.Errorf("stanzas\n%q, want\n%q", got, wantOrder)
	}
	for _, line := range []string{
		`cask "portlight" do`,
		`version "` + caskVersion + `"`,
		`sha256 "` + caskSum + `"`,
		`url "https://github.com/some-one/port.light/releases/download/v#{version}/Portlight-#{version}.dmg"`,
		`homepage "https://github.com/some-one/port.light"`,
		`strategy :github_latest`,
		`depends_on macos: :` + oldest,
		`app "Portlight.app"`,
		`binary "#{appdir}/Portlight.app/Contents/MacOS/portlight"`,
		`uninstall quit: "` + desktop.AppID + `"`,
		`"~/Library/Application Support/Portlight",`,
		`"~/Library/LaunchAgents/` + desktop.AppID + `.plist",`,
		`"~/Library/Preferences/` + desktop.AppID + `.plist",`,
	} {
		if !regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(line) + `$`).MatchString(cask) {
			t.Errorf("no line %s", line)
		}
	}
	desc := regexp.MustCompile(`desc "([A-Z][^"]*[^".])"`).FindStringSubmatch(cask)
	if desc == nil || len(desc[1]) >= 80 || regexp.MustCompile(`(?i)portlight|macos|\bmac\b|\byou`).MatchString(desc[1]) {
		t.Errorf("description %q", desc)
	}
	trash := regexp.MustCompile(`(?m)^    "(~/.*)",$`).FindAllString(cask, -1)
	if len(trash) < 2 || !slices.IsSorted(trash) {
		t.Errorf("what zap removes is not sorted: %q", trash)
	}
}

// checkRuby looks for what would keep Ruby from reading the cask.
func checkRuby(t *testing.T, cask string) {
	t.Helper()
	if !strings.HasSuffix(cask, "\nend\n") || strings.Contains(cask, "@") {
		t.Errorf("not filled or not whole:\n%s", cask)
	}
	opened, bracket := 0, 0
	for line := range strings.Lines(cask) {
		line = strings.TrimSuffix(line, "\n")
		if strings.Count(line, `"`)%2 != 0 || strings.TrimRight(line, " \t") != line || strings.Contains(line, "\t") {
			t.Errorf("line %q: quotes, blanks or tabs", line)
		}
		bracket += strings.Count(line, "[") - strings.Count(line, "]")
		word := strings.TrimSpace(line)
		if word == "end" {
			opened--
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if depth := opened + bracket; word != "" && !strings.HasSuffix(word, "[") && indent != 2*depth {
			t.Errorf("line %q is indented by %d, want %d", line, indent, 2*depth)
		}
		if strings.HasSuffix(line, " do") {
			opened++
		}
	}
	if opened != 0 || bracket != 0 {
		t.Errorf("%d blocks and %d brackets stay open", opened, bracket)
	}
}

// stanzas gives the first words of the cask's outermost lines.
func stanzas(cask string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^(?:  )?([a-z_0-9]+) `).FindAllStringSubmatch(cask, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestCaskRefuses(t *testing.T) {
	for _, tc := range []struct {
		args       []string
		repository string
		status     int
	}{
		{nil, "", 2},
		{[]string{caskVersion}, "", 2},
		{[]string{"v" + caskVersion, caskSum}, "", 2},
		{[]string{caskVersion + `";x`, caskSum}, "", 2},
		{[]string{caskVersion, caskSum[1:]}, "", 2},
		{[]string{caskVersion, strings.ToUpper(caskSum)}, "", 2},
		{[]string{caskVersion, caskSum}, `a/b"`, 1},
	} {
		out, status, _ := run(t, []string{"PORTLIGHT_REPOSITORY=" + tc.repository}, "cask", tc.args...)
		if status != tc.status || out != "" {
			t.Errorf("cask %q for %q: exit status %d, printed %q", tc.args, tc.repository, status, out)
		}
	}
}
