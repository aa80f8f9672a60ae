package alerts

import (
	"strings"
	"testing"
	"time"

	"portlight/scanner"
	"portlight/scanner/scannertest"
	"portlight/scanner/supervisor"
)

// TestUpdateIsNoOtherProgram: what an update changes in a path stands in no identity.
func TestUpdateIsNoOtherProgram(t *testing.T) {
	commit := strings.Repeat("0af3", 10)
	for path, want := range map[string]string{
		"/usr/sbin/nginx":                                                      "/usr/sbin/nginx",
		"/usr/bin/python3.11":                                                  "/usr/bin/python3.11",
		"/usr/lib/postgresql/15/bin/postgres":                                  "/usr/lib/postgresql/15/bin/postgres",
		"/opt/homebrew/Cellar/nginx/1.27.0_1/bin/nginx":                        "/opt/homebrew/Cellar/nginx/*/bin/nginx",
		"/home/u/.nvm/versions/node/v20.1.0/bin/node":                          "/home/u/.nvm/versions/node/*/bin/node",
		"/snap/firefox/4173/usr/lib/firefox/firefox":                           "/snap/firefox/*/usr/lib/firefox/firefox",
		"/var/lib/snapd/snap/lxd/24322/bin/lxd":                                "/var/lib/snapd/snap/lxd/*/bin/lxd",
		"/tmp/.mount_ObsidiaBcDeF/obsidian":                                    "/tmp/.mount_Obsidi*/obsidian",
		"/tmp/.mount_x/obsidian":                                               "/tmp/.mount_x/obsidian",
		"/nix/store/" + strings.Repeat("a1", 16) + "-nginx-1.27.0/bin/nginx":   "/nix/store/*-nginx/bin/nginx",
		"/home/u/.vscode-server/bin/" + commit + "/node":                       "/home/u/.vscode-server/bin/*/node",
		"/home/u/.vscode-server/cli/servers/Stable-" + commit + "/server/node": "/home/u/.vscode-server/cli/servers/Stable-*/server/node",
	} {
		l := scanner.Listener{Owners: []scanner.Process{{Path: path}}}
		if got := Program(&l, &l.Owners[0]); got != "exe:"+want {
			t.Errorf("%s is %s", path, got)
		}
	}
}

// TestScriptIsTheProgram: an interpreter is as many programs as it runs, and none more
// after an update.
func TestScriptIsTheProgram(t *testing.T) {
	const npx = "/home/u/.npm/_npx/a841d10d4b6ad40e/node_modules/.bin/vite"
	for _, c := range []struct {
		path, script, want string
	}{
		{"/usr/bin/python3.11", "/home/u/shop/manage.py", "/usr/bin/python3.11 /home/u/shop/manage.py"},
		{"/usr/bin/python3.11", "/home/u/a/shop/manage.py", "/usr/bin/python3.11 /home/u/a/shop/manage.py"},
		{"/usr/bin/node", npx, "/usr/bin/node /home/u/.npm/_npx/*/node_modules/.bin/vite"},
		{"/usr/bin/node", "/home/u/shop/_npx/index.js", "/usr/bin/node /home/u/shop/_npx/index.js"},
		{"/home/u/.nvm/versions/node/v20.1.0/bin/node", "/home/u/.nvm/versions/node/v20.1.0/bin/npm run dev /home/u/shop",
			"/home/u/.nvm/versions/node/*/bin/node /home/u/.nvm/versions/node/*/bin/npm run dev /home/u/shop"},
		{"/snap/node/9/bin/node", "/snap/shop/7/server.js", "/snap/node/*/bin/node /snap/shop/*/server.js"},
		{"/usr/bin/python3", "-m http.server", "/usr/bin/python3 -m http.server"},
	} {
		l := scanner.Listener{Owners: []scanner.Process{{Path: c.path, Script: c.script, Title: "the same"}}}
		if got := Program(&l, &l.Owners[0]); got != "exe:"+c.want {
			t.Errorf("%s %s is %s", c.path, c.script, got)
		}
	}
}

func TestContainerIsTheProgram(t *testing.T) {
	proxy := []scanner.Process{{Name: "docker-proxy", Path: "/usr/bin/docker-proxy"}}
	two := append([]scanner.Process{{Name: "nc", Path: "/usr/bin/nc"}}, proxy...)
	web := supervisor.Container{ID: "ab", Name: "shop-web-1", Image: "nginx:1.27", Project: "shop", Service: "web"}
	plain := web
	plain.Project, plain.Service = "", ""
	for name, c := range map[string]struct {
		owners  []scanner.Process
		m       supervisor.Manager
		want    string
		unnamed bool
	}{
		"of a project":   {proxy, supervisor.Manager{Kind: supervisor.Contained, Container: web, Forwarded: true}, "container:shop/web", false},
		"by its image":   {nil, supervisor.Manager{Kind: supervisor.Contained, Container: plain}, "container:nginx:1.27", false},
		"by its name":    {nil, supervisor.Manager{Kind: supervisor.Contained, Container: supervisor.Container{Name: "db"}}, "container:db", false},
		"not known yet":  {proxy, supervisor.Manager{}, "exe:/usr/bin/docker-proxy", true},
		"its id only":    {nil, supervisor.Manager{Kind: supervisor.Contained, Place: supervisor.Contained, Container: supervisor.Container{ID: "ab"}}, "hidden:0/", true},
		"beside another": {two, supervisor.Manager{Kind: supervisor.Contained, Container: web, Forwarded: true}, "exe:/usr/bin/nc", false},
		"no container's": {[]scanner.Process{{Name: "sshd", Path: "/usr/sbin/sshd"}}, supervisor.Manager{}, "exe:/usr/sbin/sshd", false},
		"a script":       {[]scanner.Process{{Name: "python3", Path: "/usr/bin/python3", Title: "x", Script: "/srv/shop/manage.py"}}, supervisor.Manager{}, "exe:/usr/bin/python3 /srv/shop/manage.py", false},
		"what it wrote":  {[]scanner.Process{{Name: "python3", Path: "/usr/bin/python3", Title: "python3 manage.py (shop)"}}, supervisor.Manager{}, "exe:/usr/bin/python3", false},
	} {
		l := scanner.Listener{Owners: c.owners, Behind: &c.m}
		if got := programs(&l)[0]; got != c.want || unnamed(&l) != c.unnamed {
			t.Errorf("%s: %s, unnamed %v", name, got, unnamed(&l))
		}
	}
}

// TestContainerIsNamedLater: a forwarder's listener waits for the name of its
// container, and is known by that one. One that gets it later still is no news.
func TestContainerIsNamedLater(t *testing.T) {
	j, now := NewJudge(1000), time.Unix(100, 0)
	plain := scannertest.Listener(t, "tcp 0.0.0.0:8080 docker-proxy:7")
	named := plain
	named.Behind = &supervisor.Manager{Kind: supervisor.Contained, Forwarded: true, Container: supervisor.Container{Name: "web", Image: "nginx:1.27"}}
	if js := j.Tick([]scanner.Event{{Op: scanner.Opened, Time: now, Listener: plain}}); len(js) > 0 {
		t.Fatalf("told before it has a name: %+v", js)
	}
	j.Renew(&scanner.Snapshot{Time: now.Add(time.Second), Listeners: []scanner.Listener{named}}, nil) // its name is no event
	js, _ := j.Due(now.Add(SettleTime))
	if len(js) != 1 || js[0].Verdict != New || js[0].Program != "container:nginx:1.27" {
		t.Fatalf("judged: %+v", js)
	}
	again := j.Tick([]scanner.Event{{Op: scanner.Opened, Time: now.Add(time.Hour), Listener: named}})
	if len(again) != 1 || again[0].Verdict != Known {
		t.Errorf("again: %+v", again)
	}
	other := scannertest.Listener(t, "tcp 0.0.0.0:9090 docker-proxy:8")
	j.Tick([]scanner.Event{{Op: scanner.Opened, Time: now.Add(2 * time.Hour), Listener: other}})
	if js, _ := j.Due(now.Add(2*time.Hour + SettleTime)); len(js) != 1 || js[0].Verdict != New {
		t.Fatalf("without a name: %+v", js)
	}
	late := other
	late.Behind = named.Behind
	j.Renew(&scanner.Snapshot{Time: now.Add(3 * time.Hour), Listeners: []scanner.Listener{late}}, nil)
	if due, _ := j.Due(now.Add(4 * time.Hour)); len(due) > 0 {
		t.Errorf("named later: %+v", due)
	}
	js = j.Tick([]scanner.Event{{Op: scanner.Opened, Time: now.Add(5 * time.Hour), Listener: late}})
	if len(js) != 1 || js[0].Verdict != Known || js[0].Program != "container:nginx:1.27" {
		t.Errorf("opened again: %+v", js)
	}
}

func TestNameOfIdentity(t *testing.T) {
	for identity, want := range map[string]string{
		"exe:/usr/sbin/nginx":                                 "nginx",
		"exe:/opt/My App/my app":                              "my app",
		"exe:/usr/bin/python3.11 /srv/shop/manage.py":         "python3.11 manage.py",
		"exe:/usr/bin/python3.11 -m http.server":              "python3.11 -m http.server",
		"exe:/usr/bin/node /usr/bin/npm run dev /home/u/shop": "node npm",
		"exe:/usr/bin/python3.11 /srv/my app/x.py":            "python3.11 x.py",
		"exe:": ".",
	} {
		if got := Name(identity); got != want {
			t.Errorf("%q is %q", identity, got)
		}
	}
}
