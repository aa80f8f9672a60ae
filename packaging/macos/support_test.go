package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The fields of the load command LC_BUILD_VERSION for macOS 12.0, each a word: command,
// its size, platform, oldest system.
const buildVersion = "\x32\x00\x00\x00\x18\x00\x00\x00\x01\x00\x00\x00\x00\x00\x0c\x00"

// standIn gives an executable that does nothing, for macOS from 12.0 on. It is linked as
// every Go program without cgo is; newer versions of Go link for newer ones of macOS.
func standIn(t *testing.T, arch string) []byte {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", program, source)
	cmd.Env = append(os.Environ(), "GOOS=darwin", "GOARCH="+arch, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build for darwin/%s: %v\n%s", arch, err, out)
	}
	data := read(t, program)
	at := strings.Index(string(data), buildVersion[:12])
	if at < 0 {
		t.Fatal("the executable has no LC_BUILD_VERSION")
	}
	copy(data[at:], buildVersion)
	return data
}

// universal joins two executables as lipo(1) does: struct fat_header and struct fat_arch
// of mach-o/fat.h, big end first, and each part at the start of a page.
func universal(parts ...[]byte) []byte {
	const page = 1 << 14
	head := binary.BigEndian.AppendUint32(nil, 0xcafebabe)
	head = binary.BigEndian.AppendUint32(head, uint32(len(parts)))
	body := make([]byte, page)
	for _, p := range parts {
		cpu, subtype := binary.LittleEndian.Uint32(p[4:]), binary.LittleEndian.Uint32(p[8:])
		for _, word := range []uint32{cpu, subtype, uint32(len(body)), uint32(len(p)), 14} {
			head = binary.BigEndian.AppendUint32(head, word)
		}
		body = append(body, p...)
		body = append(body, make([]byte, -len(body)&(page-1))...)
	}
	copy(body, head)
	return body
}

// project is the top of the project by a path with a blank in it.
func project(t *testing.T) string {
	t.Helper()
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "Port light")
	if err := os.Symlink(top, link); err != nil {
		t.Fatal(err)
	}
	return link
}

// run runs one of this folder's scripts and gives what it printed, the way that it
// ended, and what it said to the person.
func run(t *testing.T, env []string, script string, args ...string) (stdout string, status int, said string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(project(t), "packaging/macos", script), args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode(), errs.String()
}

// tools makes a folder for PATH with what the scripts take of every Unix, and nothing of
// Apple's.
func tools(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "to ols")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bash", "cat", "dirname", "env", "git", "go", "ln", "mkdir", "mktemp", "rm", "sed", "sleep", "uname"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// stand puts scripts in the place of Apple's tools, which write down with what they were
// started before they do what is said here for them.
func stand(t *testing.T, dir string, scripts map[string]string) (calls func() []string) {
	t.Helper()
	log := filepath.Join(dir, "calls")
	for name, script := range scripts {
		text := "#!/usr/bin/env bash\n{ printf '" + name + "'; printf '|%s' \"$@\"; printf '\\n'; } >>'" + log + "'\n" + script + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return func() []string {
		return strings.Split(strings.TrimSuffix(string(read(t, log)), "\n"), "\n")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
