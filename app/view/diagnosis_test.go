package view

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
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
	app := false
	d := NewDiagnosis("1.2.3", Findings{
		System: SystemJSON{"Debian GNU/Linux 12 (bookworm)\x1b[31m", "6.1.0-26-amd64", "amd64", "go1.26.8"},
		Rights: RightsJSON{UID: 1000, User: "u", Capabilities: []string{"CAP_NET_ADMIN"}, App: &app},
		SelfTest: []SelfTestJSON{
			{Socket: "tcp:127.0.0.1:40001", Seen: true, Owner: true}, {Socket: "udp:127.0.0.1:40002", Seen: true},
			{Socket: "tcp ::1", Error: "listen tcp [::1]:0: cannot assign requested address"},
		},
		Trials: trials, Behind: behind, Legacy: []string{"filter", "nat"}, ExecEvents: errors.New("subscribe to exec events: operation not permitted"), Network: network, Registry: "2026-04-23", Problems: []string{"/etc/services: line 7 makes no sense"}})
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

func TestRightsWords(t *testing.T) {
	app := true
	for _, c := range []struct {
		rights RightsJSON
		want   string
	}{
		{RightsJSON{UID: 0, User: "root"}, "Portlight runs as root"},
		{RightsJSON{UID: 0, User: "root", Capabilities: []string{"A", "B"}}, "Portlight runs as root|it may do more than an ordinary user: A, B"},
		{RightsJSON{UID: 1000, App: &app}, "Portlight runs as 1000|" + wordsOrdinary.String()},
	} {
		if got := strings.Join(c.rights.words(), "|"); got != c.want {
			t.Errorf("%+v: %q", c.rights, got)
		}
	}
}

// TestDiagnosisWorks: a source that does not show what was opened is of no use; what
// could not be opened proves nothing.
func TestDiagnosisWorks(t *testing.T) {
	source := []scanner.Trial{{Source: "netstat"}}
	for _, c := range []struct {
		f    Findings
		want bool
	}{
		{Findings{}, false},
		{Findings{Trials: source}, true},
		{Findings{Trials: source, SelfTest: []SelfTestJSON{{Seen: true, Owner: true}, {Error: "no IPv6"}}}, true},
		{Findings{Trials: source, SelfTest: []SelfTestJSON{{Seen: true}}}, true},
		{Findings{Trials: source, SelfTest: []SelfTestJSON{{Seen: true}, {}}}, false},
		{Findings{SelfTest: []SelfTestJSON{{Seen: true}}}, false},
	} {
		d := NewDiagnosis("1.2.3", c.f)
		if text := DiagnosisText(d, Style{}); d.Works != c.want || strings.Contains(text, wordsNotSeen.String()) != (len(c.f.SelfTest) == 2 && !c.want) {
			t.Errorf("%+v: works %v, %s", c.f, d.Works, text)
		}
	}
}
