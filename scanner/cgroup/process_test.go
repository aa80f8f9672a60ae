package cgroup

import (
	"strings"
	"testing"
)

func TestParseProcess(t *testing.T) {
	for text, want := range map[string]string{
		"0::/system.slice/ssh.service\n":                               "/system.slice/ssh.service",
		"12:pids:/x\n1:name=systemd:/system.slice/ssh.service\n0::/\n": "/system.slice/ssh.service",
		"1:name=systemd:/a\n0::/b\n":                                   "/b",
		"4:cpu,cpuacct:/docker/1\n3:pids:/\n0::/\n":                    "/docker/1",
		"0::/a:b\n":                            "/a:b",
		"0::/":                                 "/",
		"":                                     "",
		"::\n0:\n:::\nnonsense\n0::relative\n": "",
		"0::/" + strings.Repeat("x", 5000) + "\n":                                          "/" + strings.Repeat("x", 5000),
		"0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-a\\x2db.service\n": "/user.slice/user-1000.slice/user@1000.service/app.slice/app-a\\x2db.service",
	} {
		if got := parseProcess([]byte(text)); got != want {
			t.Errorf("%.60q: %.60q, want %.60q", text, got, want)
		}
	}
}

func FuzzParseProcess(f *testing.F) {
	f.Add([]byte("12:pids:/x\n1:name=systemd:/system.slice/ssh.service\n0::/\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if path := parseProcess(b); path != "" && (path[0] != '/' || strings.Contains(path, "\n")) {
			t.Errorf("path %q", path)
		}
	})
}
