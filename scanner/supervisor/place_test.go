package supervisor

import (
	"strings"
	"testing"
)

var (
	id1 = strings.Repeat("0123456789abcdef", 4)
	id2 = strings.Repeat("fedcba9876543210", 4)
)

const userTree = "/user.slice/user-1000.slice/user@1000.service"

func TestParseCgroupUnits(t *testing.T) {
	cases := map[string]Place{
		"":                              {},
		"/":                             {},
		"///":                           {},
		"/system.slice":                 {},
		"/system.slice/ssh.service":     {Kind: Service, Unit: "ssh.service"},
		"/system.slice/ssh.socket":      {Kind: Activated, Unit: "ssh.socket"},
		"/system.slice/_cpu.service":    {Kind: Service, Unit: "cpu.service"},
		"/init.scope":                   {Kind: Systemd, Unit: "init.scope"},
		"/ssh.service":                  {Kind: Service, Unit: "ssh.service"},
		"/system.slice/a.slice/b.mount": {},
		`/system.slice/system-foo\x2dbar.slice/foo\x2dbar@1:2.service`: {Kind: Service, Unit: `foo\x2dbar@1:2.service`},
		"/system.slice/a.service/ssh.service":                          {Kind: Service, Unit: "a.service"},
		"/system.slice/a.service/init.scope":                           {Kind: Service, Unit: "a.service"},
		"/system.slice/a.service/user.slice/user-0.slice":              {Kind: Service, Unit: "a.service"},
		"/other/ssh.service":                                           {},
		"/user.slice/user-1000.slice/session-3.scope":                  {Kind: Session, Unit: "session-3.scope", UID: 1000},
		"/user.slice/user-0.slice/session-c1.scope":                    {Kind: Session, Unit: "session-c1.scope"},
		userTree:                 {Kind: Session, Unit: "user@1000.service", UID: 1000},
		userTree + "/what":       {Kind: Session, Unit: "user@1000.service", UID: 1000},
		userTree + "/init.scope": {Kind: Systemd, Unit: "init.scope", User: true, UID: 1000},
		userTree + "/app.slice/syncthing.service":                                {Kind: Service, Unit: "syncthing.service", User: true, UID: 1000},
		userTree + "/app.slice/a.socket":                                         {Kind: Activated, Unit: "a.socket", User: true, UID: 1000},
		userTree + "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1-2.scope": {Kind: Session, Unit: "vte-spawn-1-2.scope", User: true, UID: 1000},
		userTree + "/app.slice/app-gnome-firefox-12.scope/ssh.service":           {Kind: App, Unit: "app-gnome-firefox-12.scope", User: true, UID: 1000},
		userTree + "/app.slice/app-a@autostart.service":                          {Kind: App, Unit: "app-a@autostart.service", User: true, UID: 1000},
		userTree + "/user.slice/user-7.slice/user@7.service/a.service":           {Kind: Service, Unit: "user@7.service", User: true, UID: 1000},
		"/user.slice/user-1000.slice/user@0.service/ssh.service":                 {Kind: Service, Unit: "user@0.service", UID: 1000},
		"/system.slice/x.slice/user@0.service/ssh.service":                       {Kind: Service, Unit: "user@0.service"},
		"/user.slice/user-99999999999.slice/session-1.scope":                     {Kind: Session, Unit: "session-1.scope"},
	}
	checkPlaces(t, cases)
}

func checkPlaces(t *testing.T, cases map[string]Place) {
	t.Helper()
	for path, want := range cases {
		if got := ParseCgroup(path); got != want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", path, got, want)
		}
	}
}

func TestParseCgroupApps(t *testing.T) {
	checkPlaces(t, map[string]Place{
		"/system.slice/snap.lxd.daemon.service":                            {Kind: Service, Unit: "snap.lxd.daemon.service", App: "lxd", Packaging: "snap"},
		userTree + "/app.slice/snap.firefox.firefox-0a1b.scope":            {Kind: App, Unit: "snap.firefox.firefox-0a1b.scope", User: true, UID: 1000, App: "firefox", Packaging: "snap"},
		userTree + "/app.slice/app-flatpak-org.mozilla.firefox-1234.scope": {Kind: App, Unit: "app-flatpak-org.mozilla.firefox-1234.scope", User: true, UID: 1000, App: "org.mozilla.firefox", Packaging: "flatpak"},
		userTree + `/app.slice/app-flatpak-org.a\x2db.C-1.scope`:           {Kind: App, Unit: `app-flatpak-org.a\x2db.C-1.scope`, User: true, UID: 1000, App: "org.a-b.C", Packaging: "flatpak"},
		userTree + "/flatpak-org.a.B-1.scope":                              {Kind: App, Unit: "flatpak-org.a.B-1.scope", User: true, UID: 1000, App: "org.a.B", Packaging: "flatpak"},
		userTree + "/app.slice/app-flatpak-.scope":                         {Kind: App, Unit: "app-flatpak-.scope", User: true, UID: 1000},
		"/system.slice/snap.service":                                       {Kind: Service, Unit: "snap.service"},
		"/system.slice/snap..service":                                      {Kind: Service, Unit: "snap..service"},
	})
}

func TestParseCgroupContainers(t *testing.T) {
	const pod = "0f0f0f0f-1234-5678-9abc-def012345678"
	under := strings.ReplaceAll(pod, "-", "_")
	contained := func(engine, id, pod string) Place {
		return Place{Kind: Contained, Container: Container{Engine: engine, ID: id, Pod: pod}}
	}
	rootless := contained("podman", id1, "")
	rootless.UID = 1000
	quadlet := contained("podman", id1, "")
	quadlet.Unit = "web.service"
	inner := contained("docker", id1, "")
	inner.Container.Unit = "nginx.service"
	agent := contained("containerd", id1, pod)
	agent.Unit = "containerd.service"
	checkPlaces(t, map[string]Place{
		"/system.slice/docker-" + id1 + ".scope":                                       contained("docker", id1, ""),
		"/docker/" + id1:                                                               contained("docker", id1, ""),
		"/docker/" + id1 + "/docker/" + id2:                                            contained("docker", id1, ""),
		"/system.slice/docker-" + id1 + ".scope/system.slice/nginx.service":            inner,
		"/machine.slice/libpod-" + id1 + ".scope/container":                            contained("podman", id1, ""),
		"/machine.slice/libpod-conmon-" + id1 + ".scope":                               contained("podman", id1, ""),
		"/machine.slice/machine-libpod_pod_" + id2 + ".slice/libpod-" + id1 + ".scope": contained("podman", id1, id2),
		userTree + "/user.slice/libpod-" + id1 + ".scope/container":                    rootless,
		"/system.slice/web.service/libpod-payload-" + id1:                              quadlet,
		"/libpod_parent/libpod-" + id1:                                                 contained("podman", id1, ""),
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + under + ".slice/cri-containerd-" + id1 + ".scope": contained("containerd", id1, pod),
		"/kubepods.slice/kubepods-pod" + under + ".slice/crio-" + id1 + ".scope":                                              contained("cri-o", id1, pod),
		"/kubepods/besteffort/pod" + pod + "/" + id1:                                                                          contained("", id1, pod),
		"/system.slice/containerd.service/kubepods-besteffort-pod" + under + ".slice:cri-containerd:" + id1:                   agent,
		"/kubepods.slice/kubepods-pod" + under + ".slice":                                                                     {Kind: Contained, Container: Container{Pod: pod}},
		"/kubepods.slice/kubepods-podshort.slice":                                                                             {},
		"/system.slice/nerdctl-" + id1 + ".scope":                                                                             contained("containerd", id1, ""),
		"/default/" + id1: contained("", id1, ""),
		"/system.slice/docker-" + id1[1:] + ".scope":              {Kind: Session, Unit: "docker-" + id1[1:] + ".scope"},
		"/system.slice/docker-" + strings.ToUpper(id1) + ".scope": {Kind: Session, Unit: "docker-" + strings.ToUpper(id1) + ".scope"},
	})
}

func TestParseCgroupMachines(t *testing.T) {
	place := func(kind Kind, unit, engine, name, inner string) Place {
		return Place{Kind: kind, Unit: unit, Container: Container{Engine: engine, ID: name, Name: name, Unit: inner}}
	}
	checkPlaces(t, map[string]Place{
		"/lxc.payload.web": place(Contained, "", "lxc", "web", ""),
		"/lxc.payload.web/system.slice/nginx.service": place(Contained, "", "lxc", "web", "nginx.service"),
		"/lxc.payload/web":                            place(Contained, "", "lxc", "web", ""),
		"/lxc/web":                                    place(Contained, "", "lxc", "web", ""),
		"/lxc.monitor.web":                            {},
		"/lxc.payload.":                               {},
		`/machine.slice/machine-qemu\x2d1\x2ddeb\x2dian.scope/libvirt/emulator`:        place(Machine, "", "qemu", "deb-ian", ""),
		`/machine.slice/machine-lxc\x2d12\x2da.scope`:                                  place(Contained, "", "lxc", "a", ""),
		`/machine.slice/machine-web.scope/payload/system.slice/a.service`:              place(Contained, "", "systemd-nspawn", "web", "a.service"),
		"/machine.slice/systemd-nspawn@web.service/payload/system.slice/nginx.service": place(Contained, "systemd-nspawn@web.service", "systemd-nspawn", "web", "nginx.service"),
		"/machine.slice/machine-.scope":                                                {Kind: Session, Unit: "machine-.scope"},
	})
}

func TestParseCgroupHostile(t *testing.T) {
	long := strings.Repeat("x", 300) + ".service"
	checkPlaces(t, map[string]Place{
		"/system.slice/" + long:                          {},
		"/system.slice/\xff\x1b[2J\u202e.service":        {Kind: Service, Unit: "\xff\x1b[2J\u202e.service"},
		`/system.slice/a\x1b\xZZ\x.service`:              {Kind: Service, Unit: `a\x1b\xZZ\x.service`},
		`/lxc.payload.\x2d`:                              {Kind: Contained, Container: Container{Engine: "lxc", ID: `\x2d`, Name: `\x2d`}},
		"/../../system.slice/ssh.service":                {},
		"/system.slice/ssh.service/../x.service":         {Kind: Service, Unit: "ssh.service"},
		"/machine.slice/machine-" + `a\x00\xff.scope`:    {Kind: Contained, Container: Container{Engine: "systemd-nspawn", ID: "a\x00\xff", Name: "a\x00\xff"}},
		strings.Repeat("/a.slice", 10000) + "/b.service": {Kind: Service, Unit: "b.service"},
	})
}

func TestKindString(t *testing.T) {
	seen := map[string]bool{}
	for k := Unknown; k <= Machine; k++ {
		if seen[k.String()] {
			t.Errorf("%d: %s again", k, k)
		}
		seen[k.String()] = true
	}
	if got := Kind(200).String(); got != "unknown" {
		t.Errorf("got %s", got)
	}
}

func TestLabel(t *testing.T) {
	for want, c := range map[string]Container{
		"web": {Name: "web", ID: id1}, id1[:12]: {ID: id1, Pod: "p"}, "deb": {ID: "deb"}, "p": {Pod: "p"}, "": {},
	} {
		if got := c.Label(); got != want {
			t.Errorf("%+v: got %q, want %q", c, got, want)
		}
	}
}

func TestBound(t *testing.T) {
	for s, want := range map[string]int{
		"":                                  0,
		strings.Repeat("a", 255):            255,
		strings.Repeat("a", 256):            255,
		strings.Repeat("a", 254) + "\u00e9": 254,
		strings.Repeat("\x80", 300):         251,
	} {
		if got := bound(s); len(got) != want || !strings.HasPrefix(s, got) {
			t.Errorf("%q: got %d bytes, want %d", s, len(got), want)
		}
	}
}

func FuzzParseCgroup(f *testing.F) {
	for _, s := range []string{
		"/system.slice/ssh.service", userTree + "/app.slice/app-flatpak-a.b-1.scope", "/system.slice/docker-" + id1 + ".scope/a.service",
		"/kubepods/besteffort/pod0f0f0f0f-1234-5678-9abc-def012345678/" + id1, `/machine-qemu\x2d1\x2da.scope`, "/lxc/a/b", "/snap.a.b.service",
		"/a.service/kubepods-pod0f0f0f0f_1234_5678_9abc_def012345678.slice:cri-containerd:" + id1,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		p := ParseCgroup(path)
		for _, s := range []string{p.Unit, p.App, p.Container.ID, p.Container.Name, p.Container.Pod, p.Container.Unit} {
			if len(s) > maxName {
				t.Errorf("%d bytes: %q", len(s), s)
			}
		}
		if (p.Kind == Unknown) != (p.Unit == "" && p.Container == Container{}) {
			t.Errorf("%q became %+v", path, p)
		}
		if p.User && (p.Unit == "" || !strings.Contains(path, "user@")) || p.Unit != "" && !strings.Contains(path, p.Unit) {
			t.Errorf("%q became %+v", path, p)
		}
		if (p.Container.Label() == "") != (p.Container == Container{}) {
			t.Errorf("%q became %+v, which has no label", path, p)
		}
		if again := ParseCgroup("/" + path + "/"); again != p {
			t.Errorf("%q became %+v, with slashes %+v", path, p, again)
		}
	})
}
