package view

import (
	"bytes"
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"portlight/scanner"
	"portlight/scanner/firewall"
	"portlight/scanner/supervisor"
)

func TestDiagnosis(t *testing.T) {
	seen := scanner.Visibility{
		Source: "gopsutil", Listeners: 9, WithOwner: 6, Kernel: 1, Hidden: 3, Reasons: map[scanner.HiddenReason]int{scanner.OtherUser: 3},
		Notes: []string{"3 of 9 listeners belong to processes of other users, which an ordinary user may not look into"},
	}
	trials := []scanner.Trial{
		{Source: "sockdiag", Err: errors.New("open netlink socket: operation not permitted\x1b[31m"), Took: 1234 * time.Microsecond},
		{Source: "gopsutil", Took: 45678 * time.Microsecond, Visibility: seen},
		{Source: "lsof", Took: time.Second, Visibility: scanner.Visibility{Listeners: 1}},
	}
	network := home()
	network.Firewall = firewall.State{Name: "ufw", Status: firewall.Active}
	behind := []supervisor.Trial{
		{Name: "systemd", Took: 3140 * time.Microsecond, Known: 5},
		{Name: "systemd (user)", Err: fs.ErrNotExist},
		{Name: "docker", Place: "/var/run/docker.sock", Took: 1234 * time.Microsecond, Known: 1},
		{Name: "podman", Place: "/run/podman/\x1b[31m.sock", Err: syscall.EACCES},
		{Name: "docker", Place: "/home/u/.docker/desktop/docker.sock", Took: time.Second, Err: errors.New("it does not answer")},
		{Name: "launchd", Took: 1234 * time.Microsecond, Known: 400},
	}
	d := NewDiagnosis("1.2.3", Findings{Trials: trials, Behind: behind, Legacy: []string{"filter", "nat"}, ExecEvents: errors.New("subscribe to exec events: operation not permitted"), Network: network, Registry: "2026-04-23", Problems: []string{"/etc/services: line 7 makes no sense"}})
	d.Memory, d.Notifications = exampleMemory().clean(), NotificationsJSON{Agent: true, Works: true, Service: "dunst 1.9.0", LastError: "send notification:\x1b[31m"}.clean()
	cost := exampleCost()
	d.Cost = &cost
	golden(t, "doctor.txt", DiagnosisText(d, Style{}))
	oldest := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	d.Memory.Oldest = &oldest
	var b bytes.Buffer
	if err := WriteJSON(&b, d, "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "doctor.json", b.String())
}

func TestDiagnosisOfNothing(t *testing.T) {
	d := NewDiagnosis("1.2.3", Findings{Trials: []scanner.Trial{{Source: "sockdiag", Err: errors.New("gone")}}, NetworkErr: errors.New("read network: no rights"),
		Memory: MemoryJSON{Found: true, Error: "open the memory: written by a newer version"}, Notifications: NotificationsJSON{Error: "there is no session bus"}})
	golden(t, "doctor-nothing.txt", DiagnosisText(d, Style{Colour: true}))
}
