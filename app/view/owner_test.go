package view

import (
	"net/netip"
	"strings"
	"testing"

	"portlight/scanner"
	"portlight/scanner/supervisor"
	"portlight/services"
)

func TestProgram(t *testing.T) {
	web := supervisor.Container{Engine: "docker", ID: strings.Repeat("ab", 32), Name: "shop-web-1", Image: "nginx:1.27", Project: "shop"}
	anonymous := supervisor.Container{Engine: "podman", ID: strings.Repeat("cd", 32)}
	target := netip.MustParseAddrPort("172.17.0.2:80")
	for _, c := range []struct {
		name                     string
		owners                   string
		title                    string
		m                        supervisor.Manager
		program, unit, container string
	}{
		{"plain", "nginx", "", supervisor.Manager{Kind: supervisor.Service, Unit: "nginx.service"}, "nginx", "nginx.service", ""},
		{"title", "python3.11", "python3 manage.py", supervisor.Manager{}, "python3 manage.py", "", ""},
		{"hidden service", "", "", supervisor.Manager{Kind: supervisor.Service, Unit: "smbd.service"}, "smbd.service (hidden)", "smbd.service", ""},
		{"user's service", "", "", supervisor.Manager{Kind: supervisor.Service, Unit: "syncthing.service", User: true}, "syncthing.service (hidden)", "syncthing.service (user)", ""},
		{"a session tells no program", "", "", supervisor.Manager{Kind: supervisor.Session, Unit: "session-3.scope"}, "hidden (root)", "session-3.scope", ""},
		{"activated", "systemd", "", supervisor.Manager{Kind: supervisor.Activated, By: "systemd", Unit: "ssh.socket", Starts: "ssh.service"},
			"systemd for ssh.service", "ssh.socket: systemd listens, ssh.service starts on connection", ""},
		{"activated, hidden", "", "", supervisor.Manager{Kind: supervisor.Activated, By: "systemd", Unit: "ssh.socket", Starts: "ssh@.service"},
			"ssh.socket (hidden)", "ssh.socket: systemd listens, ssh@.service starts on connection", ""},
		{"app", "firefox", "", supervisor.Manager{Kind: supervisor.App, App: "firefox", Packaging: "snap", Unit: "snap.firefox.firefox-1.scope"}, "firefox", "snap firefox", ""},
		{"app, hidden", "", "", supervisor.Manager{Kind: supervisor.App, App: "org.mozilla.firefox", Packaging: "flatpak", Unit: "app-flatpak-org.mozilla.firefox-7.scope"},
			"org.mozilla.firefox (hidden)", "flatpak org.mozilla.firefox", ""},
		{"a package's service, hidden", "", "", supervisor.Manager{Kind: supervisor.Service, App: "cups", Packaging: "snap", Unit: "snap.cups.cupsd.service"}, "cups (hidden)", "snap cups", ""},
		{"an app of the desktop could be any program", "", "", supervisor.Manager{Kind: supervisor.App, App: "terminal", Unit: "app-gnome-terminal-7.scope"}, "hidden (root)", "terminal", ""},
		{"forwarder", "docker-proxy", "", supervisor.Manager{Kind: supervisor.Contained, Container: web, Forwarded: true, Target: target},
			"docker-proxy → shop-web-1", "", "shop-web-1, docker, image nginx:1.27, project shop, at 172.17.0.2:80"},
		{"a Mac's", "launchd", "", supervisor.Manager{Kind: supervisor.Activated, By: "launchd", Unit: "com.openssh.sshd", Starts: "sshd-keygen-wrapper"},
			"launchd for sshd-keygen-wrapper", "com.openssh.sshd: launchd listens, sshd-keygen-wrapper starts on connection", ""},
		{"a user's socket", "", "", supervisor.Manager{Kind: supervisor.Activated, By: "systemd", User: true, Unit: "x.socket", Starts: "x.service"},
			"x.socket (hidden)", "x.socket (user): systemd listens, x.service starts on connection", ""},
		{"forwarder to somewhere", "docker-proxy", "", supervisor.Manager{Kind: supervisor.Service, Unit: "docker.service", Forwarded: true, Target: target},
			"docker-proxy → 172.17.0.2:80", "docker.service", "at 172.17.0.2:80"},
		{"hidden forwarder", "", "", supervisor.Manager{Kind: supervisor.Contained, Container: web, Forwarded: true}, "shop-web-1 (hidden)", "", "shop-web-1, docker, image nginx:1.27, project shop"},
		{"inside", "nginx", "", supervisor.Manager{Kind: supervisor.Contained, Container: anonymous}, "nginx in cdcdcdcdcdcd", "", "cdcdcdcdcdcd, podman"},
		{"hostile", "", "", supervisor.Manager{Kind: supervisor.Service, Unit: "a\x1b[31m\u202e.service"}, "a\ufffd[31m\ufffd.service (hidden)", "a\ufffd[31m\ufffd.service", ""},
	} {
		l := at(scanner.TCP, "0.0.0.0", 80, strings.Fields(c.owners)...)
		l.Behind = &c.m
		if c.title != "" {
			l.Owners[0].Title = c.title
		}
		r := NewRow(l, Facts{Names: names})
		if container := ContainerWords(l.Manager()); r.Program != c.program || r.Unit != c.unit || container != c.container {
			t.Errorf("%s: %q, %q, %q, want %q, %q, %q", c.name, r.Program, r.Unit, container, c.program, c.unit, c.container)
		}
	}
}

// TestProgramInside names the container unless the namespace does, as another container
// of a pod.
func TestProgramInside(t *testing.T) {
	web := supervisor.Manager{Kind: supervisor.Contained, Container: supervisor.Container{Engine: "docker", ID: strings.Repeat("ab", 32)}}
	for _, c := range []struct{ namespace, owners, want string }{
		{"container abababababab", "nginx", "nginx"},
		{"container abababababab", "", "hidden (root)"},
		{"container cdcdcdcdcdcd", "nginx", "nginx in abababababab"},
		{"container cdcdcdcdcdcd", "", "abababababab (hidden)"},
		{"", "nginx", "nginx in abababababab"},
	} {
		l := at(scanner.TCP, "0.0.0.0", 80, strings.Fields(c.owners)...)
		l.Namespace, l.Behind = c.namespace, &web
		if got := Program(&l); got != c.want {
			t.Errorf("in %q, held by %q: %q, want %q", c.namespace, c.owners, got, c.want)
		}
		if j := NewListenerJSON(NewRow(l, Facts{Names: names})); j.Container == nil || j.Container.ID != web.Container.ID {
			t.Errorf("in %q: JSON has the container %+v", c.namespace, j.Container)
		}
	}
}

// TestUnusualProgramByItsTitle calls the program the same in the row and in the
// sentence.
func TestUnusualProgramByItsTitle(t *testing.T) {
	table := services.Open("/nonexistent")
	for title, want := range map[string]string{
		"":                             "but python3.11 holds it",
		"python3 -m http.server (www)": "but python3 -m http.server (www) holds it",
		"sshd":                         "but sshd, run by python3.11, holds it",
	} {
		l := at(scanner.TCP, "0.0.0.0", 22, "python3.11")
		l.Owners[0].Title = title
		row := NewRow(l, Facts{Names: table})
		if !strings.HasSuffix(row.Mismatch, want) || title != "" && row.Program != title {
			t.Errorf("%s: row %q, sentence %q", title, row.Program, row.Mismatch)
		}
	}
}

func TestUnusualProgram(t *testing.T) {
	table := services.Open("/nonexistent")
	odd := NewRow(at(scanner.TCP, "0.0.0.0", 22, "nc"), Facts{Names: table})
	if !strings.HasSuffix(odd.Label(), " — nc (unusual)") || !strings.Contains(odd.Mismatch, "but nc holds it") {
		t.Errorf("label %q, mismatch %q", odd.Label(), odd.Mismatch)
	}
	usual := NewRow(at(scanner.TCP, "0.0.0.0", 22, "sshd"), Facts{Names: table})
	if usual.Label() != "22  ssh — sshd" || usual.Mismatch != "" {
		t.Errorf("label %q, mismatch %q", usual.Label(), usual.Mismatch)
	}
}
