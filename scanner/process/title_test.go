package process

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTitle(t *testing.T) {
	const shop = "/home/u/shop"
	cases := []struct {
		args string // split at "|", behind the executable
		cwd  string
		want string
	}{
		{"/usr/bin/python3.11|python3|manage.py|runserver", "", "python3 manage.py"},
		{"/usr/bin/python3.11|python3|manage.py|runserver", shop, "python3 manage.py (shop)"},
		{"/usr/bin/python3.11|python3|/home/u/shop/src/main.py", "/home/u", "python3 main.py (shop)"},
		{"/usr/bin/python3.11|python3|/home/u/main.py", "/home/u", "python3 main.py"},
		{"/usr/bin/python3|python3|-m|http.server|8000", shop, "python3 -m http.server (shop)"},
		{"/usr/bin/python3|python3|-m|http.server|8000", "/home/u/shop/dist", "python3 -m http.server (shop)"},
		{"/usr/bin/python3|python3|-m|http.server|8000", "/home/u", "python3 -m http.server"},
		{"/usr/bin/python3|python3|-m|http.server|8000", "/", "python3 -m http.server"},
		{"/usr/bin/python3|python3|-m|http.server|8000", "/tmp", "python3 -m http.server"},
		{"/usr/bin/python3|python3|-m|http.server|8000", "/tmp/report", "python3 -m http.server (report)"},
		{"/usr/bin/python3|python3|-m|http.server|-d|/srv/pages", shop, "python3 -m http.server (pages)"},
		{"/usr/bin/python3|python3|-m|http.server|--directory=../wiki", shop, "python3 -m http.server (wiki)"},
		{"/usr/bin/python3|python3|-m|http.server|--directory", shop, "python3 -m http.server (shop)"},
		{"/usr/bin/python3|python3|-m|shop.worker|-d|x", shop, "python3 -m shop.worker (shop)"},
		{"/usr/bin/python3|python3|relay.py", shop, "python3 relay.py (shop)"},
		{"/usr/bin/python3|python3|./scripts/relay.py", shop, "python3 relay.py (shop)"},
		{"/usr/bin/python3|python3|wiki/relay.py", "/home/u", "python3 relay.py (wiki)"},
		{"/usr/bin/python3|python3|relay.py", "/home/u", "python3 relay.py"},
		{"/usr/bin/python3|python3|relay.py", "/var/tmp", "python3 relay.py"},
		{"/usr/bin/python3|python3|/srv/shop/relay.py", "/home/u/wiki", "python3 relay.py"},
		{"/usr/bin/node|node|--run|dev", shop, "node --run dev (shop)"},
		{"/usr/bin/python3|python3|-um|http.server", "", "python3 -m http.server"},
		{"/usr/bin/python3|python3|-mflask|run", shop, "flask (shop)"},
		{"/usr/bin/python3|/usr/bin/python3|/usr/bin/supervisord|-n", shop, "supervisord"},
		{"/usr/bin/python3|python3|/opt/tool/bin/mailer.py", "/", "mailer.py"},
		{"/usr/bin/python3.13t|python3|-W|ignore|-X|dev|reindex.py|x", "", "python3 reindex.py"},
		{"/usr/bin/python3|python3|-Wignore|-IX|dev|--check-hash-based-pycs|never|reindex.py", "", "python3 reindex.py"},
		{"/usr/bin/python3|python3|-uc|import x", shop, "python3 -c (shop)"},
		{"/usr/bin/python3|python3|-c|import x", "", "python3 -c"},
		{"/usr/bin/python3|/home/u/shop/.venv/bin/python|/home/u/shop/.venv/bin/uvicorn|app:app", shop, "uvicorn (shop)"},
		{"/usr/bin/python3|gunicorn: master [shop.wsgi]", shop, "gunicorn: master [shop.wsgi]"},
		{"/usr/bin/python3|python3", shop, ""},
		{"/usr/bin/python3|python3|-", shop, ""},
		{"/usr/bin/python3|python3|-m", shop, ""},
		{"/usr/bin/python3|python3|-i", shop, ""},
		{"/Library/Python.app/Contents/MacOS/Python|Python|app.py", "/Users/u/shop", "python app.py (shop)"},
		{"python3|/usr/bin/python3|worker.py", "", "python3 worker.py"},
		{"/usr/bin/python3|/usr/bin/python3|/usr/bin/celery|-A|shop|worker", shop + " (deleted)", "celery (shop)"},

		{"/usr/bin/node|node|/home/u/shop/server.js", "/home/u", "node server.js (shop)"},
		{"/usr/bin/node|node|server.js", shop + "/dist", "node server.js (shop)"},
		{"/usr/bin/nodejs|node|server.js", "/app", "node server.js"},
		{"/usr/bin/node|node|.output/server/index.mjs", shop, "node index.mjs (shop)"},
		{"/usr/bin/node|node|./bin/www", shop, "node www (shop)"},
		{"/usr/bin/node|node|/home/u/shop/node_modules/.bin/vite|--port|1", "/", "vite (shop)"},
		{"/usr/bin/node|node|node_modules/vite/bin/vite.js", shop, "vite (shop)"},
		{"/usr/bin/node|node|/home/u/shop/node_modules/react-scripts/scripts/start.js", shop, "react-scripts (shop)"},
		{"/usr/bin/node|node|/home/u/shop/node_modules/@angular/cli/bin/ng.js", shop, "ng (shop)"},
		{"/usr/bin/node|node|/home/u/shop/node_modules/@org/tool/index.js", shop, "tool (shop)"},
		{"/usr/bin/node|node|/usr/lib/node_modules/pm2/lib/Daemon.js", "/", "Daemon"},
		{"/usr/bin/node|node|/usr/bin/npm|run|dev|--open", shop, "npm run dev (shop)"},
		{"/usr/bin/node|npm run dev", shop, "npm run dev (shop)"},
		{"/usr/bin/node|next-server (v14.2.3)   ", shop, "next-server (v14.2.3)"},
		{"/usr/bin/node|node|--inspect=0.0.0.0:9229|--require|x|--max-old-space-size=4096|tidy.js", shop, "node tidy.js (shop)"},
		{"/usr/bin/node|node|-e|require('http')", shop, "node -e (shop)"},
		{"/usr/bin/node|node|--eval=1", "", "node --eval"},
		{"MainThread|/usr/bin/node|tidy.js", "", "node tidy.js"},
		{"node-MainThread|node|tidy.js", "", "node tidy.js"},
		{"MainThread|/usr/lib/firefox/firefox|x", "", ""},
		{"/x/electron|electron|.", shop, "electron (shop)"},
		{"/usr/bin/bun|bun|run|dev", shop, "bun run dev (shop)"},
		{"/usr/bin/bun|bun|run|server.ts", shop, "bun server.ts (shop)"},
		{"/usr/bin/bun|bun|--watch|relay.ts", shop, "bun relay.ts (shop)"},
		{"/usr/bin/deno|deno|run|-A|--allow-net=x|relay.ts", "", "deno relay.ts"},
		{"/usr/bin/deno|deno|task|dev", shop, "deno task dev (shop)"},

		{"/usr/bin/java|java|-jar|/opt/jenkins.war|--httpPort=1", "/", "jenkins.war"},
		{"/usr/bin/java|java|-Xmx1g|-Dx=y|-jar|/srv/web/shop/target/app.jar", "/", "app.jar (shop)"},
		{"/usr/bin/java|java|-Xmx1g|-Dx=y|-cp|a:b|-javaagent:z.jar|org.apache.kafka.Kafka|server.properties", "/", "Kafka"},
		{"/usr/bin/java|java|-classpath|x|org.apache.catalina.startup.Bootstrap|start", "/", "apache.catalina.startup.Bootstrap"},
		{"/usr/bin/java|java|@opts|--add-opens|a/b=c|-m|org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch", "/", "Elasticsearch"},
		{"/usr/bin/java|java|-jar", "/", ""},
		{"/usr/bin/java|java|/x/Relay.java", "/", "Relay.java"},
		{"/usr/bin/dotnet|dotnet|/srv/shop/Shop.Api.dll", "/", "Shop.Api.dll"},
		{"/usr/bin/dotnet|dotnet|exec|--runtimeconfig|x.json|Relay.dll", "/", "Relay.dll"},
		{"/usr/bin/dotnet|dotnet|run|--project|x", shop, "dotnet run (shop)"},
		{"/usr/bin/dotnet|dotnet|Relay.dll", shop + "/out", "Relay.dll (shop)"},
		{"/usr/bin/mono|mono|--debug|/opt/Radarr.exe", "/", "Radarr.exe"},

		{"/usr/bin/ruby3.1|ruby|-Ilib|-rfoo|-I|x|-W0|relay.rb", "", "ruby relay.rb"},
		{"/usr/bin/ruby3.1|ruby|bin/rails|server|-p|3000", shop, "rails server (shop)"},
		{"/usr/bin/ruby3.1|puma 6.4.0 (tcp://0.0.0.0:3000) [shop]", shop, "puma 6.4.0 (tcp://0.0.0.0:3000) [shop]"},
		{"/usr/bin/perl|perl|-MFoo|-e|print", "", "perl -e"},
		{"/usr/bin/perl|perl|-Mlib=cool|-lane|print", "", "perl -e"},
		{"/usr/bin/perl|perl|-T|-wI|lib|/usr/sbin/spamd", "/", "spamd"},
		{"/usr/bin/perl|spamd child", "/", "spamd child"},
		{"/usr/bin/php8.2|php|-S|localhost:8000|-t|public", shop, "php -S (public)"},
		{"/usr/bin/php8.2|php|-dx=y|-S|localhost:8000", shop, "php -S (shop)"},
		{"/usr/bin/php8.2|php|artisan|serve|--port=1", shop, "artisan serve (shop)"},
		{"/usr/bin/php8.2|php|-d|x=y|-f|queue.php", shop, "php queue.php (shop)"},
		{"/usr/sbin/php-fpm8.2|php-fpm: master process", "/", ""},
		{"/usr/bin/bash|bash|-e|+x|-o|pipefail|backup.sh", shop, "bash backup.sh (shop)"},
		{"/usr/bin/bash|bash|--|start.sh", shop, "bash start.sh (shop)"},
		{"/usr/bin/dash|sh|-c|nc -l 1", "", "sh -c"},
		{"/usr/bin/bash|-bash", shop, ""},
		{"/usr/bin/lua5.4|lua|-l|x|relay.lua", shop, "lua relay.lua (shop)"},
		{"/usr/lib/R/bin/exec/R|R|--no-echo|--file=plumb.R|--args", "/", "R plumb.R"},
		{"/usr/lib/erlang/beam.smp|beam.smp|-W|w|--|-root|/x|-sname|rabbit@host|-s|x", "/", "rabbit"},
		{"/usr/lib/erlang/beam.smp|beam.smp|--|-extra|/usr/bin/mix|phx.server", shop, "mix phx.server (shop)"},
		{"/usr/lib/erlang/beam.smp|beam.smp|--|-extra", shop, ""},

		{"/usr/sbin/nginx|nginx|-c|/etc/x.conf", "/", ""},
		{"/usr/bin/pythonista|x|y.py", "/", ""},
		{"/usr/bin/python3-config|x|y.py", "/", ""},
		{"|x|y.py", "/", ""},
		{"/usr/bin/python3", "/", ""},
		{"/usr/bin/python3|", "/", ""},
		{"/usr/bin/python3||", "/", ""},
		{"/usr/bin/python3|python3|/", "/", "python3"},
		{"/usr/bin/python3|python3|../..", "/x", "python3"},
	}
	for _, tc := range cases {
		words := strings.Split(tc.args, "|")
		if got := Title(words[0], words[1:], tc.cwd); got != tc.want {
			t.Errorf("%s in %q: got %q, want %q", tc.args, tc.cwd, got, tc.want)
		}
	}
}

// TestTitleOfHostileArguments bounds and cleans what a process may write.
func TestTitleOfHostileArguments(t *testing.T) {
	long := strings.Repeat("ä", 1<<20)
	cases := []struct {
		script, cwd, want string
	}{
		{"a\x1b[31m\nb\u202e.py", "", "python3 a [31m b.py"},
		{"\xff\xfe.py", "", "python3 \ufffd\ufffd.py"},
		{long + ".py", "", "python3 " + strings.Repeat("ä", 55) + "…"},
		{"app.py", "/home/u/" + long, "python3 app.py (" + strings.Repeat("ä", 20) + "…)"},
		{"app.py", "/home/u/\u202e\n", "python3 app.py"},
	}
	for _, tc := range cases {
		if got := Title("python3", []string{"python3", tc.script}, tc.cwd); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
	if got := Title("node", []string{long}, ""); utf8.RuneCountInString(got) != maxTitle {
		t.Errorf("a long title: %q", got)
	}
}

func TestFolder(t *testing.T) {
	for dir, want := range map[string]string{
		"": "", "/": "", ".": "", "..": "", "../..": "", "/srv": "", "/root": "", "/home": "", "/home/u": "", "/Users/u": "", "/home/u/shop": "shop",
		"/home/u/shop/": "shop", "/home/u/shop/src": "shop", "/home/u/bin": "", "/usr/bin": "", "/usr/local/bin": "local", "/home/u/.config/x/.cache": "x",
		"/tmp": "", "/tmp/x": "x", "/var/tmp": "", "/var/tmp/x": "x", "/dev/shm": "", "/run/user/1000": "", "/private/tmp": "", "/private/tmp/x": "x", "/var/home/u": "", "/var/home/u/x": "x",
		"shop": "shop", "shop/dist": "shop", "bin": "", "/var/www/shop/.venv/bin (deleted)": "shop",
	} {
		if got := folder(dir); got != want {
			t.Errorf("%q: got %q, want %q", dir, got, want)
		}
	}
}

func FuzzTitle(f *testing.F) {
	f.Add("/usr/bin/python3", "python3\x00-Wx\x00manage.py", "/home/u/shop")
	f.Add("MainThread", "node\x00--run\x00dev", "")
	f.Add("java", "java\x00-cp\x00a\x00a.b.Main", "/")
	f.Add("beam.smp", "beam.smp\x00-extra\x00mix\x00phx.server", "/x")
	f.Add("php", "php\x00-S\x00:1\x00-t\x00..", "..")
	f.Add("bun", "bun\x00run\x00node_modules/@/..", "a/..")
	f.Fuzz(func(t *testing.T, exe, line, cwd string) {
		got := Title(exe, strings.Split(line, "\x00"), cwd)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxTitle || got != strings.TrimSpace(got) {
			t.Errorf("got %q", got)
		}
		if at := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); at >= 0 {
			t.Errorf("got %q", got)
		}
		if got != "" && !titled(exe) {
			t.Errorf("%q has the title %q, which is not looked for", exe, got)
		}
	})
}

func BenchmarkTitled(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if titled("/usr/sbin/nginx") {
			b.Fatal("nginx is no interpreter")
		}
	}
}
