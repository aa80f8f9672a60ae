package power

import (
	"strings"
	"testing"
)

// one is a single supply with these facts.
func one(kind, scope, online, status string) supplies {
	facts := map[string]string{factType: kind, factScope: scope, factOnline: online, factStatus: status}
	return supplies{[]string{"x"}, func(_, fact string) string { return facts[fact] }}
}

func TestOneSupply(t *testing.T) {
	for _, c := range []struct {
		name                        string
		kind, scope, online, status string
		want                        bool
	}{
		{"discharging", "Battery", "", "", "Discharging", true},
		{"discharging, of the system", "Battery", "System", "", "Discharging", true},
		{"online means nothing for a battery", "Battery", "", "1", "Discharging", true},
		{"charging", "Battery", "", "", "Charging", false},
		{"full", "Battery", "", "", "Full", false},
		{"untold", "Battery", "", "", "", false},
		{"a mouse", "Battery", "Device", "", "Discharging", false},
		{"mains offline without a battery", "Mains", "", "0", "", false},
		{"a UPS", "UPS", "", "0", "Discharging", false},
		{"nothing told", "", "", "", "", false},
		{"other case", "battery", "", "", "Discharging", false},
	} {
		if got := one(c.kind, c.scope, c.online, c.status).onBattery(); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// FuzzOneSupply holds that one supply alone means battery in one way only, and
// that two batteries of the same facts are no other than one.
func FuzzOneSupply(f *testing.F) {
	f.Add("Battery", "", "", "Discharging")
	f.Add("Battery", "Device", "0", "Discharging")
	f.Add("USB_C", "System", "2", "\xff\x00")
	f.Fuzz(func(t *testing.T, kind, scope, online, status string) {
		s := one(kind, scope, online, status)
		got := s.onBattery()
		if want := kind == "Battery" && scope != "Device" && status == "Discharging"; got != want {
			t.Errorf("got %v", got)
		}
		if s.names = []string{"x", "y"}; s.onBattery() != got {
			t.Error("two are other than one")
		}
	})
}

// FuzzBesideABattery holds what a supply from outside may change.
func FuzzBesideABattery(f *testing.F) {
	f.Add("Mains", "", "0")
	f.Add("USB_PD", "Device", "1")
	f.Fuzz(func(t *testing.T, kind, scope, online string) {
		s := supplies{[]string{"battery", "other"}, func(name, fact string) string {
			if name == "battery" {
				return map[string]string{factType: "Battery", factStatus: "Discharging"}[fact]
			}
			return map[string]string{factType: kind, factScope: scope, factOnline: online}[fact]
		}}
		outside := kind == "Mains" || kind == "Wireless" || strings.HasPrefix(kind, "USB")
		powered := outside && scope != "Device" && (online == "1" || online == "2")
		if s.onBattery() == powered {
			t.Errorf("on battery: %v", !powered)
		}
	})
}

// TestLittleIsRead: the firmware is not asked for the state of a battery when a
// supply from outside tells it.
func TestLittleIsRead(t *testing.T) {
	for _, online := range []string{"0", "1"} {
		s := supplies{[]string{"battery", "mains"}, func(name, fact string) string {
			if name == "battery" && fact != factType && fact != factScope || name == "mains" && fact == factStatus {
				t.Errorf("online %s: %s of %s is read", online, fact, name)
			}
			return map[string]string{"batterytype": "Battery", "mainstype": "Mains", "mainsonline": online}[name+fact]
		}}
		if got := s.onBattery(); got != (online == "0") {
			t.Errorf("online %s: got %v", online, got)
		}
	}
}
