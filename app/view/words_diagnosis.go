package view

import (
	"portlight/assets/words"
	"portlight/scanner/netif"
)

// The headings of the diagnosis.
const (
	wordSources       = words.Text("Sources | of the listeners, a heading")
	wordSeen          = words.Text("What is seen | a heading")
	wordEvents        = words.Text("Events | of the kernel, a heading")
	wordSupervisors   = words.Text("Supervisors | of services, a heading")
	wordNetworks      = words.Text("Networks | a heading")
	wordFirewall      = words.Text("Firewall | a label")
	wordNames         = words.Text("Names of ports | a heading")
	wordMemory        = words.Text("Memory | of Portlight: what it remembers, a heading")
	wordNotifications = words.Text("Notifications | a heading")
	wordTray          = words.Text("Tray | of the desktop, a heading")
	wordCost          = words.Text("Cost | of running, a heading")
)

// The words of sources, supervisors and names.
const (
	wordsFails      = words.Text("does not work: {{.Error}}")
	wordsUnseen     = words.Text("Nothing: no source works")
	wordsExecTold   = words.Text("the kernel tells when a program is started: what it listens on is noticed within half a second")
	wordsExecUntold = words.Text("the kernel does not tell when a program is started ({{.Error}}): what listens is looked for at each interval")
	wordsNotFound   = words.Text("not found | a supervisor of services")
	wordsPlace      = words.Text("{{.Place}}: {{.Facts}}")
	wordsRegistry   = words.Text("IANA's registry of {{.Date}}")
)

// The same by how many something is.
var (
	wordsInUse           = words.Plural{One: "in use, {{.N}} listener in {{.Milliseconds}} ms", Other: "in use, {{.N}} listeners in {{.Milliseconds}} ms"}
	wordsWorks           = words.Plural{One: "works, {{.N}} listener in {{.Milliseconds}} ms", Other: "works, {{.N}} listeners in {{.Milliseconds}} ms"}
	wordsKnownContainers = words.Plural{One: "{{.N}} container, answered in {{.Milliseconds}} ms", Other: "{{.N}} containers, answered in {{.Milliseconds}} ms"}
	wordsKnownUnits      = words.Plural{One: "{{.N}} active socket unit, answered in {{.Milliseconds}} ms", Other: "{{.N}} active socket units, answered in {{.Milliseconds}} ms"}
	wordsKnownJobs       = words.Plural{One: "{{.N}} job, answered in {{.Milliseconds}} ms", Other: "{{.N}} jobs, answered in {{.Milliseconds}} ms"}
	wordsSeen            = words.Plural{
		One:   "{{.N}} listener: {{.Known}} with their processes, {{.Kernel}} of the kernel itself, {{.Hidden}} hidden",
		Other: "{{.N}} listeners: {{.Known}} with their processes, {{.Kernel}} of the kernel itself, {{.Hidden}} hidden",
	}
)

// kindTexts are the kinds of networks.
var kindTexts = map[netif.Kind]words.Text{
	netif.Loopback:  "loopback | a kind of network",
	netif.Ethernet:  "ethernet | a kind of network",
	netif.WiFi:      "wifi | a kind of network",
	netif.VPN:       "vpn | a kind of network",
	netif.Bridge:    "bridge | a kind of network",
	netif.Container: "container | a kind of network",
	netif.Virtual:   "virtual | a kind of network",
	netif.Cellular:  "cellular | a kind of network",
	netif.Other:     "other | a kind of network",
}

// The words of networks and the firewall.
const (
	wordDown            = words.Text("down | a network")
	wordsFirewallActive = words.Text("{{.Firewall}} is on; what it lets through is not judged")
	wordsFirewallNone   = words.Text("none is on | of firewalls")
	wordsFirewallUnread = words.Text("whether one is on cannot be read | of firewalls")
	wordsLegacy         = words.Text("iptables-legacy has tables ({{.Tables}}): what is in them is not read")
)

// The words of the memory.
const (
	wordsNothingYet = words.Text("{{.Path}}: nothing has been remembered yet")
	wordsUnusable   = words.Text("cannot be used: {{.Error}}")
	wordsDiskScarce = words.Text("its disk is almost full ({{.Size}} left): make room, or what happens is soon not remembered any more")
	wordsDiskFull   = words.Text("its disk is full ({{.Size}} left): what happens is not remembered until there is room")
)

// The same by how many something is.
var (
	wordsKept          = words.Plural{One: "Events are kept for {{.N}} day, {{.Events}} of them at most", Other: "Events are kept for {{.N}} days, {{.Events}} of them at most"}
	wordsSkippedRows   = words.Plural{One: "{{.N}} row of it could not be read", Other: "{{.N}} rows of it could not be read"}
	wordsEventCount    = words.Plural{One: "{{.N}} event", Other: "{{.N}} events"}
	wordsEventsSince   = words.Plural{One: "{{.N}} event since {{.Time}}", Other: "{{.N}} events since {{.Time}}"}
	wordsProgramCount  = words.Plural{One: "{{.N}} program", Other: "{{.N}} programs"}
	wordsRuleCount     = words.Plural{One: "{{.N}} rule", Other: "{{.N}} rules"}
	wordsNewAlertCount = words.Plural{One: "{{.N}} new alert", Other: "{{.N}} new alerts"}
)

// The words of notifications and the tray.
const (
	wordsAgent       = words.Text("Portlight runs, and records what happens")
	wordsNoAgent     = words.Text("Portlight does not run: nothing is recorded and nothing is told")
	wordsRecorder    = words.Text("{{.Command}} runs: it records what happens, and shows no notifications")
	wordsPausedUntil = words.Text("alerts are paused until {{.Time}}: until then none is shown, and all are recorded")
	wordsShownBy     = words.Text("shown by {{.Service}} | notifications")
	wordsWouldShow   = words.Text("they would be shown by {{.Service}} | notifications")
	wordsNotShown    = words.Text("cannot be shown: {{.Error}} | notifications")
	wordsLastFailed  = words.Text("the last one was not shown: {{.Error}} | of notifications")

	wordsTray   = words.Text("the desktop shows tray icons")
	wordsNoTray = words.Text("this desktop shows no tray icons (on GNOME the extension AppIndicator adds them)")
)

// The words of sizes, times and the cost.
const (
	wordsKB             = words.Text("{{.Size}} KB")
	wordsMB             = words.Text("{{.Size}} MB")
	wordsSeconds        = words.Text("{{.Seconds}} s")
	wordsMinutesSeconds = words.Text("{{.Minutes}} min {{.Seconds}} s")
	wordsHoursMinutes   = words.Text("{{.Hours}} h {{.Minutes}} min")
	wordsProcessor      = words.Text("{{.CPU}} of the processor in {{.Length}}")
	wordsProcessorShare = words.Text("{{.CPU}} of the processor in {{.Length}}: {{.Percent}} %, {{.Hour}} an hour")
	wordsOfMemory       = words.Text("{{.Size}} of memory")
)

var (
	wordsBytes     = words.Plural{One: "{{.N}} byte", Other: "{{.N}} bytes"}
	wordsDaysHours = words.Plural{One: "{{.N}} day {{.Hours}} h", Other: "{{.N}} days {{.Hours}} h"}
	wordsScans     = words.Plural{
		One:   "{{.N}} scan, the last in {{.Last}} ms, {{.Mean}} ms on average",
		Other: "{{.N}} scans, the last in {{.Last}} ms, {{.Mean}} ms on average",
	}
)
