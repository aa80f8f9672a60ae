package execevents

import (
	"encoding/binary"
	"math"

	"golang.org/x/sys/unix"
)

// match is a word that a message must have at an offset.
type match struct{ offset, value uint32 }

// onlyAck lets through the acknowledgement of the request with this token.
func onlyAck(token uint32) []unix.SockFilter {
	return filter(match{offsetEvent, whatAck}, match{offsetToken, token + 1})
}

// onlyExec lets through exec events: no fork, exit or acknowledgement of others
// wakes this process. It costs the same as the event mask that Linux 6.6 and
// later take in struct proc_input, and works on all kernels.
func onlyExec() []unix.SockFilter { return filter(match{offsetEvent, whatExec}) }

// filter is a classic BPF program (linux/filter.h) that lets through what has
// all these words. BPF reads words as big-endian.
func filter(matches ...match) []unix.SockFilter {
	var program []unix.SockFilter
	for _, m := range matches {
		wire := binary.BigEndian.Uint32(binary.NativeEndian.AppendUint32(nil, m.value))
		program = append(program,
			unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: m.offset},
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: wire},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0})
	}
	return append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: math.MaxUint32})
}

// attach replaces the filter of a socket, socket(7).
func attach(fd int, program []unix.SockFilter) error {
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}
