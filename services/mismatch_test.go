package services

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestMismatch asks for "port/proto program, program" what is odd about it.
func TestMismatch(t *testing.T) {
	table := Open("testdata/missing")
	for _, tc := range []struct{ query, want string }{
		{"22/tcp nc", "22 is usual for ssh (sshd, dropbear, tinysshd, …), but nc holds it"},
		{"22/tcp socat", "22 is usual for ssh (sshd, dropbear, tinysshd, …), but socat holds it"},
		{"22/tcp python3.11", "22 is usual for ssh (sshd, dropbear, tinysshd, …), but python3.11 holds it"},
		{"22/tcp redis-server", "22 is usual for ssh (sshd, dropbear, tinysshd, …), but redis-server holds it"},
		{"22/tcp sshdx", "22 is usual for ssh (sshd, dropbear, tinysshd, …), but sshdx holds it"},
		{"445/tcp mydaemon", "445 is usual for smb (smbd, samba), but mydaemon holds it"},
		{"5432/tcp ruby,python3", "5432 is usual for postgresql (postgres, postmaster), but ruby holds it"},
		{"6379/tcp postgres", "6379 is usual for redis (redis-server, valkey-server, keydb-server, …), but postgres holds it"},
		{"51820/udp perl", "51820 is usual for wireguard (wireguard-go, boringtun, boringtun-cli), but perl holds it"},
		{"1521/tcp java", "1521 is usual for oracle (tnslsnr), but java holds it"},

		// any of several is enough; a hidden one may be usual
		{"5432/tcp ruby,postgres", ""},
		{"5432/tcp ruby,", ""},
		{"22/tcp ", ""},
		{"22/udp nc", ""},
		{"22/sctp nc", ""},
		{"7777/tcp nc", ""},

		// the web: any program, but one that is known for something else
		{"80/tcp python3", ""}, {"80/tcp node", ""}, {"443/tcp mydaemon", ""}, {"8000/tcp php8.2", ""}, {"8080/tcp java", ""}, {"8443/tcp beam.smp", ""},
		{"80/tcp docker-proxy", ""}, {"80/tcp AdGuardHome", ""}, {"443/tcp openvpn", ""}, {"443/udp caddy", ""}, {"8080/tcp sshd", ""}, {"8000/tcp kea-dhcp4", ""},
		{"80/tcp sshd", "80 is usual for http (nginx, apache2, httpd, …), but sshd holds it"},
		{"443/tcp nc", "443 is usual for http (nginx, apache2, httpd, …), but nc holds it"},
		{"8080/tcp redis-server", "8080 is usual for http (nginx, apache2, httpd, …), but redis-server holds it"},
		{"8080/tcp redis-server,node", ""},

		// multicast DNS: any program speaks it
		{"5353/udp chrome", ""}, {"5353/udp Google Chrome He", ""}, {"5353/udp firefox", ""}, {"5353/udp Spotify", ""}, {"5353/udp vlc", ""}, {"5353/udp python3", ""},
		{"5353/udp mysqld", "5353 is usual for mdns (avahi-daemon, mDNSResponder, mdnsd), but mysqld holds it"},
	} {
		at, programs, _ := strings.Cut(tc.query, " ")
		got := ""
		if m := lookupMismatch(t, table, at, strings.Split(programs, ",")...); m != nil {
			got = m.String()
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.query, got, tc.want)
		}
	}
}

func lookupMismatch(t *testing.T, table *Table, at string, programs ...string) *Mismatch {
	t.Helper()
	number, proto, _ := strings.Cut(at, "/")
	first, _, err := parseSpan(number)
	if err != nil {
		t.Fatal(err)
	}
	return table.Lookup(Query{Proto: proto, Port: first, Programs: programs}).Mismatch
}

// TestUsual names programs as comm has them: 15 bytes on Linux, 16 on macOS.
func TestUsual(t *testing.T) {
	table := Open("testdata/missing")
	for program, ports := range map[string]string{
		// Debian's packages
		"sshd": "22/tcp", "dropbear": "22/tcp", "nginx": "80/tcp 443/tcp 443/udp 8080/tcp", "apache2": "80/tcp 443/tcp", "postgres": "5432/tcp",
		"redis-server": "6379/tcp", "redis-check-rdb": "6379/tcp", "valkey-server": "6379/tcp", "smbd": "139/tcp 445/tcp", "nmbd": "137/udp 138/udp",
		"cupsd": "631/tcp", "cups-browsed": "631/udp", "exim4": "25/tcp 465/tcp 587/tcp", "master": "25/tcp 465/tcp 587/tcp", "smtpd": "25/tcp",
		"dnsmasq": "53/tcp 53/udp 67/udp 69/udp", "avahi-daemon": "5353/udp", "systemd-resolve": "53/tcp 53/udp 5353/udp", "systemd-resolved": "53/udp",
		"systemd-network": "67/udp 68/udp", "systemd": "22/tcp 111/tcp 111/udp 631/tcp 2375/tcp", "dhclient": "68/udp", "dhcpcd": "68/udp", "NetworkManager": "68/udp",
		"named": "53/tcp 53/udp 443/tcp", "unbound": "53/udp 5353/udp", "mariadbd": "3306/tcp", "mysqld": "3306/tcp", "dovecot": "110/tcp 143/tcp 993/tcp 995/tcp",
		"rpcbind": "111/tcp 111/udp", "chronyd": "123/udp", "ntpd": "123/udp", "snmpd": "161/udp", "slapd": "389/tcp 636/tcp", "rsyslogd": "514/udp", "rsync": "873/tcp",
		"memcached": "11211/tcp", "mosquitto": "1883/tcp 8883/tcp", "beam.smp": "5672/tcp 1883/tcp", "mongod": "27017/tcp", "dockerd": "2375/tcp 2376/tcp",
		"etcd": "2379/tcp 2380/tcp", "kube-apiserver": "6443/tcp 443/tcp", "vsftpd": "21/tcp", "proftpd": "21/tcp", "in.tftpd": "69/udp", "krb5kdc": "88/tcp 88/udp",
		"xrdp": "3389/tcp", "gnome-remote-de": "3389/tcp 5900/tcp", "Xtigervnc": "5900/tcp", "qemu-system-x86": "5900/tcp 22/tcp", "java": "9200/tcp 5672/tcp",
		"pihole-FTL": "53/udp 67/udp 80/tcp 443/tcp", "inetutils-inetd": "23/tcp", "xinetd": "21/tcp 23/tcp", "couriertcpd": "143/tcp", "cyrmaster": "143/tcp 110/tcp",

		// what holds ports for others
		"docker-proxy": "22/tcp 53/udp 3306/tcp 5432/tcp 27017/tcp", "com.docker.back": "5432/tcp", "com.docker.backe": "5432/tcp", "com.docker.backend": "6379/tcp",
		"rootlessport": "6379/tcp", "slirp4netns": "22/tcp", "pasta.avx2": "53/udp", "conmon": "22/tcp", "kubectl": "5432/tcp", "ssh": "3306/tcp 5432/tcp 5900/tcp",
		"haproxy": "3306/tcp 25/tcp", "envoy": "6379/tcp", "traefik": "22/tcp", "launchd": "22/tcp 445/tcp 88/tcp", "tailscaled": "53/udp 443/tcp 22/tcp",

		// with a title or a version behind the name
		"nginx: master process": "80/tcp", "postgres: checkpointer": "5432/tcp", "redis-server *:6379": "6379/tcp", "sshd: /usr/sbin/sshd": "22/tcp", "named-9.18": "53/tcp",

		// macOS
		"mDNSResponder": "5353/udp 53/tcp 53/udp", "kdc": "88/tcp", "ARDAgent": "5900/tcp", "screensharingd": "5900/tcp", "netbiosd": "137/udp", "timed": "123/udp",
		"configd": "68/udp", "bootpd": "67/udp", "InternetSharing": "67/udp", "ControlCenter": "8080/tcp",
	} {
		for at := range strings.FieldsSeq(ports) {
			if m := lookupMismatch(t, table, at, program); m != nil {
				t.Errorf("%s: %s", at, m)
			}
		}
	}
}

// TestTable looks for slips in the table itself.
func TestTable(t *testing.T) {
	seen := map[portKey]string{}
	for _, s := range usualServices() {
		if s.service == "" || s.programs == "" || len(s.tcp)+len(s.udp) == 0 {
			t.Errorf("service %+v is not whole", s)
		}
		for proto, ports := range map[protos][]uint16{tcp: s.tcp, udp: s.udp} {
			for _, port := range ports {
				if was := seen[portKey{proto, port}]; was != "" {
					t.Errorf("%d/%s is usual for %s and %s", port, proto, was, s.service)
				}
				seen[portKey{proto, port}] = s.service
			}
		}
		programs := strings.Fields(s.programs + " " + s.also)
		slices.Sort(programs)
		if n := len(programs); len(slices.Compact(programs)) < n {
			t.Errorf("%s names a program twice: %s", s.service, programs)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, name := range []string{"", ":", " ", "nginx: master", "python3.11", "systemd-resolve", "3.11", "\xff\u202e", "sshd-9.9-"} {
		f.Add(name)
	}
	u := newUsuals(usualServices(), nil)
	f.Fuzz(func(t *testing.T, name string) {
		p := u.find(name)
		if p == nil {
			return
		}
		if p.name == "" || !strings.HasPrefix(name, p.name[:min(len(p.name), linuxComm)]) {
			t.Errorf("%q is taken for %q", name, p.name)
		}
		if u.find(p.name) != p || !utf8.ValidString(p.service) {
			t.Errorf("%q is not itself", p.name)
		}
	})
}
