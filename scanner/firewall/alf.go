package firewall

import (
	"bytes"
	"strings"
)

// applicationFirewall is the name that macOS gives it.
const applicationFirewall = "Application Firewall"

// What the Application Firewall does beside asking for each program.
const (
	wordEssential = "refuses all that is not essential"
	wordStealth   = "does not answer those who try ports"
)

// applicationState puts the answers of socketfilterfw together: to --getglobalstate,
// and where the firewall is on to --getblockall and --getstealthmode. What cannot be
// read of the two is left out.
func applicationState(global, blockAll, stealth []byte) State {
	state := parseGlobalState(global)
	if state.Status != Active {
		return state
	}
	var details []string
	if state.Detail == wordEssential || parseSwitch(blockAll) == on {
		details = append(details, wordEssential)
	}
	if parseSwitch(stealth) == on {
		details = append(details, wordStealth)
	}
	state.Detail = strings.Join(details, ", ")
	return state
}

// parseGlobalState reads what "socketfilterfw --getglobalstate" prints. The words
// differ between versions of macOS; the number behind them does not.
func parseGlobalState(b []byte) State {
	_, rest, found := bytes.Cut(b, []byte("(State = "))
	number, _, closed := bytes.Cut(rest, []byte(")"))
	if found && closed {
		switch string(number) {
		case "0":
			return State{applicationFirewall, Inactive, ""}
		case "1":
			return State{applicationFirewall, Active, ""}
		case "2":
			return State{applicationFirewall, Active, wordEssential}
		}
	}
	return State{applicationFirewall, Unknown, "not readable"}
}

// parseSwitch reads what it prints of a switch. The words differ between versions of
// macOS; the last one tells.
func parseSwitch(b []byte) setting {
	words := strings.Fields(string(b))
	if len(words) == 0 {
		return unset
	}
	switch strings.ToLower(strings.TrimRight(words[len(words)-1], ".!")) {
	case "on", "enabled":
		return on
	case "off", "disabled":
		return off
	}
	return unset
}
