package main

import "time"

// The series of a case, each a row of the report.
const (
	floorDumps = "floor: three bare kernel dumps"
	floorWalk  = "floor: bare walk of /proc/*/fd, one thread"

	oursWarm    = "**Portlight**, warm: nothing changed"
	oursKnown   = "**Portlight**, +1 listener, of a process that has some"
	oursFresh   = "**Portlight**, +1 listener, of a fresh process"
	oursOld     = "**Portlight**, +1 listener, of an old process that never had one"
	oursClosed  = "**Portlight**, -1 listener"
	oursCold    = "**Portlight**, cold, all owners"
	oursColdOne = "**Portlight**, cold, all owners, one thread"

	portlistWarm  = "tailscale portlist, warm"
	portlistKnown = "tailscale portlist, +1 listener"
	gopsutil3     = "gopsutil v3 net.Connections"
	gopsutil4     = "gopsutil v4 net.Connections"
	procfsLook    = "prometheus/procfs"
	netlinkLook   = "vishvananda/netlink, no owners"

	commandOurs     = "**`portlight list --json`**"
	commandNoWindow = "**`portlight list --json`**, built without the window"
	commandSS       = "`ss -H -lntup`"
	commandNetstat  = "`netstat -lntup`"
	commandLsof     = "`lsof -nP -iTCP -sTCP:LISTEN`"

	// Measured without and with the established sockets, in turn.
	aloneDumps     = "three bare kernel dumps, without them"
	besideDumps    = "three bare kernel dumps, with them"
	aloneWarm      = "**Portlight**, warm, without them"
	besideWarm     = "**Portlight**, warm, with them"
	alonePortlist  = "tailscale portlist, warm, without them"
	besidePortlist = "tailscale portlist, warm, with them"

	cadenceDumps    = "once a second: three bare kernel dumps"
	cadenceWarm     = "once a second: **Portlight**, warm"
	cadencePortlist = "once a second: tailscale portlist, warm"
)

// Who is polled, for the share of a core that it takes.
const (
	pollOurs     = "**Portlight**"
	pollPortlist = "tailscale portlist"
	pollGopsutil = "gopsutil v3"
)

// result is what one case gave.
type result struct {
	Case      benchCase
	Processes int // of the whole computer, in the end
	Medians   map[string]time.Duration
	Samples   map[string]int
	Allocs    float64 // of a warm scan
	Shares    []share // where polling was measured
	Compared  int     // listeners whose owners were compared with ss
	// Differences of owners or listeners from what there really was, a line each.
	Differences []string
}

// share is the part of one core that somebody takes who polls.
type share struct {
	Who   string
	Every time.Duration
	Core  float64 // 0.01 is one percent
}
