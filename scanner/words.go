package scanner

import (
	"errors"
	"net/netip"
	"os"
	"strconv"

	"portlight/assets/words"
	"portlight/scanner/firewall"
)

// The notes on what is not seen, or not for sure.
const (
	wordNotFound        = words.Text("no process was found for {{.N}} of {{.All}} listeners")
	wordSourceFails     = words.Text("source {{.Source}} does not work: {{.Reason}}")
	wordInsideUnknown   = words.Text("listeners in containers are not known: {{.Reason}}")
	wordNetworkUnknown  = words.Text("the network's interfaces are not known: {{.Reason}}")
	wordForwardsUnknown = words.Text("ports that the packet filter leads elsewhere are not, or not all, known: {{.Reason}}")
	wordGuessedDual     = words.Text("dual-stack sockets are an estimate, this source does not tell them")

	wordLastUser    = words.Text("macOS names the process that used a socket last: mostly, but not surely, the one that holds it")
	wordOnlyOwn     = words.Text("what other users' programs listen on is hidden: macOS shows this user only its own sockets ({{.Shown}} of {{.All}}), and {{.Reason}}")
	wordJoined      = words.Text("macOS shows this user only its own sockets at once; those of other users come from netstat, some seconds late, and their ephemeral ports are an estimate")
	wordJoinedThis  = words.Text("macOS shows Portlight only its own sockets at once; those of all other programs come from netstat, some seconds late, and their ephemeral ports are an estimate")
	wordOnlyNetstat = words.Text("all comes from netstat, some seconds late; users are those of the processes, ephemeral ports an estimate")
	wordRestFails   = words.Text("what comes from netstat is not up to date: it fails: {{.Reason}}")
	wordOnlyThis    = words.Text("the kernel shows Portlight only its own sockets, and {{.Reason}}")
	wordOnlyLsof    = words.Text("what other users' programs listen on is hidden: lsof shows this user only its own programs")
)

var (
	wordOtherUser = words.Plural{
		One:   "{{.N}} of {{.All}} listeners belongs to a process of another user, which an ordinary user may not look into",
		Other: "{{.N}} of {{.All}} listeners belong to processes of other users, which an ordinary user may not look into",
	}
	wordProtected = words.Plural{
		One:   "{{.N}} of {{.All}} listeners is this user's, but its processes are closed to it or in another pid namespace",
		Other: "{{.N}} of {{.All}} listeners are this user's, but their processes are closed to it or in another pid namespace",
	}
	wordMoreForwards = words.Plural{
		One:   "the packet filter leads {{.N}} more port or range of ports elsewhere, without a listener",
		Other: "the packet filter leads {{.N}} more ports or ranges of ports elsewhere, without a listener",
	}
	wordSkippedRows = words.Plural{
		One:   "{{.N}} row of netstat could not be read",
		Other: "{{.N}} rows of netstat could not be read",
	}
)

// hiddenWords says why the processes of some of all listeners cannot be seen.
func hiddenWords(r HiddenReason, n, all int) string {
	switch r {
	case OtherUser:
		return wordOtherUser.Of(n, "All", all)
	case Protected:
		return wordProtected.Of(n, "All", all)
	}
	return wordNotFound.With("N", n, "All", all)
}

// ErrNoConnections says that there is nothing to list: UDP has no connections, and
// those in another network namespace are not told.
const ErrNoConnections = words.Error("connections are told of TCP in this computer's own network only")

const (
	errNoSource  = words.Error("no source of listeners works") // nothing on this system tells what listens
	errNoMore    = words.Error("netstat shows no more")
	errNoAnswer  = words.Error("no answer yet")
	errBusy      = words.Error("the one before still runs")
	errNoSockets = words.Error("the kernel shows no socket at all")
	errNoneAtAll = words.Error("lsof lists no socket at all")
)

const (
	wordScanFailed        = words.Text("scan: {{.Reason}}")
	wordScanByFailed      = words.Text("scan by {{.Source}}: {{.Reason}}")
	wordSourceFailed      = words.Text("source {{.Source}}: {{.Reason}}")
	wordSelfTestFailed    = words.Text("self-test: {{.Reason}}")
	wordReadNetworkFailed = words.Text("read network: {{.Reason}}")
	wordListFailed        = words.Text("list connections: {{.Reason}}")
	wordListOfFailed      = words.Text("list connections of process {{.PID}}: {{.Reason}}")
	wordNetstatFailed     = words.Text("netstat about {{.Proto}}: {{.Reason}}")

	wordNotShown   = words.Text("this program's own socket {{.Socket}} is not shown")
	wordWrongOwner = words.Text("this program's own socket {{.Socket}} is shown with process {{.PID}} in place of {{.OwnPID}}")
	wordWrongUser  = words.Text("this program's own socket {{.Socket}} is shown with user {{.User}} in place of {{.OwnUser}}")
)

func errNotShown(k Key) error { return errors.New(wordNotShown.With("Socket", k.ID())) }

func errWrongOwner(k Key, pid int) error {
	return errors.New(wordWrongOwner.With("Socket", k.ID(), "PID", pid, "OwnPID", os.Getpid()))
}

func errWrongUser(k Key, uid int) error {
	return errors.New(wordWrongUser.With("Socket", k.ID(), "User", uid, "OwnUser", os.Geteuid()))
}

// Ports that the packet filter leads elsewhere: one port or a range, to a place that is
// not told, to another port of this computer, or to an address. By is whose rule it is.
const (
	wordPortElsewhere = words.Text("port {{.Port}} leads elsewhere by a rule of the packet filter ({{.By}}); nothing listens on it here")
	wordPortToPort    = words.Text("port {{.Port}} leads to port {{.To}} by a rule of the packet filter ({{.By}}); nothing listens on it here")
	wordPortToAddress = words.Text("port {{.Port}} leads to {{.To}} by a rule of the packet filter ({{.By}}); nothing listens on it here")

	wordPortsElsewhere = words.Text("ports {{.Ports}} lead elsewhere by a rule of the packet filter ({{.By}}); nothing listens on them here")
	wordPortsToPort    = words.Text("ports {{.Ports}} lead to port {{.To}} by a rule of the packet filter ({{.By}}); nothing listens on them here")
	wordPortsToAddress = words.Text("ports {{.Ports}} lead to {{.To}} by a rule of the packet filter ({{.By}}); nothing listens on them here")

	wordUsedElsewhere = words.Text("ports {{.Ports}} lead elsewhere by a rule of the packet filter ({{.By}}); something listens here on {{.Count}} of them")
	wordUsedToPort    = words.Text("ports {{.Ports}} lead to port {{.To}} by a rule of the packet filter ({{.By}}); something listens here on {{.Count}} of them")
	wordUsedToAddress = words.Text("ports {{.Ports}} lead to {{.To}} by a rule of the packet filter ({{.By}}); something listens here on {{.Count}} of them")
)

// forwardWords tells where ports lead to, of which some may have a listener all the
// same.
func forwardWords(f firewall.Forward, listened int) string {
	texts := [...]words.Text{wordPortsElsewhere, wordPortsToPort, wordPortsToAddress}
	ports := strconv.Itoa(int(f.Low)) + "-" + strconv.Itoa(int(f.High)) + "/" + f.Proto
	switch {
	case f.Low == f.High:
		texts = [...]words.Text{wordPortElsewhere, wordPortToPort, wordPortToAddress}
		ports = strconv.Itoa(int(f.Low)) + "/" + f.Proto
	case listened > 0:
		texts = [...]words.Text{wordUsedElsewhere, wordUsedToPort, wordUsedToAddress}
	}
	text, to := texts[0], ""
	switch {
	case f.Here:
		text, to = texts[1], strconv.Itoa(int(f.Port))
	case f.To.IsValid() && f.Port != 0:
		text, to = texts[2], netip.AddrPortFrom(f.To, f.Port).String()
	case f.To.IsValid():
		text, to = texts[2], f.To.String()
	}
	return text.With("Port", ports, "Ports", ports, "To", to, "By", f.By, "Count", listened)
}
