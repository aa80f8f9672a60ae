package installed

import (
	"slices"
	"strings"
	"testing"
)

const status = "Package: dash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.5.12-2\nDescription: shell\n Version: 9\n .\n\n" +
	"Package: libc6\nArchitecture: i386\nVersion: 2.41-1\n\nPackage: libc6\nArchitecture: amd64\nVersion: 2.41-2\n\n" +
	"Package: mawk\nArchitecture: amd64\nVersion: 1.3.4"

// debian is a merged /usr with packages that name both ways, links and diversions.
func debian(t *testing.T) root {
	return tree(t, map[string]string{
		"bin": "-> usr/bin", "usr/bin/dash": "", "usr/bin/sh": "-> dash", "usr/bin/mawk": "", "usr/bin/awk": "-> ../../etc/alternatives/awk",
		"etc/alternatives/awk": "-> ../../usr/bin/mawk", "usr/bin/perf": "", "usr/bin/perf.real": "", "usr/bin/ls": "", "usr/bin/ls.distrib": "",
		"opt/app": "-> app-2", "opt/app-2/run": "", "usr/lib/ld.so": "",
		"usr/bin/gl": "", "usr/bin/gl.real": "", "usr/bin/cc": "", "usr/bin/cc.distrib": "",
		"var/lib/dpkg/info/dash.list":         "/.\n/bin\n/bin/dash\n/usr/share/man/man1/dash.1.gz\n",
		"var/lib/dpkg/info/dash.md5sums":      "0  /usr/bin/perf\n/usr/bin/unlisted\n",
		"var/lib/dpkg/info/libc6:amd64.list":  "/usr/lib/ld.so\n",
		"var/lib/dpkg/info/libc6:i386.list":   "/lib/ld-linux.so.2\n",
		"var/lib/dpkg/info/driver:amd64.list": "/usr/bin/gl\n",
		"var/lib/dpkg/info/mesa:amd64.list":   "/usr/bin/gl\n/usr/bin/cc\n",
		"var/lib/dpkg/info/mawk.list":         "/usr/bin/mawk",
		"var/lib/dpkg/info/tools.list":        "/usr/bin/perf\n/bin/ls\n",
		"var/lib/dpkg/info/wrapper.list":      "/usr/bin/perf\n",
		"var/lib/dpkg/info/app.list":          "/opt/app/run\n",
		"var/lib/dpkg/diversions": "/usr/bin/perf\n/usr/bin/perf.real\nwrapper\n/bin/ls\n/bin/ls.distrib\n:\n" +
			"/usr/bin/gl\n/usr/bin/gl.real\ndriver\n/usr/bin/cc\n/usr/bin/cc.distrib\n:\n",
		"var/lib/dpkg/status": status,
	})
}

func TestDpkg(t *testing.T) {
	r := debian(t)
	for exe, want := range map[string]string{
		"/usr/bin/dash": "dpkg dash 0.5.12-2", "/bin/dash": "dpkg dash 0.5.12-2", "/bin/sh": "dpkg dash 0.5.12-2", "/bin/../bin/dash": "dpkg dash 0.5.12-2",
		"/usr/bin/awk": "dpkg mawk 1.3.4", "/usr/lib/ld.so": "dpkg libc6 2.41-2", "/lib/ld-linux.so.2": "dpkg libc6 2.41-1",
		"/opt/app-2/run": "dpkg app ", "/opt/app/run": "dpkg app ",
		"/usr/bin/perf": "dpkg wrapper ", "/usr/bin/perf.real": "dpkg tools ", "/bin/ls.distrib": "dpkg tools ",
		"/usr/bin/gl": "dpkg driver ", "/usr/bin/gl.real": "dpkg mesa ", "/usr/bin/cc": "", "/usr/bin/cc.distrib": "dpkg mesa ",
		"/usr/bin/ls": "", "/usr/bin/unlisted": "", "/usr/bin/removed": "", "/usr/bin/ash": "", "/home/dash": "",
	} {
		expect(t, r, exe, want)
	}
}

func TestParseStatus(t *testing.T) {
	for _, tc := range []struct{ name, arch, want string }{
		{"dash", "", "0.5.12-2"}, {"libc6", "amd64", "2.41-2"}, {"libc6", "i386", "2.41-1"}, {"libc6", "", "2.41-1"},
		{"libc6", "arm64", ""}, {"mawk", "", "1.3.4"}, {"none", "", ""}, {"das", "", ""},
	} {
		if got, err := parseStatus(strings.NewReader(status), tc.name, tc.arch); got != tc.want || err != nil {
			t.Errorf("%s:%s: %q, %v", tc.name, tc.arch, got, err)
		}
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add(status, "libc6", "amd64")
	f.Add(": \n\n:", "", "")
	f.Fuzz(func(t *testing.T, in, name, arch string) {
		version, err := parseStatus(strings.NewReader(in), name, arch)
		if err != nil || version != "" && !strings.Contains(in, "Version: "+version) {
			t.Errorf("made up %q, %v", version, err)
		}
	})
}

func FuzzParseDiversions(f *testing.F) {
	f.Add("/a\n/b\np\n/c\n/d\n:\n")
	f.Add("/a\n/b")
	f.Fuzz(func(t *testing.T, in string) {
		all, err := parseDiversions(strings.NewReader(in))
		if err != nil || len(all) > strings.Count(in, "\n")/3+1 {
			t.Errorf("%d diversions, %v", len(all), err)
		}
		want := divert(all, []string{"/x", "/b"})
		if !slices.ContainsFunc(want, func(w wanted) bool { return w.path == "/x" }) || want[len(want)-1].path != "/b" {
			t.Errorf("%+v lacks what was asked for", want)
		}
	})
}
