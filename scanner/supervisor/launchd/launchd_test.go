package launchd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"howett.net/plist"
)

func TestParse(t *testing.T) {
	got, err := Parse(job(sshJob))
	want := Job{
		Label: "com.openssh.sshd", Program: "/usr/libexec/sshd-keygen-wrapper", Arguments: []string{"/usr/sbin/sshd", "-i"},
		Sockets: []Socket{{Name: "Listeners", Proto: "tcp", Service: "ssh"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	noProgram, err := Parse(job("<key>Label</key><string>x</string><key>ProgramArguments</key><array><integer>1</integer><string>/bin/x</string></array>"))
	if err != nil || noProgram.Program != "/bin/x" || noProgram.Sockets != nil {
		t.Errorf("got %+v, %v", noProgram, err)
	}
}

func TestParseSockets(t *testing.T) {
	cases := []struct {
		name, value string
		want        []Socket
	}{
		{"kdumpd", socketOf("SockServiceName", "1069", "SockType", "dgram"), []Socket{{Proto: "udp", Port: 1069}}},
		{"tftp", socketOf("SockServiceName", "tftp", "SockType", "DGRAM"), []Socket{{Proto: "udp", Service: "tftp"}}},
		{"an integer", "<dict><key>SockServiceName</key><integer>8021</integer></dict>", []Socket{{Proto: "tcp", Port: 8021}}},
		{"a list", "<array>" + socketOf("SockServiceName", "8021", "SockNodeName", "127.0.0.1", "SockFamily", "IPv4") +
			socketOf("SockServiceName", "8021", "SockNodeName", "::1", "SockFamily", "ipv6") + "</array>",
			[]Socket{{Proto: "tcp", Port: 8021, Node: "127.0.0.1", Family: IPv4}, {Proto: "tcp", Port: 8021, Node: "::1", Family: IPv6}}},
		{"a group", socketOf("SockServiceName", "5353", "SockType", "dgram", "MulticastGroup", "224.0.0.251"), []Socket{{Proto: "udp", Port: 5353}}},
		{"both versions", socketOf("SockServiceName", "80", "SockFamily", "IPv4v6"), []Socket{{Proto: "tcp", Port: 80}}},
		{"passive", "<dict><key>SockServiceName</key><string>80</string><key>SockPassive</key><true/></dict>", []Socket{{Proto: "tcp", Port: 80}}},
		{"one that connects", "<dict><key>SockServiceName</key><string>80</string><key>SockPassive</key><false/></dict>", nil},
		{"a path", socketOf("SockPathName", "/var/run/x", "SockServiceName", "80"), nil},
		{"unix", socketOf("SockServiceName", "80", "SockFamily", "Unix"), nil},
		{"seqpacket", socketOf("SockServiceName", "80", "SockType", "seqpacket"), nil},
		{"no port", socketOf("SockNodeName", "localhost"), nil},
		{"port 0", socketOf("SockServiceName", "0"), nil},
		{"port 65536", socketOf("SockServiceName", "65536"), nil},
		{"a port of 20 digits", socketOf("SockServiceName", "18446744073709551615"), nil},
		{"an integer too large", "<dict><key>SockServiceName</key><integer>65616</integer></dict>", nil},
		{"a negative one", "<dict><key>SockServiceName</key><integer>-1</integer></dict>", nil},
		{"an empty name", socketOf("SockServiceName", ""), nil},
		{"a boolean", "<dict><key>SockServiceName</key><true/></dict>", nil},
		{"no dictionary", "<string>80</string>", nil},
		{"a list of lists", "<array><array/><string/></array>", nil},
	}
	for _, tc := range cases {
		got, err := Parse(labelled("x", tc.value))
		for i := range tc.want {
			tc.want[i].Name = "Listener"
		}
		if err != nil || !reflect.DeepEqual(got.Sockets, tc.want) {
			t.Errorf("%s: got %+v, %v, want %+v", tc.name, got.Sockets, err, tc.want)
		}
	}
}

// TestParseBinary reads what the library's encoder writes: all ways of a port.
func TestParseBinary(t *testing.T) {
	b, err := plist.Marshal(map[string]any{
		"Label": "de.grün", "ProgramArguments": []string{"/bin/x", "-i"}, "Date": 1.5, "Data": []byte{1, 2},
		"Sockets": map[string]any{
			"A": map[string]any{"SockServiceName": 8021, "SockType": "stream"},
			"B": []any{map[string]any{"SockServiceName": "8022", "SockType": "dgram"}, map[string]any{"SockServiceName": "ntalk", "SockType": "dgram"}},
		},
	}, plist.BinaryFormat)
	must(t, err)
	got, err := Parse(b)
	want := Job{Label: "de.grün", Program: "/bin/x", Arguments: []string{"/bin/x", "-i"}, Sockets: []Socket{
		{Name: "A", Proto: "tcp", Port: 8021}, {Name: "B", Proto: "udp", Port: 8022}, {Name: "B", Proto: "udp", Service: "ntalk"},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseWhatIsNoJob(t *testing.T) {
	cases := []struct {
		name, text string
		want       error
	}{
		{"nothing", "", errFormat},
		{"text", "hello", errFormat},
		{"OpenStep", "{ Label = x; }", errFormat},
		{"OpenStep's data", "<0101>", errFormat},
		{"HTML", "<html><body/></html>", errFormat},
		{"half of one", string(job(sshJob))[:400], errFormat},
		{"an empty list", "<plist/>", errNotDict},
		{"an array", "<plist><array/></plist>", errNotDict},
		{"no label", "<plist><dict/></plist>", errLabel},
		{"another label", "<plist><dict><key>Label</key><integer>1</integer></dict></plist>", errLabel},
		{"a header alone", "bplist00", errObject},
	}
	for _, tc := range cases {
		if j, err := Parse([]byte(tc.text)); !errors.Is(err, tc.want) || j.Label != "" {
			t.Errorf("%s: got %+v, %v, want %v", tc.name, j, err, tc.want)
		}
	}
}

func TestReadDict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Info.plist")
	if _, err := ReadDict(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	must(t, os.WriteFile(path, job("<key>CFBundleName</key><string>x</string>"), 0o600))
	if dict, err := ReadDict(path); err != nil || dict["CFBundleName"] != "x" {
		t.Errorf("got %v, %v", dict, err)
	}
	must(t, os.WriteFile(path, []byte("<plist><array/></plist>"), 0o600))
	if _, err := ReadDict(path); !errors.Is(err, errNotDict) {
		t.Errorf("an array: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(job(sshJob))
	f.Add(labelled("x", "<array>"+socketOf("SockServiceName", "8021")+"</array>"))
	for _, v := range []any{map[string]any{"Label": "ü", "Sockets": map[string]any{"A": map[string]any{"SockServiceName": 69}}}, []any{1.5, true, []byte{1}}} {
		b, err := plist.Marshal(v, plist.BinaryFormat)
		must(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		j, err := Parse(b)
		if (err == nil) != (j.Label != "") {
			t.Errorf("got %+v, %v", j, err)
		}
		for _, s := range j.Sockets {
			if s.Proto != "tcp" && s.Proto != "udp" || (s.Port == 0) == (s.Service == "") {
				t.Errorf("got %+v", s)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := job(sshJob)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
