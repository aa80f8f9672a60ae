package process

import "strings"

// maxScript bounds a script, in bytes; many are kept at a time.
const maxScript = 1024

// Script is what an interpreter runs, so that two programs of one interpreter can be
// told apart. exe and cwd are those of Title. It is
//
//	/srv/shop/manage.py             a script, jar or other file, made absolute by cwd; as given where that is ""
//	/usr/bin/npm run dev /srv/shop  a tool that works on the project in its folder: with what it is to do, and cwd
//	run dev /srv/shop               the same of an interpreter's own commands (bun, deno, dotnet, node --run)
//	-m http.server                  a module, also "-s rabbit" of Erlang; a Java class alone
//	-c                              the option of code in the arguments (-c, -e), or of a server (php -S)
//
// It is "" for everything but an interpreter, where the process has written one text
// over its arguments, and for a shell without a script. Links are not followed, and cwd
// may be another one than at the start. It has at most 1024 bytes, none of them NUL; it
// comes from the process and may hold any others.
func Script(exe string, args []string, cwd string) string {
	l, ok := languageFor(exe, args)
	if !ok || len(args) == 1 {
		return ""
	}
	script, _, _ := strings.Cut(l.whereabouts(l.read(args[1:]), cwd), "\x00")
	return strings.Clone(script[:min(maxScript, len(script))]) // not to hold all arguments
}

// whereabouts says where that lies which was found in the arguments.
func (l language) whereabouts(f found, cwd string) string {
	switch {
	case f.what == someCode, f.what == aServer:
		return f.option
	case f.value == "":
		return ""
	case f.what == aCommand:
		return in(f.value, cwd)
	case f.what == aModule && l.project:
		return in(f.option+" "+f.value, cwd)
	case f.what == aModule:
		return f.option + " " + f.value
	case f.what == aScript && l.class && !strings.HasSuffix(f.value, ".java"):
		return f.value
	case l.remote && strings.Contains(f.value, ":"):
		return f.value
	}
	full := absolute(f.value, cwd)
	if _, n, project := tool(f.value); project {
		return in(strings.TrimSpace(full+" "+leading(f.behind, n)), cwd)
	}
	return full
}

// in adds the working folder to what works on the project there.
func in(what, cwd string) string {
	if cwd == "" {
		return what
	}
	return what + " " + absolute(".", cwd)
}
