package scanner

import (
	"net"
	"strconv"
	"time"

	"portlight/scanner/process"
)

// factsPeriod is how long facts are taken for true: an interface may be renamed.
const factsPeriod = time.Minute

// userNames keeps names of users by id.
type userNames map[uint32]string

func (u userNames) of(uid uint32) string {
	name, ok := u[uid]
	if !ok {
		name = process.UserName(int(uid))
		u[uid] = name
	}
	return name
}

// deviceNames keeps names of interfaces by index.
type deviceNames map[uint32]string

func (d deviceNames) of(index uint32) string {
	if index == 0 {
		return ""
	}
	if name, ok := d[index]; ok {
		return name
	}
	name := "if" + strconv.FormatUint(uint64(index), 10)
	if ifi, err := net.InterfaceByIndex(int(index)); err == nil {
		name = ifi.Name
	}
	d[index] = name
	return name
}
