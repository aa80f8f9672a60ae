package power

import "strings"

// The facts of a supply that are asked, by their names in sysfs-class-power.
const (
	factType   = "type"
	factScope  = "scope"
	factOnline = "online"
	factStatus = "status"
)

// supplies tells facts of the power supplies of a computer; "" is not told.
type supplies struct {
	names []string
	fact  func(name, fact string) string
}

// onBattery is whether there is a battery and every supply from outside is
// offline. Where none says what it is, the batteries are asked whether they
// discharge.
func (s supplies) onBattery() bool {
	var batteries []string
	offline := false
	for _, name := range s.names {
		kind := s.fact(name, factType)
		battery := kind == "Battery"
		if !battery && !external(kind) || s.fact(name, factScope) == "Device" {
			continue
		}
		if battery {
			batteries = append(batteries, name)
			continue
		}
		switch s.fact(name, factOnline) {
		case "0":
			offline = true
		case "1", "2": // fixed or programmable voltage
			return false
		}
	}
	return len(batteries) > 0 && (offline || s.discharging(batteries))
}

// external reports whether a type is one of a supply from outside. Older
// kernels have a type for each kind of USB: USB_C, USB_PD, USB_DCP and more.
func external(kind string) bool {
	return kind == "Mains" || kind == "Wireless" || strings.HasPrefix(kind, "USB")
}

func (s supplies) discharging(batteries []string) bool {
	for _, name := range batteries {
		if s.fact(name, factStatus) == "Discharging" {
			return true
		}
	}
	return false
}
