package process

import (
	"slices"
	"strings"
)

// language says how an interpreter reads its arguments up to the script, by its
// manual page or --help. All options that take a value are here, for it must not
// be taken for the script.
type language struct {
	name     string
	cluster  bool     // one-letter options may stand together: "-uc"
	rest     string   // letters that take what is behind them in the same argument, if there is something
	value    []string // options that take a value
	code     []string // options that take a program's text
	module   []string // options that take a module
	file     []string // options that take the file that is run
	server   []string // options that make it a server
	commands []string // words that stand where a script would
	drop     []string // words before a script
	class    bool     // the script is a class
	shell    bool     // it goes by several names
	alone    bool     // the file says by its end what it is: ".dll"
	machine  bool     // it runs a virtual machine's options, not a script: Erlang's
	remote   bool     // a script may also be a URL
	project  bool     // a module is one of the project in the working folder
}

// stem splits the base name of an interpreter into its kind and version: pythons
// are python, python3, python3.11 and python3.13t, and Python on macOS.
func stem(exe string) (kind, version string, ok bool) {
	name := exe[strings.LastIndexByte(exe, '/')+1:]
	if len(name) == 0 || len(name) > len("python3.100.100") {
		return "", "", false
	}
	end := strings.IndexAny(name, "0123456789")
	if end < 0 {
		end = len(name)
	}
	kind, version = name[:end], name[end:]
	if strings.Trim(version, "0123456789.tmd") != "" {
		return "", "", false
	}
	return kind, version, interprets(kind)
}

// interprets stands apart from languageOf so that asking costs nothing.
func interprets(kind string) bool {
	switch kind {
	case "python", "Python", "pypy", "node", "nodejs", "bun", "deno", "electron", "ruby", "perl", "php", "java", "dotnet", "mono",
		"beam.smp", "erl", "lua", "luajit", "R", "Rscript", "bash", "sh", "dash", "zsh", "ksh", "ash":
		return true
	}
	return false
}

func interpreter(exe string) (language, bool) {
	kind, version, ok := stem(exe)
	if !ok {
		return language{}, false
	}
	return languageOf(kind, version), true
}

// languageFor chooses the language in which the arguments of an executable are read;
// where the kernel's short name in its place says too little, by the first of them.
func languageFor(exe string, args []string) (language, bool) {
	if len(args) == 0 {
		return language{}, false
	}
	l, ok := interpreter(exe)
	if !ok && nameless(exe) {
		l, ok = interpreter(args[0])
	}
	if l.shell {
		l = l.named(args[0])
	}
	return l, ok
}

// named takes the name that a shell was started with: sh is a link to another one.
func (l language) named(arg string) language {
	if kind, _, ok := stem(strings.TrimPrefix(arg, "-")); ok {
		l.name = kind
	}
	return l
}

func languageOf(kind, version string) language {
	switch kind {
	case "python", "Python", "pypy":
		major := version[:min(1, len(version))]
		return language{name: strings.ToLower(kind) + major, cluster: true, code: []string{"-c"}, module: []string{"-m"},
			value: []string{"-W", "-X", "--check-hash-based-pycs"}}
	case "node", "nodejs", "electron", "bun", "deno":
		return javascript(kind)
	case "ruby":
		return language{name: kind, cluster: true, rest: "xFKWTi0", code: []string{"-e"},
			value: []string{"-I", "-r", "-E", "-C", "--enable", "--disable", "--encoding", "--external-encoding", "--internal-encoding"}}
	case "perl":
		return language{name: kind, cluster: true, rest: "MmixCDFdV", code: []string{"-e", "-E"}, value: []string{"-I"}}
	case "php":
		return language{name: kind, cluster: true, code: []string{"-r", "-B", "-R", "-E"}, file: []string{"-f"}, server: []string{"-S"},
			value: []string{"-c", "-d", "-z", "-t", "-F", "--define", "--php-ini"}}
	case "java":
		return java()
	case "dotnet":
		return language{name: kind, alone: true, drop: []string{"exec"}, commands: []string{"run", "watch", "test"},
			value: []string{"--runtimeconfig", "--depsfile", "--additionalprobingpath", "--fx-version", "--roll-forward"}}
	case "mono":
		return language{name: kind, alone: true, value: []string{"--config"}}
	case "beam.smp", "erl":
		return language{name: "erl", machine: true}
	case "lua", "luajit":
		return language{name: kind, code: []string{"-e"}, value: []string{"-l"}}
	case "R", "Rscript":
		return language{name: kind, code: []string{"-e"}, file: []string{"--file", "-f"}}
	}
	return language{name: kind, shell: true, cluster: true, code: []string{"-c"}, value: []string{"-o", "-O", "--rcfile", "--init-file"}}
}

func javascript(kind string) language {
	switch kind {
	case "bun":
		return language{name: kind, drop: []string{"run"}, commands: []string{"run", "x", "test", "dev", "start"}, code: []string{"-e", "-p", "--eval", "--print"},
			value: []string{"-r", "--preload", "-c", "--config", "--cwd", "--env-file", "--port"}}
	case "deno":
		return language{name: kind, remote: true, drop: []string{"run", "serve"}, commands: []string{"task", "test"},
			value: []string{"-c", "--config", "--import-map", "--port", "--host", "--cert", "--location", "--preload"}}
	case "nodejs":
		kind = "node"
	}
	return language{name: kind, code: []string{"-e", "--eval", "-p", "--print", "-pe"}, module: []string{"--run"}, project: true,
		value: []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file",
			"--input-type", "--icu-data-dir", "--openssl-config", "--title", "--watch-path", "--redirect-warnings", "--diagnostic-dir",
			"--dns-result-order", "--unhandled-rejections", "--disable-warning", "--cpu-prof-dir", "--heap-prof-dir"}}
}

func java() language {
	return language{name: "java", class: true, file: []string{"-jar"}, module: []string{"-m", "--module"},
		value: []string{"-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules",
			"--limit-modules", "--add-opens", "--add-exports", "--add-reads", "--patch-module", "--enable-native-access", "--source"}}
}

// what is run.
type what uint8

const (
	nothing what = iota
	aValue
	aScript
	aFile
	aModule
	someCode
	aServer
	aCommand // words that stand where a script would
)

// found is what the arguments say is run.
type found struct {
	what   what
	option string   // that says so, "" for a script
	value  string   // the script, file, module or words
	behind []string // the arguments of what is run
}

// read tells what is run by the arguments behind the interpreter's name.
func (l language) read(args []string) found {
	switch {
	case l.machine:
		return erlang(args)
	case l.command(args):
		return found{what: aCommand, value: leading(args, 2)}
	case l.drops(args[0]):
		return l.find(args[1:])
	}
	return l.find(args)
}

// command is for words such as "run dev" that come instead of a script.
func (l language) command(args []string) bool {
	script := l.drops(args[0]) && len(args) > 1 && strings.ContainsAny(args[1], "./") // "bun run server.ts"
	return slices.Contains(l.commands, args[0]) && !script
}

// drops reports whether a script may follow the command.
func (l language) drops(command string) bool { return slices.Contains(l.drop, command) }

// erlang reads the arguments of the Erlang machine: behind -extra is the script of
// Elixir's mix, and -s starts a module.
func erlang(args []string) found {
	if script, behind, ok := after(args, "-extra"); ok {
		if _, project := runner(base(script)); project {
			return found{what: aScript, value: script, behind: behind}
		}
	}
	if module, behind, ok := after(args, "-s"); ok {
		return found{what: aModule, option: "-s", value: module, behind: behind}
	}
	return found{}
}

// after gives the value of an option that is an argument of its own.
func after(args []string, option string) (value string, behind []string, ok bool) {
	at := slices.Index(args, option)
	if at < 0 || at+1 >= len(args) {
		return "", nil, false
	}
	return args[at+1], args[at+2:], true
}

// find goes through the options up to what is run.
func (l language) find(args []string) found {
	for len(args) > 0 {
		a := args[0]
		switch {
		case a == "--" && len(args) > 1:
			return found{what: aScript, value: args[1], behind: args[2:]}
		case a == "" || a == "-" || a == "--":
			return found{} // read from the standard input
		case a[0] == '@' && l.class, a[0] == '+':
			args = args[1:] // a file of arguments; a shell's option that is switched off
			continue
		case a[0] != '-':
			return found{what: aScript, value: a, behind: args[1:]}
		}
		f := l.option(a, args[1:])
		if f.what > aValue {
			return f
		}
		args = f.behind
	}
	return found{}
}

// option reads one argument of options, and its value where that is the next.
func (l language) option(a string, next []string) found {
	if !l.cluster || strings.HasPrefix(a, "--") {
		name, value, has := strings.Cut(a, "=")
		return l.with(name, value, has, next)
	}
	for i := 1; i < len(a); i++ {
		name, value := "-"+a[i:i+1], a[i+1:]
		if l.kind(name) != nothing {
			return l.with(name, value, value != "", next)
		}
		if strings.IndexByte(l.rest, a[i]) >= 0 {
			break
		}
	}
	return found{behind: next}
}

// with gives an option its value, from the next argument unless it has one.
func (l language) with(name, value string, has bool, next []string) found {
	kind := l.kind(name)
	if kind != nothing && !has {
		if len(next) == 0 {
			return found{}
		}
		value, next = next[0], next[1:]
	}
	return found{what: kind, option: name, value: value, behind: next}
}

func (l language) kind(option string) what {
	switch {
	case slices.Contains(l.value, option):
		return aValue
	case slices.Contains(l.code, option):
		return someCode
	case slices.Contains(l.module, option):
		return aModule
	case slices.Contains(l.file, option):
		return aFile
	case slices.Contains(l.server, option):
		return aServer
	}
	return nothing
}
