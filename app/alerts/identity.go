package alerts

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"portlight/scanner"
	"portlight/scanner/supervisor"
)

// Program is the identity of a process across restarts, updates and changes of its
// pid, the first of these that applies:
//
//	sign:TEAM/IDENTIFIER, sign:apple/IDENTIFIER, which the kernel of macOS has validated
//	container:PROJECT/SERVICE, container:IMAGE or container:NAME
//	exe:PATH, without the numbers of versions
//	unit:SERVICE, unit:UID/SERVICE for a service of a user's own
//	hidden:UID/NAME
//
// Interpreters by a signature or a path have behind them what they run, by its path.
// A nil process stands for the owners that cannot be seen, and for the kernel.
func Program(l *scanner.Listener, p *scanner.Process) string {
	if p != nil && p.Signature.Identity() != "" {
		return signed + p.Signature.Identity() + script(p)
	}
	if c := container(l); c != "" {
		return "container:" + c
	}
	switch {
	case p != nil && p.Path != "":
		return "exe:" + foldVersions(p.Path) + script(p)
	case p != nil:
		return hidden(p.UID, p.Name)
	case l.Kernel:
		return hidden(l.UID, "kernel")
	case isService(l) && l.Manager().User:
		return "unit:" + strconv.Itoa(l.UID) + "/" + l.Manager().Unit
	case isService(l):
		return "unit:" + l.Manager().Unit
	}
	return hidden(l.UID, "")
}

// signed begins an identity by who signed a program.
const signed = "sign:"

// Name is short for an identity by the path of an executable: the last part of the path,
// and of what an interpreter runs.
func Name(identity string) string {
	file := strings.TrimPrefix(identity, "exe:")
	i := max(strings.Index(file, " /"), strings.Index(file, " -"))
	if i < 0 {
		return path.Base(file)
	}
	file, run := file[:i], file[i+1:]
	if tool, _, more := strings.Cut(run, " /"); more && strings.HasPrefix(run, "/") {
		run, _, _ = strings.Cut(tool, " ")
	}
	if strings.HasPrefix(run, "/") {
		run = path.Base(run)
	}
	return path.Base(file) + " " + run
}

// script is what an interpreter runs, or "". A title would not do: two projects may
// share one.
func script(p *scanner.Process) string {
	if p.Script == "" {
		return ""
	}
	return " " + foldVersions(p.Script)
}

// container names the container that holds a listener, or that it is forwarded to;
// "" where there is none, or it is not known. Where several programs hold it, one of
// them may be another's.
func container(l *scanner.Listener) string {
	m := l.Manager()
	if m.Kind != supervisor.Contained && !m.Forwarded || !onePath(l.Owners) {
		return ""
	}
	switch c := &m.Container; {
	case c.Project != "" && c.Service != "":
		return c.Project + "/" + c.Service
	case c.Image != "":
		return c.Image
	default:
		return c.Name
	}
}

// unnamed reports whether a listener is a container's that has no name yet. The
// engines tell it some moments later.
func unnamed(l *scanner.Listener) bool {
	return container(l) == "" && onePath(l.Owners) &&
		(l.Manager().Place == supervisor.Contained || slices.ContainsFunc(l.Owners, forwards))
}

func forwards(p scanner.Process) bool {
	_, ok := supervisor.Forwarder(p.Name, nil)
	return ok
}

// onePath reports whether all owners run the same executable.
func onePath(owners []scanner.Process) bool {
	return !slices.ContainsFunc(owners, func(p scanner.Process) bool { return p.Path != owners[0].Path })
}

// isService reports whether a unit tells a program: a session or a scope may run
// any. Only what the cgroup tells counts: what others answer comes later, and would
// make another program of it.
func isService(l *scanner.Listener) bool { return l.Manager().Place == supervisor.Service }

func hidden(uid int, name string) string { return "hidden:" + strconv.Itoa(uid) + "/" + name }

// versions are the folders that an update names anew, with what stands for them.
var versions = []struct {
	folder *regexp.Regexp
	with   string
}{
	{regexp.MustCompile(`^(/var/lib/snapd)?/snap/([^/]+)/[^/]+/`), "$1/snap/$2/*/"},
	{regexp.MustCompile(`^/tmp/\.mount_([^/]*)[^/]{6}/`), "/tmp/.mount_$1*/"}, // AppImage, by mkdtemp(3)
	{regexp.MustCompile(`^/nix/store/[0-9a-z]{32}-([^/]*?)(-[0-9][^/]*)?/`), "/nix/store/*-$1/"},
	{regexp.MustCompile(`/v?[0-9]+(\.[0-9]+)+[^/]*/`), "/*/"},    // Homebrew, nvm, pyenv
	{regexp.MustCompile(`/_npx/[0-9a-f]{16}/`), "/_npx/*/"},      // what npx was asked for, with its version
	{regexp.MustCompile(`/([A-Za-z]+-)?[0-9a-f]{40}/`), "/$1*/"}, // a commit, as of an editor's server
}

// foldVersions puts "*" in the place of folders of versions in a path. What it gave last
// is kept: a program that listens on many ports is asked about for each.
func foldVersions(path string) string {
	if !strings.ContainsAny(path, "0123456789") && !strings.HasPrefix(path, "/tmp/.mount_") {
		return path
	}
	if last := lastFolded.Load(); last != nil && last.path == path {
		return last.folded
	}
	was := path
	for _, v := range versions {
		path = v.folder.ReplaceAllString(path, v.with)
	}
	lastFolded.Store(&foldedPath{was, path})
	return path
}

// foldedPath is a path, and what foldVersions makes of it.
type foldedPath struct{ path, folded string }

var lastFolded atomic.Pointer[foldedPath]

// Holds reports whether a program is among those that hold a listener.
func Holds(l *scanner.Listener, program string) bool { return slices.Contains(programs(l), program) }

// programs gives the identities of all holders, each once, at least one.
func programs(l *scanner.Listener) []string {
	var all []string
	if len(l.Owners) == 0 || l.Unseen > 0 {
		all = append(all, Program(l, nil))
	}
	for i := range l.Owners {
		if p := Program(l, &l.Owners[i]); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
