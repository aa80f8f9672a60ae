package installed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestNone(t *testing.T) {
	pacman := map[string]string{"var/lib/pacman/local/ALPM_DB_VERSION": "9\n"}
	unread := map[string]string{"var/lib/dpkg/info/a.list/x": "", "var/lib/dpkg/info/b.list": "/usr/bin/b\n", "usr/bin/b": ""}
	cases := []struct {
		name  string
		files map[string]string
		exe   string
		want  error
	}{
		{"no list", nil, "/usr/bin/x", ErrUnknown},
		{"an empty list", pacman, "/usr/bin/x", ErrNone},
		{"macOS", map[string]string{systemVersion: ""}, "/usr/local/bin/x", ErrNone},
		{"relative", pacman, "usr/bin/x", errPath},
		{"nothing", pacman, "", errPath},
		{"a zero byte", pacman, "/usr/bin/x\x00", errPath},
		{"the root", pacman, "/", ErrNone},
		{"a line end", map[string]string{"var/lib/pacman/local/x/files": "%FILES%\nusr/bin/x\ny\n"}, "/usr/bin/x\ny", ErrNone},
		{"found in what is read", unread, "/usr/bin/b", nil},
	}
	for _, tc := range cases {
		if p, err := tree(t, tc.files).find(t.Context(), tc.exe); !errors.Is(err, tc.want) {
			t.Errorf("%s: %+v, %v", tc.name, p, err)
		}
	}
}

// TestUnread says which list could not be read, instead of that nobody claims a file.
func TestUnread(t *testing.T) {
	cases := map[string]map[string]string{
		"of dpkg":   {"var/lib/dpkg/info/a.list/x": ""},
		"of pacman": {"var/lib/pacman/local": "no folder"},
		"of apk":    {"lib/apk/db/installed/x": ""},
		"of rpm":    {"usr/bin/rpm": "#!/bin/sh\nexit 1\n", "var/lib/rpm/Packages": "", "usr/bin/x": ""},
	}
	for manager, files := range cases {
		_, err := tree(t, files).find(t.Context(), "/usr/bin/x")
		if err == nil || errors.Is(err, ErrNone) || errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), manager+" could not be read: ") {
			t.Errorf("%s: %v", manager, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, file := range []string{"var/lib/dpkg/info/a.list", "var/lib/pacman/local/a/files", "lib/apk/db/installed"} {
		r := tree(t, map[string]string{file: "P:a\nF:usr/bin\nR:y\n"})
		if _, err := r.find(ctx, "/usr/bin/y"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestPacman(t *testing.T) {
	r := tree(t, map[string]string{
		"var/lib/pacman/local/ALPM_DB_VERSION":      "9\n",
		"var/lib/pacman/local/bash-5.2.037-1/desc":  "%NAME%\nbash\n\n%VERSION%\n5.2.037-1\n\n%BASE%\nbash\n",
		"var/lib/pacman/local/bash-5.2.037-1/files": "%FILES%\nusr/\nusr/bin/\nusr/bin/bash\nusr/bin/sh\n\n%BACKUP%\netc/bash.bashrc\t02\n",
		"var/lib/pacman/local/nodesc-1-1/files":     "%FILES%\nusr/bin/nodesc",
		"var/lib/pacman/local/nofiles-1-1/desc":     "%NAME%\nnofiles\n",
		"usr/bin/bash":                              "", "usr/bin/other": "", "usr/sbin": "-> bin", "bin": "-> usr/bin",
	})
	for exe, want := range map[string]string{
		"/usr/bin/bash": "pacman bash 5.2.037-1", "/bin/bash": "pacman bash 5.2.037-1", "/usr/sbin/sh": "pacman bash 5.2.037-1",
		"/usr/bin/nodesc": "pacman nodesc-1-1 ", "/usr/bin/other": "", "/opt/bash": "", "/usr/bin/ash": "",
	} {
		expect(t, r, exe, want)
	}
}

func TestApk(t *testing.T) {
	const db = "C:Q1abc=\nP:busybox\nV:1.37.0-r12\nA:x86_64\nF:bin\nR:busybox\na:0:0:755\nZ:Q1=\nR:sh\nF:usr/bin\nM:0:0:1777\n\n" +
		"P:nginx\nV:1.26.3-r0\nF:usr/sbin\nR:nginx\nF:\nR:top\n\nR:lost\n"
	for _, file := range apkFiles {
		r := tree(t, map[string]string{file: db})
		for exe, want := range map[string]string{
			"/bin/busybox": "apk busybox 1.37.0-r12", "/bin/sh": "apk busybox 1.37.0-r12", "/usr/sbin/nginx": "apk nginx 1.26.3-r0",
			"/top": "apk nginx 1.26.3-r0", "/usr/bin/nginx": "", "/usr/bin/other": "",
		} {
			expect(t, r, exe, want)
		}
	}
	merged := tree(t, map[string]string{"lib/apk/db/installed": db, "usr/sbin": "-> bin", "usr/bin/nginx": "", "bin": "-> usr/bin"})
	expect(t, merged, "/usr/bin/nginx", "apk nginx 1.26.3-r0")
	expect(t, merged, "/usr/bin/busybox", "apk busybox 1.37.0-r12")
}

func TestParseDesc(t *testing.T) {
	cases := []struct{ in, name, version string }{
		{"", "", ""},
		{"%NAME%\na\n\n%VERSION%\n1:2-3\n", "a", "1:2-3"},
		{"%VERSION%\n1\n%NAME%\nb", "b", "1"},
		{"%DESC%\nx\n\n%NAME%", "", ""},
	}
	for _, tc := range cases {
		if name, version, err := parseDesc(strings.NewReader(tc.in)); name != tc.name || version != tc.version || err != nil {
			t.Errorf("%q: %q, %q, %v", tc.in, name, version, err)
		}
	}
}

func FuzzParseDesc(f *testing.F) {
	f.Add("%NAME%\na\n\n%VERSION%\n1:2-3\n")
	f.Fuzz(func(t *testing.T, in string) {
		name, version, err := parseDesc(strings.NewReader(in))
		if err != nil || !strings.Contains(in, name) || !strings.Contains(in, version) {
			t.Errorf("got %q, %q, %v", name, version, err)
		}
	})
}

func FuzzParseApk(f *testing.F) {
	f.Add("P:a\nV:1\nF:usr/bin\nR:x\n\nF:\nR:y")
	f.Add("R\nR:\n:\n")
	f.Fuzz(func(t *testing.T, in string) {
		count := 0
		err := parseApk(strings.NewReader(in), func(p Package, folder, file []byte) bool {
			for _, part := range []string{p.Name, p.Version, string(folder), string(file)} {
				if !strings.Contains(in, part) || strings.Contains(part, "\n") {
					t.Errorf("made up %q", part)
				}
			}
			count++
			return true
		})
		if err != nil || count > strings.Count("\n"+in, "\nR:") {
			t.Errorf("%d files, %v", count, err)
		}
	})
}

func ExampleFind() {
	p, err := Find(context.Background(), "/nix/store/0c0vqjgs8gkfbzxbkwv2lfn2gdkxwrjb-nginx-1.26.2/bin/nginx")
	fmt.Println(p.Manager, p.Name, p.Version, err)
	// Output: Nix nginx 1.26.2 <nil>
}
