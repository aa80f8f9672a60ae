package installed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// rpmProgram is run where one of rpmFiles, the forms of its database, is there.
const rpmProgram = "/usr/bin/rpm"

var (
	rpmFolders = []string{"/var/lib/rpm/", "/usr/lib/sysimage/rpm/"}
	rpmFiles   = []string{"rpmdb.sqlite", "Packages", "Packages.db"}
)

// patience is how long rpm may take. It answers in some 20 ms, later while an update runs.
const patience = 5 * time.Second

func findRPM(ctx context.Context, r root, names []string) (Package, error) {
	if !r.hasRPM() {
		return Package{}, errAbsent
	}
	if _, err := os.Lstat(r.path(names[0])); err != nil {
		return Package{}, errRemoved
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errPatience)
	defer cancel()
	out, err := runRPM(ctx, r.path(rpmProgram), names[0])
	if ctx.Err() != nil {
		return Package{}, context.Cause(ctx)
	}
	p, parsed := parseRPM(out)
	if err != nil && !errors.Is(parsed, ErrNone) {
		return Package{}, err
	}
	return p, parsed
}

func (r root) hasRPM() bool {
	if _, err := os.Stat(r.path(rpmProgram)); err != nil {
		return false
	}
	for _, folder := range rpmFolders {
		for _, file := range rpmFiles {
			if _, err := os.Stat(r.path(folder + file)); err == nil {
				return true
			}
		}
	}
	return false
}

// runRPM asks for the owners of a file, rpm(8), in words that parseRPM knows.
func runRPM(ctx context.Context, program, file string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, "-qf", "--qf", `%{NAME}\n%{VERSION}-%{RELEASE}\n`, "--", file)
	out := &answer{}
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.Stdout, cmd.WaitDelay = out, 100*time.Millisecond
	if err := cmd.Run(); err != nil {
		return out.kept, fmt.Errorf("run rpm: %w", err)
	}
	return out.kept, nil
}

// answer keeps what is written to it, as much as is of use.
type answer struct{ kept []byte }

func (a *answer) Write(b []byte) (int, error) {
	if len(a.kept)+len(b) > maxLine {
		return 0, errAnswer
	}
	a.kept = append(a.kept, b...)
	return len(b), nil
}

// parseRPM takes the first owner. A file without one has a line that says so.
func parseRPM(out []byte) (Package, error) {
	if bytes.Contains(out, []byte("is not owned by any package")) {
		return Package{}, ErrNone
	}
	lines := strings.SplitN(string(out), "\n", 3)
	if len(lines) < 3 || lines[0] == "" || strings.HasPrefix(lines[0], "error: ") {
		return Package{}, errAnswer
	}
	return Package{RPM, lines[0], lines[1]}, nil
}
