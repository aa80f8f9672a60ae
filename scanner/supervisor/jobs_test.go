package supervisor

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"portlight/scanner/process"
	"portlight/scanner/supervisor/launchd"
)

const sshJob = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>Label</key><string>com.openssh.sshd</string>
<key>Disabled</key><true/>
<key>Program</key><string>/usr/libexec/sshd-keygen-wrapper</string>
<key>Sockets</key><dict><key>Listeners</key><dict><key>SockServiceName</key><string>22</string></dict></dict>
</dict></plist>`

// TestJobManager reads a job as it lies on a Mac.
func TestJobManager(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "System/Library/LaunchDaemons")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "ssh.plist"), []byte(sshJob), 0o600); err != nil {
		t.Fatal(err)
	}
	jobs := launchd.NewIndex(launchd.Options{Root: root}).Read()
	want := Manager{Kind: Activated, Unit: "com.openssh.sshd", Starts: "sshd-keygen-wrapper"}
	if got := jobManager(jobs.Find("tcp", netip.IPv4Unspecified(), 22)); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := jobManager(jobs.Find("tcp", netip.IPv4Unspecified(), 23)); got != (Manager{}) {
		t.Errorf("a port of no job is that of %+v", got)
	}
	several := []launchd.Job{{Label: "b", Arguments: []string{"/bin/two"}}, {Label: "a", Program: "/bin/one"}, {Label: "a", Program: "/bin/one"}}
	if got := jobManager(several); got.Unit != "a, b" || got.Starts != "one, two" {
		t.Errorf("of several: %+v", got)
	}
}

func TestHeldByLaunchd(t *testing.T) {
	for pid, want := range map[int]bool{1: true, 2: false} {
		if got := heldByLaunchd(Socket{Holders: []Holder{{ID: process.ID{PID: pid}}}}); got != want {
			t.Errorf("pid %d: %v", pid, got)
		}
	}
	if heldByLaunchd(Socket{}) {
		t.Error("a socket without holders is launchd's")
	}
}
