package installed

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// fedora has a program in the place of rpm that keeps its arguments.
func fedora(t *testing.T, answer string) root {
	return tree(t, map[string]string{
		"usr/bin/rpm": "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"${0%/*}/args\"\n" + answer + "\n", "usr/lib/sysimage/rpm/rpmdb.sqlite": "",
		"usr/bin/nginx": "", "sbin": "-> usr/bin",
	})
}

func TestRPM(t *testing.T) {
	r := fedora(t, `printf 'nginx-core\n1.26.2-1.fc41\nother\n1\n'`)
	for _, exe := range []string{"/usr/bin/nginx", "/sbin/nginx"} {
		expect(t, r, exe, "rpm nginx-core 1.26.2-1.fc41")
		args, err := os.ReadFile(r.path("/usr/bin/args"))
		must(t, err)
		if want := "-qf\n--qf\n%{NAME}\\n%{VERSION}-%{RELEASE}\\n\n--\n/usr/bin/nginx\n"; string(args) != want {
			t.Errorf("asked %q", args)
		}
	}
	none := fedora(t, `echo "file $5 is not owned by any package"; exit 1`)
	if _, err := none.find(t.Context(), "/usr/bin/nginx"); !errors.Is(err, ErrNone) {
		t.Errorf("nobody's: %v", err)
	}
	if _, err := r.find(t.Context(), "/usr/bin/removed"); !errors.Is(err, errRemoved) {
		t.Errorf("removed: %v", err)
	}
	for _, answer := range []string{"exec yes", "exit 0", "echo nginx; exit 1", "printf 'nginx\\n1\\n'; exit 1"} {
		if _, err := fedora(t, answer).find(t.Context(), "/usr/bin/nginx"); err == nil || errors.Is(err, ErrNone) || errors.Is(err, errPatience) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestRPMThatDoesNotAnswer(t *testing.T) {
	r := fedora(t, "exec sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := r.find(ctx, "/usr/bin/nginx"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 4*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

func FuzzParseRPM(f *testing.F) {
	f.Add("nginx\n1.2-3\n")
	f.Add("file /x is not owned by any package\n")
	f.Add("error: file /x: No such file or directory\n")
	f.Fuzz(func(t *testing.T, in string) {
		p, err := parseRPM([]byte(in))
		if (err == nil) != (p.Manager == RPM) || err == nil && !strings.HasPrefix(in, p.Name+"\n"+p.Version+"\n") {
			t.Errorf("%q became %+v, %v", in, p, err)
		}
	})
}
