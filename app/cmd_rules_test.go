package main

import (
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/view"
	"portlight/scanner"
)

func TestRulesAddListRemove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none") // a write makes it
	if got := in(t, dir, "rules add allow --program /usr/sbin/nothing-there --port 80-443 --tcp --network --note", "of the team"); got !=
		"Rule 1 added, at position 1 of 1: Allow nothing-there (/usr/sbin/nothing-there) on tcp 80-443 where others can reach it\n" {
		t.Errorf("%q", got)
	}
	in(t, dir, "rules add mute --port ephemeral --udp --last")
	in(t, dir, "rules add alert --all --loopback=false")
	in(t, dir, "rules add allow --udp --tcp --port 53 --program unit:dns.service --for 2d")
	const want = "Allow the service dns.service on tcp and udp 53, until WHEN; Tell each time of every program on every port; " +
		"Allow nothing-there (/usr/sbin/nothing-there) on tcp 80-443 where others can reach it; Mute every program on the udp ports that the system hands out"
	rules := parsed[[]view.RuleJSON](t, in(t, dir, "rules list --json"))
	if len(rules) != 4 || rules[0].Until == nil || time.Until(*rules[0].Until).Round(time.Hour) != 48*time.Hour || rules[2].Note != "of the team" || rules[0].Position != 1 {
		t.Fatalf("%+v", rules)
	}
	if got := strings.ReplaceAll(listed(t, dir), view.MinuteWords(*rules[0].Until), "WHEN"); got != want {
		t.Errorf("%s", got)
	}
	if got := in(t, dir, "rules"); got != in(t, dir, "rules list") || strings.Count(got, "\n") != 4 || strings.Count(got, "\t") != 16 {
		t.Errorf("%q", got)
	}
	fails(t, dir, exitError, "no such rule: 99", "rules remove 2 99")
	if got := in(t, dir, "rules remove 3 2 3"); got != "Rule 3 removed: Tell each time of every program on every port\nRule 2 removed: Mute every program on the udp ports that the system hands out\n" {
		t.Errorf("%q", got)
	}
	if rules := parsed[[]view.RuleJSON](t, in(t, dir, "rules --json")); len(rules) != 2 || rules[0].ID != 4 || rules[1].ID != 1 {
		t.Errorf("%+v", rules)
	}
}

func TestProgramsOfRules(t *testing.T) {
	titled := opened(t, time.Now(), alerts.New, "tcp 0.0.0.0:8000 python3", "tcp 0.0.0.0:8001 python3", "tcp 0.0.0.0:9000 node")
	for i, script := range []string{"/srv/app.py", "/srv/manage.py", "/srv/web.js"} {
		j := &titled.Judgements[i]
		o := &j.Event.Listener.Owners[0]
		o.Title, o.Script, o.Path = o.Name+" "+path.Base(script), script, "/nonexistent/"+o.Name
		j.Program = alerts.Program(&j.Event.Listener, &j.Event.Listener.Owners[0])
	}
	titled.Seen = nil
	box := opened(t, time.Now(), alerts.New, "tcp 0.0.0.0:5432 postgres")
	box.Judgements[0].Program, box.Seen = "container:shop/db", nil
	dir := remembered(t, opened(t, time.Now(), alerts.New, "tcp 0.0.0.0:80 nginx", "tcp 0.0.0.0:443 nginx", "tcp 0.0.0.0:81 ~nginx-hidden"), titled, box)
	for program, want := range map[string]string{
		"nginx":             "exe:/bin/nginx",
		"NGINX":             "exe:/bin/nginx",
		"exe:/bin/nginx":    "exe:/bin/nginx",
		"exe:/not/yet":      "exe:/not/yet",
		"nginx-hidden":      "hidden:0/nginx-hidden",
		"postgres":          "container:shop/db",
		"db":                "container:shop/db",
		"shop/db":           "container:shop/db",
		"python3 manage.py": "exe:/nonexistent/python3 /srv/manage.py",
		"app.py":            "exe:/nonexistent/python3 /srv/app.py",
		"node":              "exe:/nonexistent/node /srv/web.js",
		"/nonexistent/node": "exe:/nonexistent/node /srv/web.js",
		"/opt/a/1.2.3/x":    "exe:/opt/a/*/x",
	} {
		in(t, dir, "rules add allow --program", program)
		if got := parsed[[]view.RuleJSON](t, in(t, dir, "rules --json"))[0].Program; got != want {
			t.Errorf("%q is %q, want %q", program, got, want)
		}
	}
	before := listed(t, dir)
	fails(t, dir, exitError, "is several programs, name one by its identity:\n  exe:/nonexistent/python3 /srv/app.py\n  exe:/nonexistent/python3 /srv/manage.py\n", "rules add allow --program python3")
	fails(t, dir, exitError, "is several programs", "rules add allow --program /nonexistent/python3")
	fails(t, dir, exitError, "These have it in their identity:\n  exe:/bin/nginx\n  hidden:0/nginx-hidden\n", "rules add allow --program ngin")
	fails(t, dir, exitError, `no program "no-such" is remembered: name it by`, "rules add allow --program no-such")
	if got := listed(t, dir); got != before {
		t.Errorf("a rule was made: %s", got)
	}
	if _, _, stderr := portlight("rules", "add", "allow", "--program", "exe:/not/yet", "--data-dir", dir); !strings.Contains(stderr, "nothing is remembered of exe:/not/yet") {
		t.Errorf("%q", stderr)
	}
}

// TestProgramByLink: a rule is for the file that the kernel runs.
func TestProgramByLink(t *testing.T) {
	dir := t.TempDir()
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tool"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("tool", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	in(t, data, "rules add allow --program", filepath.Join(dir, "link"))
	l := scanner.Listener{}
	want := alerts.Program(&l, &scanner.Process{Path: filepath.Join(real, "tool")})
	if got := parsed[[]view.RuleJSON](t, in(t, data, "rules --json"))[0].Program; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestManyProgramsAreCounted(t *testing.T) {
	known := map[string][]string{}
	for _, letter := range "abcdefghijklmno" {
		known["exe:/opt/"+string(letter)+"/tool"] = []string{"tool"}
	}
	_, err := ofName(known, "tool")
	if err == nil || strings.Count(err.Error(), "\n") != maxPrograms+1 || !strings.HasSuffix(err.Error(), "and 5 more") {
		t.Errorf("%v", err)
	}
}

func TestRulesExportImport(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "rules.toml")
	in(t, dir, "rules add mute --port 22 --note kept")
	in(t, dir, "rules add allow --program exe:/usr/bin/a --port 80-443 --until 9000-01-01")
	if got := in(t, dir, "rules export", file); got != "2 rules written to "+file+"\n" {
		t.Errorf("%q", got)
	}
	text, err := os.ReadFile(file)
	if info, errStat := os.Stat(file); err != nil || errStat != nil || info.Mode().Perm() != 0o600 || string(text) != in(t, dir, "rules export") || string(text) != in(t, dir, "rules export -") {
		t.Errorf("%v, %v, %s", err, errStat, text)
	}
	fails(t, dir, exitError, "is there already: say --force", "rules export", file)
	if now, err := os.ReadFile(file); err != nil || string(now) != string(text) {
		t.Errorf("%v: %s", err, now)
	}
	in(t, dir, "rules remove 1")
	in(t, dir, "rules export --force", file)
	if now, err := os.ReadFile(file); err != nil || strings.Contains(string(now), "22") || !strings.Contains(string(now), "80-443") {
		t.Errorf("%v: %s", err, now)
	}

	other := t.TempDir()
	in(t, other, "rules add mute --port 22")
	withStdin(t, string(text))
	if got := in(t, other, "rules import -"); got != "1 rule imported, 1 left out that there were already. Rules now: 2\n" {
		t.Errorf("%q", got)
	}
	if got := listed(t, other); !strings.HasPrefix(got, "Mute every program on tcp and udp 22; Allow a (/usr/bin/a) on tcp and udp 80-443, until 9000-01-01 00:00") {
		t.Errorf("%s", got)
	}
}

func TestRulesImportReplaces(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "rules.toml")
	for _, port := range []string{"1", "2", "3"} {
		in(t, dir, "rules add mute --port", port)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[[rule]]\naction = \"allow\"\nports = \"9\"\n[[rule]]\naction = \"mute\"\nports = \"2\"\nnote = \"again\"\n[[rule]]\naction = \"mute\"\nports = \"2\"\n")
	if got := in(t, dir, "rules import --replace", file); got != "2 rules imported, 1 left out that there were already. Rules now: 2\n" {
		t.Errorf("%q", got)
	}
	rules := parsed[[]view.RuleJSON](t, in(t, dir, "rules --json"))
	if len(rules) != 2 || rules[0].Ports != "9" || rules[0].Created == nil || rules[1].Ports != "2" || rules[1].ID != 2 || rules[1].Note != "again" {
		t.Errorf("%+v", rules)
	}
	before := listed(t, dir)
	write("[[rule]]\naction = \"allow\"\nports = \"10\"\n[[rule]]\naction = \"allow\"\nports = \"http\"\n")
	fails(t, dir, exitError, `rules.toml: read rules: rule 2: ports "http"`, "rules import", file)
	fails(t, dir, exitError, "no such file", "rules import", file+".none")
	fails(t, dir, exitError, "import rules: ", "rules import", filepath.Dir(file))
	fails(t, dir, exitError, "no such file", "rules export", filepath.Join(file+".none", "x"))
	if got := listed(t, dir); got != before {
		t.Errorf("it is not all or nothing: %s", got)
	}
	write("")
	in(t, dir, "rules import --replace", file)
	if got := listed(t, dir); got != "" {
		t.Errorf("%s", got)
	}
}

// TestRulesForProgramsNeverSeen: one that listens, and one that could be started.
func TestRulesForProgramsNeverSeen(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	real, err := filepath.EvalSymlinks(bin)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "new-tool"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	open, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"new-tool": filepath.Join(real, "new-tool"), filepath.Base(self): self} {
		in(t, dir, "rules add allow --program", name)
		want := alerts.Program(&scanner.Listener{}, &scanner.Process{Path: file})
		if got := parsed[[]view.RuleJSON](t, in(t, dir, "rules --json"))[0].Program; got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	fails(t, dir, exitError, `no program "no-such" is remembered: name it by the path of its executable, such as /usr/sbin/nginx`, "rules add allow --program no-such")
	fails(t, dir, exitError, `no program "../new-tool" is remembered`, "rules add allow --program ../new-tool")
}

// TestOrderOfRulesIsSaid where one of them decides nothing.
func TestOrderOfRulesIsSaid(t *testing.T) {
	dir := t.TempDir()
	add := func(line string) string {
		t.Helper()
		code, _, stderr := portlight(append(strings.Fields("rules add "+line), "--data-dir", dir)...)
		if code != exitFine {
			t.Fatalf("%s: %s", line, stderr)
		}
		return stderr
	}
	if got := add("allow --port 80 --tcp"); got != "" {
		t.Errorf("%q", got)
	}
	if got := add("mute --port 80 --tcp"); got != "note: rule 1 behind it decides nothing now: Allow every program on tcp 80. It goes with: portlight rules remove 1\n" {
		t.Errorf("%q", got)
	}
	if got := add("alert --port 80 --tcp --network --last"); got != "note: rule 2 stands before it and decides instead: Mute every program on tcp 80\n" {
		t.Errorf("%q", got)
	}
	if got := add("alert --port 80-81"); strings.Count(got, "decides nothing now") != 3 {
		t.Errorf("%q", got)
	}
	if got := add("alert --port 82 --last"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestImportOfEndedRulesIsSaid(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(file, []byte("[[rule]]\naction = \"mute\"\nports = \"1\"\nuntil = 2020-01-01T00:00:00Z\n[[rule]]\naction = \"mute\"\nports = \"2\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := portlight("rules", "import", file, "--data-dir", dir)
	if code != exitFine || !strings.HasPrefix(stdout, "2 rules imported") || stderr != "note: 1 rule of the file with an end in the past: without effect\n" {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}
