package firewall

import (
	"bytes"
	"strings"

	"portlight/assets/words"
)

// applicationFirewall is the name that macOS gives it.
const applicationFirewall = "Application Firewall"

// applicationState puts the answers of socketfilterfw together: to --getglobalstate,
// and where the firewall is on to --getblockall and --getstealthmode. What cannot be
// read of the two is left out.
func applicationState(global, blockAll, stealth []byte) State {
	state := parseGlobalState(global)
	if state.Status != Active {
		return state
	}
	var details []string
	if state.Detail != "" || parseSwitch(blockAll) == on { // State = 2 has a detail
		details = append(details, wordEssential.String())
	}
	if parseSwitch(stealth) == on {
		details = append(details, wordStealth.String())
	}
	state.Detail = words.Facts(details...)
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
			return State{applicationFirewall, Active, wordEssential.String()}
		}
	}
	return State{applicationFirewall, Unknown, wordNotReadable.String()}
}

// parseSwitch reads what it prints of a switch. The words differ between versions of
// macOS; the last one tells.
func parseSwitch(b []byte) setting {
	said := strings.Fields(string(b))
	if len(said) == 0 {
		return unset
	}
	switch strings.ToLower(strings.TrimRight(said[len(said)-1], ".!")) {
	case "on", "enabled":
		return on
	case "off", "disabled":
		return off
	}
	return unset
}
