package netif

import (
	"slices"
	"strings"

	"portlight/assets/words"
)

// The details that are words. All others are names, or what the kernel calls a kind.
const (
	wordEthernetOrWiFi = words.Text("Ethernet or Wi-Fi")
	wordLowLatency     = words.Text("Apple low-latency Wi-Fi")
	wordAccessPoint    = words.Text("access point")
	wordPrivate        = words.Text("Apple network private interface")
	wordMachines       = words.Text("virtual machines")
	wordShared         = words.Text("shared with virtual machines or by Internet Sharing")
	wordProcessor      = words.Text("to a processor within this computer")
	wordWatch          = words.Text("to a watch")
	wordManagement     = words.Text("for management")
)

func described() [9]words.Text {
	return [...]words.Text{
		wordEthernetOrWiFi, wordLowLatency, wordAccessPoint, wordPrivate, wordMachines, wordShared, wordProcessor, wordWatch, wordManagement,
	}
}

// bridgeMark is behind the name of a program in the detail of its bridges, which are
// called wordBridge.
const (
	bridgeMark = " bridge"
	wordBridge = words.Text("{{.Program}} bridge")
)

// words is the detail in the language in use.
func (n nature) words() string {
	if program, ok := strings.CutSuffix(n.detail, bridgeMark); ok {
		return wordBridge.With("Program", program)
	}
	known := described()
	if i := slices.Index(known[:], words.Text(n.detail)); i >= 0 {
		return known[i].String()
	}
	return n.detail
}

const (
	wordReadFailed      = words.Text("read interfaces: {{.Reason}}")
	wordAddressesFailed = words.Text("read addresses of interfaces: {{.Reason}}")
	wordAddressFailed   = words.Text("read addresses of {{.Interface}}: {{.Reason}}")
)
