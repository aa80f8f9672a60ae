package firewall

import "bytes"

// applicationFirewall is the name that macOS gives it.
const applicationFirewall = "Application Firewall"

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
			return State{applicationFirewall, Active, "refuses all that is not essential"}
		}
	}
	return State{applicationFirewall, Unknown, "not readable"}
}
