package services

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestRegistrySum(t *testing.T) {
	sum, err := os.ReadFile("data/iana.sum")
	if err != nil {
		t.Fatal(err)
	}
	var date, hash string
	var rows, ports int
	if _, err := fmt.Sscan(string(sum), &date, &rows, &ports, &hash); err != nil {
		t.Fatal(err)
	}
	text, err := unpack(ianaBlob)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); got != hash {
		t.Errorf("registry has SHA-256 %s, want %s", got, hash)
	}
	r, err := parseIANA(text)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, e := range r.list.rows {
		got++
		if e.protos == tcp|udp {
			got++
		}
	}
	if r.date != date || got != ports || rows != 11426 {
		t.Errorf("registry of %s names %d ports, want %s, %d ports of 11426 rows", r.date, got, date, ports)
	}
}

func TestRegistryBounds(t *testing.T) {
	r, err := loadIANA()
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.list.rows {
		e := r.list.entry(i)
		if e.port == 0 || e.port >= 49152 || i > 0 && e.port < r.list.rows[i-1].port {
			t.Errorf("port %d after %d", e.port, r.list.rows[max(i-1, 0)].port)
		}
		if e.name == "" || clean(e.name) != e.name || clean(e.description) != e.description {
			t.Errorf("entry %#v", e)
		}
	}
}

func TestRegistryNames(t *testing.T) {
	table := Open("testdata/missing")
	for want, ports := range map[string][]string{
		"tcpmux": {"tcp 1", "udp 1"}, "ftp": {"tcp 21", "udp 21"}, "ssh": {"tcp 22", "udp 22"}, "telnet": {"tcp 23"}, "smtp": {"tcp 25"},
		"nicname": {"tcp 43"}, "domain": {"tcp 53", "udp 53"}, "bootps": {"udp 67"}, "http": {"tcp 80", "udp 80"}, "kerberos": {"tcp 88"},
		"ident": {"tcp 113"}, "auth": {"udp 113"}, "ntp": {"udp 123"}, "netbios-ssn": {"tcp 139"}, "imap": {"tcp 143"}, "snmp": {"udp 161"},
		"ldap": {"tcp 389"}, "https": {"tcp 443", "udp 443"}, "microsoft-ds": {"tcp 445"}, "submissions": {"tcp 465"}, "igmpv3lite": {"udp 465"},
		"syslog": {"udp 514"}, "printer": {"tcp 515"}, "afpovertcp": {"tcp 548"}, "rtsp": {"tcp 554"}, "ipp": {"tcp 631"}, "rsync": {"tcp 873"},
		"imaps": {"tcp 993"}, "socks": {"tcp 1080"}, "ms-sql-s": {"tcp 1433"}, "mqtt": {"tcp 1883"}, "ssdp": {"udp 1900"}, "nfs": {"tcp 2049"},
		"hbci": {"tcp 3000"}, "mysql": {"tcp 3306"}, "active-net": {"tcp 3322", "udp 3323", "tcp 3325"}, "ms-wbt-server": {"tcp 3389"},
		"commplex-main": {"tcp 5000"}, "mdns": {"udp 5353"}, "postgresql": {"tcp 5432"}, "rfb": {"tcp 5900"}, "x11": {"tcp 6000", "udp 6031", "tcp 6063"},
		"redis": {"tcp 6379"}, "http-alt": {"tcp 8080"}, "git": {"tcp 9418"}, "inspider": {"tcp 49150"},
		"": {"tcp 0", "udp 49151", "tcp 49152", "udp 65535", "sctp 22", "udp 6665"},
	} {
		for _, key := range ports {
			var proto string
			var port int
			if _, err := fmt.Sscan(key, &proto, &port); err != nil {
				t.Fatal(err)
			}
			if got := registered(table, proto, uint16(port)); got != want {
				t.Errorf("%s is %q, want %q", key, got, want)
			}
		}
	}
}

// registered gives the registry's name of a port.
func registered(t *Table, proto string, port uint16) string {
	for _, n := range t.Lookup(Query{Proto: proto, Port: port}).All {
		if n.Source == IANA || n.Also.Has(IANA) {
			return n.Name
		}
	}
	return ""
}

func TestParseIANAErrors(t *testing.T) {
	for text, want := range map[string]string{
		"2026-04-23\n22\ttcp\tssh\t\n22\ttcp\n":                           "parse registry: line 3: want port",
		"2026-04-23\n22\ttcp\t\tSSH\n":                                    "parse registry: line 2: want port",
		"2026-04-23\n65536\ttcp\ta\t\n":                                   "value out of range",
		"2026-04-23\n22\ttcp\t" + strings.Repeat("a", maxLine+1) + "\t\n": "of port 22 is too long",
		"2026-04-23\n22\tsctp\tssh\t\n":                                   `unknown protocol "sctp"`,
	} {
		if _, err := parseIANA(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if _, err := unpack("not gzip"); err == nil {
		t.Error("what is not gzip unpacks")
	}
	if _, err := unpack(ianaBlob[:len(ianaBlob)/2]); err == nil {
		t.Error("half of the registry unpacks")
	}
}

func FuzzParseIANA(f *testing.F) {
	f.Add("2026-04-23\n22\tboth\tssh\tThe Secure Shell\n")
	f.Add("2026-04-23\n9\tudp\tdiscard\t")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseIANA(text)
		if err != nil {
			return
		}
		for i := range r.list.rows {
			e := r.list.entry(i)
			if first, end := r.list.at(e.port); e.protos == 0 || e.name == "" || i < first || i >= end {
				t.Errorf("entry %#v", e)
			}
		}
	})
}

func BenchmarkLoadIANA(b *testing.B) {
	for b.Loop() {
		if _, err := loadIANA(); err != nil {
			b.Fatal(err)
		}
	}
}
