package installed

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// executables gives some real programs of this computer, spread over the alphabet.
func executables(t testing.TB, count int) []string {
	t.Helper()
	all, err := filepath.Glob("/usr/bin/*")
	must(t, err)
	all = slices.DeleteFunc(all, func(name string) bool {
		info, err := os.Stat(name)
		return err != nil || !info.Mode().IsRegular()
	})
	var some []string
	for i := range count {
		some = append(some, all[i*len(all)/count])
	}
	return some
}

// TestDpkgAgrees asks dpkg itself about programs of this computer, where it is there.
func TestDpkgAgrees(t *testing.T) {
	if _, err := os.Stat("/var/lib/dpkg/status"); err != nil {
		t.Log("no Debian: there is no dpkg to agree with")
		return
	}
	for _, exe := range append(executables(t, 12), "/bin/sh", "/usr/bin/env", "/usr/bin/perl") {
		p, err := Find(t.Context(), exe)
		owners, moved := dpkgOwners(t, exe)
		switch {
		case moved:
		case len(owners) == 0:
			if !errors.Is(err, ErrNone) {
				t.Errorf("%s: got %+v, %v: dpkg knows none", exe, p, err)
			}
		case err != nil, p.Manager != Dpkg, owners[p.Name] != p.Version:
			t.Errorf("%s: got %+v, %v: dpkg says %v", exe, p, err, owners)
		}
	}
}

// dpkgOwners gives the packages of a program and their versions. dpkg itself does not
// know that /bin is /usr/bin, so it is asked by both names. Of a file that was moved
// aside it does not tell the package.
func dpkgOwners(t *testing.T, exe string) (owners map[string]string, moved bool) {
	t.Helper()
	real, err := filepath.EvalSymlinks(exe)
	must(t, err)
	owners = map[string]string{}
	for _, name := range []string{real, strings.TrimPrefix(real, "/usr")} {
		out, _ := exec.Command("dpkg", "-S", name).Output()
		for line := range strings.Lines(string(out)) {
			packages, path, ok := strings.Cut(strings.TrimSpace(line), ": ")
			aside := strings.Contains(line, "diversion ")
			moved = moved || aside && path == name && strings.HasSuffix(packages, " to")
			if !ok || path != name || aside {
				continue
			}
			for pkg := range strings.SplitSeq(packages, ", ") {
				version, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", pkg).Output()
				must(t, err)
				name, _, _ := strings.Cut(pkg, ":")
				owners[name] = string(version)
			}
		}
	}
	return owners, moved
}

// BenchmarkFindNone looks through all lists of this computer: the file is nobody's.
func BenchmarkFindNone(b *testing.B) {
	self, err := os.Executable()
	must(b, err)
	for b.Loop() {
		if _, err := Find(b.Context(), self); err == nil {
			b.Fatal("a package has the test itself")
		}
	}
}

func BenchmarkFind(b *testing.B) {
	some := executables(b, 16)
	for i := 0; b.Loop(); i++ {
		Find(b.Context(), some[i%len(some)])
	}
}
