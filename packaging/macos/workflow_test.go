package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// workflow is what is looked at of a workflow of GitHub Actions.
type workflow struct {
	Permissions map[string]string
	Concurrency struct {
		Group  string
		Cancel bool `yaml:"cancel-in-progress"`
	}
	Jobs map[string]job
}

type job struct {
	RunsOn      string            `yaml:"runs-on"`
	Timeout     int               `yaml:"timeout-minutes"`
	Permissions map[string]string // more than the workflow's, of which there is no need
	Strategy    struct {
		Matrix struct {
			Include []struct{ Runner, Processor string }
		}
	}
	Steps []jobStep
}

type jobStep struct {
	Uses, Run string
	With      map[string]string
}

// TestWorkflow: GitHub reads the file only when it is pushed, so what can be wrong is
// looked at here.
func TestWorkflow(t *testing.T) {
	var w workflow
	if err := yaml.Unmarshal(read(t, "../../.github/workflows/ci.yml"), &w); err != nil {
		t.Fatal(err)
	}
	if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
		t.Errorf("permissions are %v, want to read only", w.Permissions)
	}
	if !strings.Contains(w.Concurrency.Group, "github.ref") || !w.Concurrency.Cancel {
		t.Errorf("concurrency is %+v", w.Concurrency)
	}
	runners := map[string]string{}
	for _, r := range w.Jobs["macos"].Strategy.Matrix.Include {
		runners[r.Processor] = r.Runner
	}
	if len(runners) != 2 || runners["arm64"] != "macos-26" || runners["amd64"] != "macos-15-intel" || len(w.Jobs) != 2 || !strings.HasPrefix(w.Jobs["linux"].RunsOn, "ubuntu-") {
		t.Errorf("jobs for %v and %q", runners, w.Jobs["linux"].RunsOn)
	}
	for name, j := range w.Jobs {
		if j.Timeout == 0 || len(j.Permissions) > 0 {
			t.Errorf("%s: time %d, permissions %v", name, j.Timeout, j.Permissions)
		}
		for _, s := range j.Steps {
			checkStep(t, name, s)
		}
	}
}

var (
	fullVersion = regexp.MustCompile(`^actions/[a-z-]+@v[0-9]+\.[0-9]+\.[0-9]+$`)
	ownProgram  = regexp.MustCompile(`(?:^|[\s./])(packaging/[a-z/]+)`)
)

func checkStep(t *testing.T, job string, s jobStep) {
	t.Helper()
	switch {
	case (s.Uses == "") == (s.Run == ""):
		t.Errorf("%s: a step is either an action or a command: %+v", job, s)
	case s.Uses != "" && !fullVersion.MatchString(s.Uses):
		t.Errorf("%s: %s is not pinned by its full version", job, s.Uses)
	case strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false":
		t.Errorf("%s: the token stays in the clone", job)
	case strings.HasPrefix(s.Uses, "actions/setup-go@") && !strings.Contains(string(read(t, "../../go.mod")), "\ngo "+s.With["go-version"]+"."):
		t.Errorf("%s: Go %s is not that of go.mod", job, s.With["go-version"])
	case strings.Contains(s.Run, "${{"):
		t.Errorf("%s: an expression in a command: %s", job, s.Run)
	}
	if out, err := exec.Command("bash", "-n", "-c", s.Run).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", job, err, out)
	}
	for _, m := range ownProgram.FindAllStringSubmatch(s.Run, -1) {
		if _, err := os.Stat("../../" + m[1]); err != nil {
			t.Errorf("%s: %v", job, err)
		}
	}
}
