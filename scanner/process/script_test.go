package process

import (
	"path"
	"strings"
	"testing"
	"unsafe"
)

func TestScript(t *testing.T) {
	const shop = "/home/u/shop"
	cases := []struct {
		args string // split at "|", behind the executable
		cwd  string
		want string
	}{
		{"/usr/bin/python3.11|python3|manage.py|runserver", shop, shop + "/manage.py"},
		{"/usr/bin/python3.11|python3|manage.py|runserver", "/home/u/wiki/shop", "/home/u/wiki/shop/manage.py"},
		{"/usr/bin/python3.11|python3|manage.py|runserver", "", "manage.py"},
		{"/usr/bin/python3.11|python3|../wiki/./manage.py", shop, "/home/u/wiki/manage.py"},
		{"/usr/bin/python3.11|python3|/srv/app/main.py", shop, "/srv/app/main.py"},
		{"/usr/bin/python3|python3|-W|ignore|--|reindex.py", shop + " (deleted)", shop + "/reindex.py"},
		{"/usr/bin/python3|python3|-um|http.server|8000", shop, "-m http.server"},
		{"/usr/bin/python3|python3|-m|flask|run", shop, "-m flask"},
		{"/usr/bin/python3|python3|-uc|import x", shop, "-c"},
		{"/usr/bin/python3|/srv/.venv/bin/python|/srv/.venv/bin/uvicorn|app:app", shop, "/srv/.venv/bin/uvicorn " + shop},
		{"/usr/bin/python3|python3|/usr/bin/gunicorn|shop.wsgi", shop + " (deleted)", "/usr/bin/gunicorn " + shop},
		{"/usr/bin/python3|python3|/usr/bin/gunicorn|shop.wsgi", "", "/usr/bin/gunicorn"},
		{"/usr/bin/python3|gunicorn: master [shop.wsgi]", shop, ""},
		{"/usr/bin/python3|python3", shop, ""},
		{"/usr/bin/python3|python3|-", shop, ""},
		{"/usr/bin/python3|python3|-m", shop, ""},
		{"/usr/bin/python3|python3|-m|", shop, ""},
		{"/usr/bin/python3|python3|--|", shop, ""},
		{"python3|/usr/bin/python3|worker.py", "", "worker.py"},

		{"/usr/bin/node|node|./bin/www", shop, shop + "/bin/www"},
		{"/usr/bin/node|node|node_modules/vite/bin/vite.js", shop, shop + "/node_modules/vite/bin/vite.js"},
		{"/usr/bin/node|node|/usr/bin/npm|run|dev|--open", shop, "/usr/bin/npm run dev " + shop},
		{"/usr/bin/node|node|/tmp/npm|run|dev", shop, "/tmp/npm run dev " + shop},
		{"/usr/bin/node|node|/usr/lib/node_modules/npm/bin/npm-cli.js|start", shop, "/usr/lib/node_modules/npm/bin/npm-cli.js start " + shop},
		{"/usr/bin/node|node|/usr/bin/npx|vite|preview", shop, "/usr/bin/npx vite " + shop},
		{"/usr/bin/node|npm run dev", shop, ""},
		{"/usr/bin/node|node|--run|dev", shop, "--run dev " + shop},
		{"/usr/bin/node|node|--inspect|--require|x|-e|1", shop, "-e"},
		{"MainThread|node|tidy.js", shop, shop + "/tidy.js"},
		{"MainThread|/usr/lib/firefox/firefox|x", shop, ""},
		{"/x/electron|electron|.", shop, shop},
		{"/usr/bin/bun|bun|run|dev", shop, "run dev " + shop},
		{"/usr/bin/bun|bun|run|dev", "", "run dev"},
		{"/usr/bin/bun|bun|run|server.ts", shop, shop + "/server.ts"},
		{"/usr/bin/deno|deno|task|dev", shop, "task dev " + shop},
		{"/usr/bin/deno|deno|run|-A|relay.ts", shop, shop + "/relay.ts"},
		{"/usr/bin/deno|deno|run|-A|https://a.example/relay.ts", shop, "https://a.example/relay.ts"},

		{"/usr/bin/java|java|-Xmx1g|-jar|target/app.jar", shop, shop + "/target/app.jar"},
		{"/usr/bin/java|java|-cp|a:b|org.apache.kafka.Kafka|server.properties", "/", "org.apache.kafka.Kafka"},
		{"/usr/bin/java|java|-m|shop/shop.Main", shop, "-m shop/shop.Main"},
		{"/usr/bin/java|java|Relay.java", shop, shop + "/Relay.java"},
		{"/usr/bin/java|java|-jar", "/", ""},
		{"/usr/bin/dotnet|dotnet|exec|--depsfile|x|Relay.dll", shop, shop + "/Relay.dll"},
		{"/usr/bin/dotnet|dotnet|run|--project|x", shop, "run " + shop},

		{"/usr/bin/ruby3.1|ruby|bin/rails|server|-p|3000", shop, shop + "/bin/rails server " + shop},
		{"/usr/bin/perl|perl|-Mlib=cool|-lane|print", "", "-e"},
		{"/usr/bin/perl|spamd child", "/", ""},
		{"/usr/bin/php8.2|php|-d|x=y|-f|queue.php", shop, shop + "/queue.php"},
		{"/usr/bin/php8.2|php|-S|localhost:8000|-t|public", shop, "-S"},
		{"/usr/lib/R/bin/exec/R|R|--no-echo|--file=plumb.R|--args", shop, shop + "/plumb.R"},
		{"/usr/bin/bash|bash|-e|+x|-o|pipefail|backup.sh", shop, shop + "/backup.sh"},
		{"/usr/bin/dash|sh|-c|nc -l 1", "", "-c"},
		{"/usr/bin/bash|bash|-l", shop, ""},
		{"/usr/bin/bash|-bash", shop, ""},
		{"/usr/lib/erlang/beam.smp|beam.smp|-W|w|--|-sname|rabbit@host|-s|rabbit|boot", "/", "-s rabbit"},
		{"/usr/lib/erlang/beam.smp|beam.smp|--|-sname|rabbit@host", "/", ""},
		{"/usr/lib/erlang/beam.smp|beam.smp|--|-extra|/usr/bin/mix|phx.server", shop, "/usr/bin/mix phx.server " + shop},

		{"/usr/sbin/nginx|nginx|-c|/etc/x.conf", "/", ""},
		{"|x|y.py", "/", ""},
		{"/usr/bin/python3", "/", ""},
		{"/usr/bin/python3||", "/", ""},
	}
	for _, tc := range cases {
		words := strings.Split(tc.args, "|")
		if got := Script(words[0], words[1:], tc.cwd); got != tc.want {
			t.Errorf("%s in %q: got %q, want %q", tc.args, tc.cwd, got, tc.want)
		}
	}
}

// TestScriptIsBounded has a script that is too long, and a short one that must not keep
// all of the arguments in memory.
func TestScriptIsBounded(t *testing.T) {
	long := "/" + strings.Repeat("x", 1<<20)
	if got := Script("python3", []string{"python3", long}, ""); got != long[:maxScript] {
		t.Errorf("got %d bytes", len(got))
	}
	line := long + "/app.py"
	arg := line[len(long):]
	if got := Script("python3", []string{"python3", arg}, ""); got != "/app.py" || unsafe.StringData(got) == unsafe.StringData(arg) {
		t.Errorf("got %q, with the memory of the arguments", got)
	}
	if got := Script("python3", []string{"python3", "/a\xff\x00b"}, ""); got != "/a\xff" {
		t.Errorf("got %q", got)
	}
}

func FuzzScript(f *testing.F) {
	f.Add("/usr/bin/python3", "python3\x00-Wx\x00manage.py", "/home/u/shop")
	f.Add("MainThread", "node\x00--run\x00dev", "")
	f.Add("java", "java\x00-cp\x00a\x00a.b.Main", "/")
	f.Add("beam.smp", "beam.smp\x00-extra\x00mix\x00phx.server", "/x")
	f.Add("deno", "deno\x00run\x00https://x", "/x (deleted)")
	f.Add("bun", "bun\x00run\x00node_modules/@/..", "a/..")
	f.Add("bash", "bash\x00-lc\x00x\x00y", "/a\x00b")
	f.Fuzz(func(t *testing.T, exe, line, cwd string) {
		args := strings.Split(line, "\x00")
		got := Script(exe, args, cwd)
		if len(got) > maxScript || strings.Contains(got, "\x00") {
			t.Errorf("got %q", got)
		}
		if got != "" && (!titled(exe) || len(args) == 1) {
			t.Errorf("%q has the script %q, which is not looked for", exe, got)
		}
		if rest, relative := strings.CutPrefix(got, "./"); relative && path.IsAbs(cwd) {
			t.Errorf("%q is not absolute", rest)
		}
	})
}
