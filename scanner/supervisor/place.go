package supervisor

import (
	"strconv"
	"strings"
)

// Place is what the path of a cgroup tells. It is comparable; zero is that it
// tells nothing.
type Place struct {
	Kind      Kind
	Unit      string // as Manager has it
	User      bool   // Unit is of a user's manager
	UID       uint32 // of the user whose slice it is; 0 is root or the system
	App       string
	Packaging string
	Container Container // Engine, ID, Name, Pod and Unit
}

// Manager is who stands behind a socket that was made there, as far as the path alone
// tells it.
func (p *Place) Manager() Manager {
	return Manager{Kind: p.Kind, Place: p.Kind, Unit: p.Unit, User: p.User, App: p.App, Packaging: p.Packaging, Container: p.Container}
}

// ParseCgroup reads the path of a cgroup, such as /system.slice/ssh.service.
//
// The unit is found as systemd does it (cg_path_get_unit and
// cg_path_get_user_unit in cgroup-util.c): the first one below the slices, and
// once more in the tree of a user's manager. What is below a unit is the unit's
// own to name: a service must not pass for another by a cgroup that it makes.
// Containers are looked for at every level, and the outermost counts, which is the
// one that the host's engine knows.
func ParseCgroup(path string) Place {
	w := walk{}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || len(part) > maxName {
			continue
		}
		w.enter(part)
		w.parent, w.depth = part, w.depth+1
	}
	w.settle()
	return w.Place
}

// walk goes down a path.
type walk struct {
	Place
	parent  string
	depth   int
	settled bool // no unit of the host can follow
	inSlice bool // of a user
	manager bool // Unit is that of a user's manager
	inPods  bool
}

func (w *walk) enter(part string) {
	if w.Container.ID != "" {
		if strings.HasSuffix(part, ".service") {
			w.Container.Unit = unitName(part)
		}
		return
	}
	if !w.settled {
		w.enterUnit(part)
	}
	w.enterPod(part)
	if c, ok := parseContainer(w.parent, part); ok {
		c.Pod = w.Container.Pod
		if w.Unit == part && strings.HasSuffix(part, ".scope") {
			w.Unit, w.User = "", false
		}
		w.Container = c
	}
}

// unitName undoes what systemd does for names that the kernel has files for
// (cg_unescape).
func unitName(part string) string { return strings.TrimPrefix(part, "_") }

// enterUnit looks for the host's unit.
func (w *walk) enterUnit(part string) {
	if strings.HasSuffix(part, ".slice") {
		if uid, ok := numbered(part, "user-", ".slice"); ok && w.depth == 1 && w.parent == "user.slice" {
			w.UID, w.inSlice = uid, true
		}
		return
	}
	w.settled = true
	if uid, ok := numbered(part, "user@", ".service"); ok && w.depth == 2 && uid == w.UID && w.inSlice {
		w.Unit, w.manager, w.settled = part, true, false
		return
	}
	if isUnit(part) {
		w.Unit, w.User, w.manager = unitName(part), w.manager, false
	}
}

func isUnit(part string) bool {
	return strings.HasSuffix(part, ".service") || strings.HasSuffix(part, ".scope") || strings.HasSuffix(part, ".socket")
}

// numbered reads the number between two words.
func numbered(s, before, after string) (uint32, bool) {
	s, ok1 := strings.CutPrefix(s, before)
	s, ok2 := strings.CutSuffix(s, after)
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), ok1 && ok2 && err == nil
}

// enterPod looks for the pod: kubepods-burstable-pod<uid>.slice,
// kubepods/burstable/pod<uid>, machine-libpod_pod_<id>.slice.
func (w *walk) enterPod(part string) {
	name, _, _ := strings.Cut(part, ".slice")
	w.inPods = w.inPods || strings.HasPrefix(name, "kubepods") || strings.HasPrefix(name, "kubelet-kubepods")
	if _, id, ok := strings.Cut(name, "libpod_pod_"); ok && isID(id) {
		w.Container.Pod = id
		return
	}
	i := strings.LastIndex(name, "pod")
	if !w.inPods || i < 0 || i > 0 && name[i-1] != '-' {
		return
	}
	uid := strings.ReplaceAll(name[i+len("pod"):], "_", "-")
	if len(uid) >= 32 && len(uid) <= 36 && isHex(strings.ReplaceAll(uid, "-", "")) {
		w.Container.Pod = uid
	}
}

// settle derives the rest from what has been found.
func (w *walk) settle() {
	w.Packaging, w.App = parseApp(w.Unit)
	switch unit := w.Unit; {
	case w.Container.Engine == "qemu":
		w.Kind = Machine
	case w.Container != Container{}:
		w.Kind = Contained
	case unit == "":
	case unit == "init.scope":
		w.Kind = Systemd
	case strings.HasSuffix(unit, ".socket"):
		w.Kind = Activated
	case strings.HasPrefix(unit, "app-") || w.App != "" && strings.HasSuffix(unit, ".scope"):
		w.Kind = App
	case w.manager || strings.HasSuffix(unit, ".scope"):
		w.Kind = Session
	default:
		w.Kind = Service
	}
}

// parseApp finds the packaged application of a unit:
// snap.<snap>.<program>….service or .scope (snapd's cgroup tracking), and
// app-flatpak-<id>-<number>.scope, before without app- (flatpak-run.c; names of
// applications' units in Desktop Environment Integration of systemd).
func parseApp(unit string) (packaging, app string) {
	if rest, ok := strings.CutPrefix(unit, "snap."); ok {
		if snap, _, ok := strings.Cut(rest, "."); ok && snap != "" {
			return "snap", snap
		}
		return "", ""
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(unit, "app-"), "flatpak-")
	if end := strings.LastIndexAny(rest, "-@"); ok && end > 0 {
		return "flatpak", unescape(rest[:end])
	}
	return "", ""
}

// idPrefixes stand before the id of a container: the engines' names for its
// cgroup, and for that of the process that watches it.
func idPrefixes() [8]struct{ prefix, engine string } {
	return [...]struct{ prefix, engine string }{
		{"docker-", "docker"},
		{"libpod-conmon-", "podman"},
		{"libpod-payload-", "podman"},
		{"libpod-", "podman"},
		{"cri-containerd-", "containerd"},
		{"nerdctl-", "containerd"},
		{"crio-conmon-", "cri-o"},
		{"crio-", "cri-o"},
	}
}

// parseContainer reads one part of a path below another.
func parseContainer(parent, part string) (Container, bool) {
	name := strings.TrimSuffix(part, ".scope")
	if f := strings.Split(name, ":"); len(f) == 3 { // the systemd driver's notation, taken for a path
		name = f[1] + "-" + f[2]
	}
	if isID(name) {
		return Container{Engine: bareEngine(parent), ID: name}, true
	}
	for _, p := range idPrefixes() {
		if id, ok := strings.CutPrefix(name, p.prefix); ok && isID(id) {
			return Container{Engine: p.engine, ID: id}, true
		}
	}
	return parseNamed(parent, part)
}

// bareEngine is whose cgroup has nothing but the id for a name.
func bareEngine(parent string) string {
	switch parent {
	case "docker":
		return "docker"
	case "libpod_parent":
		return "podman"
	}
	return ""
}

// parseNamed reads the cgroups of engines that know containers and machines by
// name: lxc.payload.<name> and before /lxc/<name>, systemd-nspawn@<name>.service,
// machine-<name>.scope (systemd-machined).
func parseNamed(parent, part string) (Container, bool) {
	if name, ok := strings.CutPrefix(part, "lxc.payload."); ok {
		return named("lxc", name)
	}
	if parent == "lxc" || parent == "lxc.payload" {
		return named("lxc", part)
	}
	if name, ok := between(part, "systemd-nspawn@", ".service"); ok {
		return named("systemd-nspawn", unescape(name))
	}
	if name, ok := between(part, "machine-", ".scope"); ok {
		return parseMachine(unescape(name))
	}
	return Container{}, false
}

// parseMachine reads the name that a machine is registered by: libvirt puts its
// driver and a number before it (virDomainGenerateMachineName).
func parseMachine(name string) (Container, bool) {
	for _, driver := range [...]string{"qemu", "lxc"} {
		rest, ok := strings.CutPrefix(name, driver+"-")
		if number, domain, cut := strings.Cut(rest, "-"); ok && cut && strings.Trim(number, "0123456789") == "" {
			return named(driver, domain)
		}
	}
	return named("systemd-nspawn", name)
}

func named(engine, name string) (Container, bool) {
	return Container{Engine: engine, ID: name, Name: name}, name != ""
}

func between(s, before, after string) (string, bool) {
	s, ok1 := strings.CutPrefix(s, before)
	s, ok2 := strings.CutSuffix(s, after)
	return s, ok1 && ok2
}

// unescape undoes the \x2d of names within names of units (systemd.unit(5)).
func unescape(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	b := make([]byte, 0, len(s))
	for len(s) > 0 {
		if len(s) >= 4 && s[:2] == `\x` {
			if c, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
				b, s = append(b, byte(c)), s[4:]
				continue
			}
		}
		b, s = append(b, s[0]), s[1:]
	}
	return string(b)
}
