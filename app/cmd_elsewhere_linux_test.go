package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"portlight/app/view"
)

// TestRuleForProgramInContainer has an engine of containers tell of what stands behind
// a port: a rule is for the program that the agent takes it for.
func TestRuleForProgramInContainer(t *testing.T) {
	port := startForwarder(t, "docker-proxy")
	startEngine(t, fmt.Sprintf(`[{"Id":%q,"Names":["/shop-db-1"],"Image":"postgres:17",
		"Ports":[{"IP":"127.0.0.1","PrivatePort":5432,"PublicPort":%d,"Type":"tcp"}],
		"Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"db"}}]`, strings.Repeat("5", 64), port))
	dir := t.TempDir()
	in(t, dir, "rules add allow --program shop/db")
	if got := parsed[[]view.RuleJSON](t, in(t, dir, "rules --json"))[0].Program; got != "container:shop/db" {
		t.Errorf("program %q", got)
	}
}

// startForwarder has a process of that name hold a socket, and gives its port.
func startForwarder(t *testing.T, name string) int {
	t.Helper()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	cmd := &exec.Cmd{
		Path: file, Args: []string{"sleep", "600"}, ExtraFiles: []*os.File{socket},
		SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// startEngine has DOCKER_HOST name a socket that gives a list of containers.
func startEngine(t *testing.T, list string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, list) })}
	done := make(chan error)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	t.Setenv("DOCKER_HOST", "unix://"+l.Addr().String())
}
