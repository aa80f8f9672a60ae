package launchd

import (
	"strings"
	"testing"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// job writes a property list around the entries of a job.
func job(entries string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>` + entries + `</dict></plist>`)
}

// labelled is a job with one entry of Sockets.
func labelled(label, socket string) []byte {
	return job("<key>Label</key><string>" + label + "</string><key>Sockets</key><dict><key>Listener</key>" + socket + "</dict>")
}

// socketOf writes an entry from keys and texts in turn.
func socketOf(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString("<key>" + pairs[i] + "</key><string>" + pairs[i+1] + "</string>")
	}
	return "<dict>" + b.String() + "</dict>"
}

const sshJob = `
	<key>Disabled</key> <true/>
	<key>Label</key> <string>com.openssh.sshd</string>
	<key>Program</key> <string>/usr/libexec/sshd-keygen-wrapper</string>
	<key>ProgramArguments</key> <array><string>/usr/sbin/sshd</string><string>-i</string></array>
	<key>Sockets</key>
	<dict><key>Listeners</key>
		<dict>
			<key>SockServiceName</key> <string>ssh</string>
			<key>Bonjour</key> <array><string>ssh</string><string>sftp-ssh</string></array>
		</dict>
	</dict>
	<key>inetdCompatibility</key> <dict><key>Wait</key> <false/></dict>`
