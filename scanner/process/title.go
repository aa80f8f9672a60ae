package process

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// maxTitle bounds a title, in letters; it holds a name, a folder and " ()".
const (
	maxTitle       = 64
	maxTitleFolder = 21
	maxTitleName   = maxTitle - maxTitleFolder - len(" ()")
)

// Title is what a person would call a program that an interpreter runs, such as
// "python3 manage.py (shop)", "vite (shop)" or "jenkins.war": its script, module or
// jar, and the project's folder where that says little: the name could be any
// project's, or it is run from its folder, as a module or by a path from there. exe is
// the executable or, where that is hidden, the kernel's short name; cwd may be "".
//
// It is "" for everything but an interpreter and where the arguments say no more
// than the name. It has at most 64 letters, is valid UTF-8 and holds no control
// or formatting characters. It comes from the process, which may write what it likes.
func Title(exe string, args []string, cwd string) string {
	l, ok := languageFor(exe, args)
	switch {
	case !ok:
		return ""
	case len(args) == 1:
		return rewritten(args[0], cwd)
	}
	return l.title(args[1:], cwd)
}

// titled reports whether a process may have a title, by its executable or, where
// that is hidden, by the kernel's short name. It must cost little: it is asked of
// every process.
func titled(exe string) bool {
	if nameless(exe) {
		return true
	}
	_, _, ok := stem(exe)
	return ok
}

// nameless reports whether the kernel's short name is what Node calls its first
// thread: that says too little.
func nameless(comm string) bool { return comm == "MainThread" || comm == "node-MainThread" }

// rewritten is the title that a process wrote over its arguments, as
// "next-server (v14.2.3)" and "npm run dev". One argument may also be just the
// name of the interpreter.
func rewritten(arg, cwd string) string {
	arg = strings.TrimSpace(arg)
	if _, _, ok := stem(strings.TrimPrefix(arg, "-")); ok {
		return "" // the interpreter alone; a shell at login has "-" before it
	}
	first, _, more := strings.Cut(arg, " ")
	if _, project := runner(first); project && !strings.Contains(arg, folder(cwd)) {
		return join(arg, folder(cwd))
	}
	if !more {
		arg = base(arg)
	}
	return join(arg, "")
}

// title finds what is run in the arguments behind the interpreter's name.
func (l language) title(args []string, cwd string) string {
	f := l.read(args)
	if l.machine {
		return node(f, args, cwd)
	}
	switch f.what {
	case aCommand:
		return join(l.name+" "+f.value, folder(cwd))
	case aScript:
		return l.script(f.value, f.behind, cwd)
	case aFile:
		if l.class {
			return file(f.value, cwd)
		}
		return l.script(f.value, f.behind, cwd)
	case aModule:
		return l.ofModule(f, cwd)
	case someCode:
		return join(l.name+" "+f.option, folder(cwd))
	case aServer:
		return join(l.name+" "+f.option, documents(args, cwd, "-t"))
	}
	return ""
}

// leading joins at most n arguments before the first option.
func leading(args []string, n int) string {
	args = args[:min(n, len(args))]
	if at := slices.IndexFunc(args, func(a string) bool { return a == "" || a[0] == '-' }); at >= 0 {
		args = args[:at]
	}
	return strings.Join(args, " ")
}

// script names a script: a program by itself goes without its interpreter.
func (l language) script(script string, behind []string, cwd string) string {
	name, full := base(script), absolute(script, cwd)
	if name == "" {
		return join(l.name, folder(full))
	}
	if program, project, ok := packaged(full); ok {
		return run(program, project, behind)
	}
	if plain, _, project := tool(script); project {
		return run(plain, folder(cwd), behind)
	}
	switch {
	case l.class:
		return className(script)
	case l.alone && path.Ext(name) != "":
		return file(script, cwd)
	case !generic(name) && (path.Ext(name) == "" || inside(full, "bin", "sbin")):
		return join(name, "")
	case generic(name), !path.IsAbs(script):
		return join(l.name+" "+name, project(full, cwd))
	}
	return join(l.name+" "+name, "")
}

// ofModule names what "python3 -m" or "java -m" runs.
func (l language) ofModule(f found, cwd string) string {
	if l.class {
		return className(base(f.value))
	}
	if _, project := runner(f.value); project {
		return run(f.value, folder(cwd), f.behind)
	}
	in := folder(cwd)
	if f.value == "http.server" {
		in = documents(f.behind, cwd, "-d", "--directory")
	}
	return join(l.name+" "+f.option+" "+f.value, in)
}

// run names a tool that works on a project.
func run(program, folder string, behind []string) string {
	n, _ := runner(program)
	return join(strings.TrimSpace(program+" "+leading(behind, n)), folder)
}

// file names a jar or the like, which says by its end what it is.
func file(name, cwd string) string {
	if n := base(name); generic(n) || !path.IsAbs(name) {
		return join(n, project(absolute(name, cwd), cwd))
	}
	return join(base(name), "")
}

// packaged takes a script below node_modules apart into the program and the
// project's folder: the program is called by its package unless the script has a
// name of its own.
func packaged(full string) (program, in string, ok bool) {
	const modules = "/node_modules/"
	first, last := strings.Index(full, modules), strings.LastIndex(full, modules)
	if first < 0 {
		return "", "", false
	}
	pkg, _, _ := strings.Cut(full[last+len(modules):], "/")
	if _, rest, scoped := strings.Cut(full[last+len(modules):], "/"); scoped && pkg[:min(1, len(pkg))] == "@" {
		pkg, _, _ = strings.Cut(rest, "/")
	}
	program = extless(base(full))
	if pkg != ".bin" && (generic(program) || strings.HasPrefix(program, pkg)) {
		program = pkg
	}
	return program, folder(full[:first]), true
}

// className is a Java class without its package, unless the class alone could be
// any program's.
func className(class string) string {
	short := class[strings.LastIndexByte(class, '.')+1:]
	switch {
	case short == "java":
		return join(base(class), "") // a file of source text
	case !generic(short):
		return join(short, "")
	}
	for _, domain := range []string{"com.", "org.", "net.", "io."} {
		class = strings.TrimPrefix(class, domain)
	}
	return join(class, "")
}

// documents is the folder that a server of files shows: the value of one of some
// options, or the working folder.
func documents(args []string, cwd string, options ...string) string {
	for i, a := range args {
		name, value, has := strings.Cut(a, "=")
		switch {
		case !slices.Contains(options, name):
		case has:
			return folder(absolute(value, cwd))
		case i+1 < len(args):
			return folder(absolute(args[i+1], cwd))
		}
	}
	return folder(cwd)
}

// node names a program of the Erlang machine: its tool, else the node, else what is
// started.
func node(f found, args []string, cwd string) string {
	if f.what == aScript {
		return run(base(f.value), folder(cwd), f.behind)
	}
	for _, option := range []string{"-sname", "-name"} {
		if name, _, ok := after(args, option); ok {
			name, _, _ = strings.Cut(name, "@")
			return join(name, "")
		}
	}
	return join(f.value, "")
}

// generic reports whether a script's name could be any project's.
func generic(name string) bool {
	switch strings.ToLower(extless(name)) {
	case "server", "index", "main", "app", "application", "manage", "run", "start", "cli", "serve", "service", "web", "www", "api",
		"wsgi", "asgi", "worker", "bot", "test", "script", "program", "launch", "launcher", "bootstrap", "init", "__main__", "entrypoint":
		return true
	}
	return false
}

// runner knows the tools that work on the project in their working folder, and
// how many words behind the name say what they do.
func runner(program string) (words int, ok bool) {
	switch program {
	case "npm", "yarn", "pnpm", "bundle":
		return 2, true
	case "npx", "mix", "rails", "artisan", "rake":
		return 1, true
	case "gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "celery", "flask", "fastapi", "django-admin", "streamlit",
		"mkdocs", "jupyter", "jupyter-lab", "jupyter-notebook", "puma", "rackup", "unicorn", "thin", "jekyll", "iex", "nodemon", "pytest":
		return 0, true
	}
	return 0, false
}

// tool is a script that is such a tool, by its name without what comes with a file.
func tool(script string) (program string, words int, ok bool) {
	program = strings.TrimSuffix(extless(base(script)), "-cli")
	words, ok = runner(program)
	return program, words, ok
}

// project is the folder of a script or, if that has no name worth telling, the
// working folder.
func project(full, cwd string) string {
	if name := folder(path.Dir(full)); name != "" {
		return name
	}
	return folder(cwd)
}

// folder is the name of a project's folder. Those that only order a project's
// files stand for the one above; the root, what is right below it, a home and a
// place for all sorts of files that do not last are no projects.
func folder(dir string) string {
	dir = strings.TrimSuffix(dir, " (deleted)")
	if dir == "" {
		return ""
	}
	for dir = path.Clean(dir); ordering(path.Base(dir)); dir = path.Dir(dir) {
		if strings.Count(dir, "/") == 0 {
			return ""
		}
	}
	switch above := path.Dir(dir); {
	case dir == ".", above == "/", dir == "..", strings.HasSuffix(dir, "/.."):
		return ""
	case above == "/home", above == "/Users", above == "/var/home", above == "/run/user", above == "/private", dir == "/var/tmp", dir == "/private/var/tmp", dir == "/dev/shm":
		return ""
	}
	return path.Base(dir)
}

// ordering reports whether a folder is of the kind that every project has.
func ordering(name string) bool {
	switch name {
	case "bin", "sbin", "src", "dist", "build", "lib", "libs", "target", "out", "scripts", "server", "backend":
		return true
	}
	return len(name) > 1 && name[0] == '.' && name != ".."
}

func inside(full string, folders ...string) bool {
	return slices.Contains(folders, path.Base(path.Dir(full)))
}

// absolute is a path as the process sees it, or as it is given where the working
// folder is hidden.
func absolute(name, cwd string) string {
	if cwd == "" || path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(strings.TrimSuffix(cwd, " (deleted)"), name)
}

// base is the last part of a path; "" for the working folder and the root.
func base(name string) string {
	if b := path.Base(name); b != "." && b != ".." && b != "/" {
		return b
	}
	return ""
}

// extless cuts the end of a file's name; a leading dot begins no end.
func extless(name string) string {
	if at := strings.LastIndexByte(name, '.'); at > 0 {
		return name[:at]
	}
	return name
}

// join bounds and cleans the two parts of a title.
func join(name, folder string) string {
	folder = clean(folder, maxTitleFolder)
	if folder == "" {
		return clean(name, maxTitle)
	}
	return clean(name, maxTitleName) + " (" + folder + ")"
}

// clean keeps at most limit letters, and "…" in the place of the last if there
// were more. Controls become blanks, formatting characters go.
func clean(text string, limit int) string {
	kept := make([]rune, 0, limit)
	for _, r := range text { // bytes that are not UTF-8 give U+FFFD
		switch {
		case unicode.Is(unicode.Cf, r):
			continue
		case !unicode.IsPrint(r):
			r = ' '
		}
		if r == ' ' && (len(kept) == 0 || kept[len(kept)-1] == ' ') {
			continue
		}
		if len(kept) == limit {
			kept[limit-1] = '…'
			break
		}
		kept = append(kept, r)
	}
	return strings.TrimRight(string(kept), " ")
}
