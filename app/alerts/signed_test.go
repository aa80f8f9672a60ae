package alerts

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"portlight/scanner"
	"portlight/scanner/codesign"
	"portlight/scanner/scannertest"
	"portlight/scanner/supervisor"
)

// TestSignerIsTheProgram: who signed a program counts before where it is, if the kernel
// has validated it and a team or Apple stands behind it.
func TestSignerIsTheProgram(t *testing.T) {
	team := codesign.Signature{ID: "com.docker.backend", Team: "9BNSXJN65R", Evidence: codesign.Kernel, Signer: codesign.Developer, Category: codesign.DeveloperID}
	apple := codesign.Signature{ID: "com.apple.python3", Evidence: codesign.Kernel, Signer: codesign.Apple}
	claimed, adHoc, local, odd := team, team, team, team
	claimed.Evidence, adHoc.Signer, local.Signer, odd.ID = codesign.File, codesign.AdHoc, codesign.Certificate, "com.docker backend"
	web := supervisor.Manager{Kind: supervisor.Contained, Container: supervisor.Container{Name: "web"}}
	for name, c := range map[string]struct {
		p    scanner.Process
		m    supervisor.Manager
		want string
	}{
		"of a team":              {scanner.Process{Path: "/a/1.2/b", Signature: team}, supervisor.Manager{}, "sign:9BNSXJN65R/com.docker.backend"},
		"its path hidden":        {scanner.Process{UID: 501, Name: "b", Signature: team}, supervisor.Manager{}, "sign:9BNSXJN65R/com.docker.backend"},
		"before its container":   {scanner.Process{Path: "/a/b", Signature: team}, web, "sign:9BNSXJN65R/com.docker.backend"},
		"Apple's":                {scanner.Process{Path: "/usr/bin/python3", Signature: apple}, supervisor.Manager{}, "sign:apple/com.apple.python3"},
		"Apple's runs a script":  {scanner.Process{Path: "/usr/bin/python3", Script: "/srv/1.2/x.py", Signature: apple}, supervisor.Manager{}, "sign:apple/com.apple.python3 /srv/*/x.py"},
		"only claimed by a file": {scanner.Process{Path: "/a/b", Signature: claimed}, supervisor.Manager{}, "exe:/a/b"},
		"ad hoc":                 {scanner.Process{Path: "/a/b", Signature: adHoc}, supervisor.Manager{}, "exe:/a/b"},
		"of no known team":       {scanner.Process{Path: "/a/b", Signature: local}, supervisor.Manager{}, "exe:/a/b"},
		"an odd identifier":      {scanner.Process{Path: "/a/b", Signature: odd}, supervisor.Manager{}, "exe:/a/b"},
		"not signed, contained":  {scanner.Process{Path: "/a/b"}, web, "container:web"},
	} {
		l := scanner.Listener{Owners: []scanner.Process{c.p}, Behind: &c.m}
		if got := Program(&l, &l.Owners[0]); got != c.want || !IsIdentity(got) {
			t.Errorf("%s is %s", name, got)
		}
	}
}

// TestSignedProgramMoves: an app that is updated into another folder is no news, another
// one in its place is.
func TestSignedProgramMoves(t *testing.T) {
	j, now := NewJudge(1000), time.Unix(100, 0)
	app := scannertest.Listener(t, "tcp 0.0.0.0:8080 app:7")
	app.Owners[0].Signature = codesign.Signature{ID: "com.example.app", Team: "ABCDE12345", Evidence: codesign.Kernel, Signer: codesign.Developer}
	moved := app
	moved.Owners = []scanner.Process{app.Owners[0]}
	moved.Owners[0].Path, moved.Owners[0].PID = "/Applications/New/app", 8
	other := moved
	other.Owners = []scanner.Process{moved.Owners[0]}
	other.Owners[0].Signature.Team = "ZZZZZ12345"
	for i, c := range []struct {
		l    scanner.Listener
		want Verdict
	}{{app, New}, {moved, Known}, {other, New}} {
		at := now.Add(time.Duration(i) * time.Hour)
		js := j.Tick([]scanner.Event{{Op: scanner.Opened, Time: at, Listener: c.l}})
		if len(js) != 1 || js[0].Verdict != c.want {
			t.Errorf("%d: %+v", i, js)
		}
	}
}

func TestNameOfSigned(t *testing.T) {
	for identity, want := range map[string]string{
		"sign:9BNSXJN65R/com.docker.backend":        "com.docker.backend",
		"sign:apple/com.apple.python3 /srv/shop.py": "com.apple.python3 shop.py",
	} {
		if got := Name(identity); got != want {
			t.Errorf("%s is %q", identity, got)
		}
	}
}

// TestOfUnsignedFile: what is no program of macOS is known by its path.
func TestOfUnsignedFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server")
	if err := os.WriteFile(file, []byte("\xcf\xfa\xed\xfe"), 0o700); err != nil {
		t.Fatal(err)
	}
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := OfFile(file); got != "exe:"+target {
		t.Errorf("got %q", got)
	}
}
