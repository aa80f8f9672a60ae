package process

import "testing"

func TestProgramName(t *testing.T) {
	cases := []struct {
		name, exe, comm string
		args            []string
		want            string
	}{
		{"executable", "/usr/sbin/nginx", "nginx", []string{"nginx: master process"}, "nginx"},
		{"executable wins over a chosen name", "/usr/bin/nc", "sshd", nil, "nc"},
		{"hidden", "", "sshd", []string{"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"}, "sshd"},
		{"hidden and cut", "", "systemd-resolve", []string{"/usr/lib/systemd/systemd-resolved"}, "systemd-resolved"},
		{"hidden, cut, a script", "", "unattended-upgr", []string{"/usr/bin/python3", "/usr/share/unattended-upgrades/unattended-upgrade-shutdown", "--wait"}, "unattended-upgrade-shutdown"},
		{"hidden, cut, a title", "", "rather-long-dae", []string{"rather-long-daemon: serving /srv/www"}, "rather-long-daemon"},
		{"hidden, cut, blanks in the name", "", "Isolated Web Co", []string{"/opt/Isolated Web Content -child"}, "Isolated Web Content"},
		{"hidden, exactly as long", "", "exactly-15-byte", []string{"exactly-15-byte"}, "exactly-15-byte"},
		{"hidden, cut, arguments of something else", "", "systemd-resolve", []string{"/bin/true", "-x", "systemd-resolved"}, "systemd-resolve"},
		{"hidden, cut, no arguments", "", "systemd-resolve", nil, "systemd-resolve"},
		{"a thread of the kernel", "", "kworker/u8:2-events_unbound", nil, "kworker/u8:2-events_unbound"},
		{"nothing", "", "", nil, ""},
	}
	for _, tc := range cases {
		if got := programName(tc.exe, tc.comm, tc.args); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
