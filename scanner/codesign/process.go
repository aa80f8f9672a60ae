package codesign

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"syscall"
)

// The operations of csops(2), CS_OPS_* in bsd/sys/codesign.h of xnu.
const (
	opStatus   = 0
	opIdentity = 11
	opTeam     = 14
	opCategory = 17
)

// The flags of a process, CS_* in osfmk/kern/cs_blobs.h of xnu.
const (
	flagValid    = 0x1
	flagAdHoc    = 0x2
	flagPlatform = 0x4000000
)

// maxText bounds an identifier; real ones have some dozen bytes.
const maxText = 1024

// csops fills buf with the answer to an operation, or gives the system's error.
type csops func(op uintptr, buf []byte) error

// OfProcess asks the kernel who signed the program that a process runs: of every
// process, without any right. It takes some microseconds. The error is the system's,
// syscall.ESRCH where there is no such process, or errors.ErrUnsupported on systems
// other than macOS.
func OfProcess(pid int) (Signature, error) {
	s, err := validated(kernelOf(pid))
	if err != nil {
		return Signature{}, fmt.Errorf("read signature of process %d: %w", pid, err)
	}
	return s, nil
}

// validated puts the kernel's answers together.
func validated(ask csops) (Signature, error) {
	flags, err := number(ask, opStatus)
	if err != nil {
		return Signature{}, err
	}
	s := Signature{Evidence: Kernel, Signer: Unsigned}
	if flags&flagValid == 0 {
		return s, nil
	}
	s.ID, err = text(ask, opIdentity)
	if errors.Is(err, syscall.EINVAL) { // it has ceased to be valid since
		return s, nil
	}
	if err != nil {
		return Signature{}, err
	}
	team, err := text(ask, opTeam)
	if err != nil && !errors.Is(err, syscall.EINVAL) {
		return Signature{}, err
	}
	category, _ := number(ask, opCategory) // older systems do not know the operation
	s.Category = Category(min(category, math.MaxUint8))
	s.Signer = s.signer(flags, team)
	if s.Signer == Developer {
		s.Team = team
	}
	return s, nil
}

func (s Signature) signer(flags uint32, team string) Signer {
	switch {
	case flags&flagAdHoc != 0:
		return AdHoc
	case flags&flagPlatform != 0:
		return Apple
	case team != "" && s.Category.vouched():
		return Developer
	}
	return Certificate
}

// number is the answer of 4 bytes, in the order of the machine.
func number(ask csops, op uintptr) (uint32, error) {
	var buf [4]byte
	if err := ask(op, buf[:]); err != nil {
		return 0, err
	}
	return binary.NativeEndian.Uint32(buf[:]), nil
}

// text is an answer that is a text, "" where the kernel has none (ENOENT).
func text(ask csops, op uintptr) (string, error) {
	var buf [blobHeader + maxText + 1]byte
	switch err := ask(op, buf[:]); {
	case errors.Is(err, syscall.ENOENT):
		return "", nil
	case err != nil:
		return "", err
	}
	return parseToken(buf[:])
}

// blobHeader is the size of what stands before a text: a magic number, 0 here, and the
// length of both together in network order.
const blobHeader = 8

var errToken = errors.New("parse answer of csops: its length is wrong")

// parseToken reads such a text, which ends with NUL (csops_internal in
// bsd/kern/kern_proc.c of xnu).
func parseToken(b []byte) (string, error) {
	if len(b) < blobHeader {
		return "", errToken
	}
	n := binary.BigEndian.Uint32(b[4:])
	if n < blobHeader || uint64(n) > uint64(len(b)) {
		return "", errToken
	}
	text, _, ended := bytes.Cut(b[blobHeader:n], []byte{0})
	if !ended {
		return "", errToken
	}
	return string(text), nil
}
