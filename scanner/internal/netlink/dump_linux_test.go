package netlink

import (
	"errors"
	"net"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDump has the kernel tell its network devices.
func TestDump(t *testing.T) {
	const infoLen, attrName = unix.SizeofIfInfomsg, unix.IFLA_IFNAME
	bodies, err := Dump(unix.NETLINK_ROUTE, unix.RTM_GETLINK, make([]byte, infoLen))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range bodies {
		names = append(names, Text(b[infoLen:], attrName))
	}
	ifs, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range ifs {
		if !slices.Contains(names, i.Name) {
			t.Errorf("%s is missing in %q", i.Name, names)
		}
	}
}

func TestDumpThatIsRefused(t *testing.T) {
	if _, err := Dump(unix.NETLINK_ROUTE, unix.RTM_GETLINK+0x7000, make([]byte, 16)); !errors.Is(err, unix.EOPNOTSUPP) {
		t.Errorf("unknown message: %v", err)
	}
	if _, err := Dump(1000, 16, nil); !errors.Is(err, unix.EPROTONOSUPPORT) {
		t.Errorf("unknown protocol: %v", err)
	}
}
