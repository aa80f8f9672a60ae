package codesign

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// The magic numbers and slots of a signature, osfmk/kern/cs_blobs.h of xnu. All of its
// numbers are in network order.
const (
	magicSuperBlob     = 0xfade0cc0
	magicCodeDirectory = 0xfade0c02

	slotDirectory = 0       // CSSLOT_CODEDIRECTORY
	slotCMS       = 0x10000 // CSSLOT_SIGNATURESLOT: what a certificate has signed

	versionTeam = 0x20200 // of a directory that has room for a team
)

var errBlob = errors.New("parse signature: it is damaged")

// parseSuperBlob reads a signature: a list of blobs by their slots.
func parseSuperBlob(r *io.SectionReader) (Signature, error) {
	var header [12]byte
	if _, err := r.ReadAt(header[:], 0); err != nil {
		return Signature{}, errBlob
	}
	count := binary.BigEndian.Uint32(header[8:])
	if binary.BigEndian.Uint32(header[:]) != magicSuperBlob || count > maxBlobs {
		return Signature{}, errBlob
	}
	index := make([]byte, 8*count)
	if _, err := r.ReadAt(index, 12); err != nil {
		return Signature{}, errBlob
	}
	var directory *io.SectionReader
	certified := false
	for ; len(index) > 0; index = index[8:] {
		slot, at := binary.BigEndian.Uint32(index), binary.BigEndian.Uint32(index[4:])
		if slot != slotDirectory && slot != slotCMS {
			continue
		}
		blob, err := blobAt(r, at)
		switch {
		case err != nil:
			return Signature{}, err
		case slot == slotCMS:
			certified = blob.Size() > blobHeader // one that is signed ad hoc may have it, with nothing in it
		case directory == nil:
			directory = blob
		}
	}
	if directory == nil {
		return Signature{}, errBlob
	}
	return parseDirectory(directory, certified)
}

// blobAt is a blob, by the length that stands in it.
func blobAt(r *io.SectionReader, at uint32) (*io.SectionReader, error) {
	var header [blobHeader]byte
	if _, err := r.ReadAt(header[:], int64(at)); err != nil {
		return nil, errBlob
	}
	blob, err := part(r, span{uint64(at), uint64(binary.BigEndian.Uint32(header[4:]))})
	if err != nil || blob.Size() < blobHeader {
		return nil, errBlob
	}
	return blob, nil
}

// parseDirectory reads a CodeDirectory, CS_CodeDirectory.
func parseDirectory(r *io.SectionReader, certified bool) (s Signature, err error) {
	var d [52]byte // up to teamOffset
	if n, _ := r.ReadAt(d[:], 0); n < 44 || binary.BigEndian.Uint32(d[:]) != magicCodeDirectory {
		return Signature{}, errBlob
	}
	version, flags, platform := binary.BigEndian.Uint32(d[8:]), binary.BigEndian.Uint32(d[12:]), d[38]
	s = Signature{Evidence: File}
	if s.ID, err = textAt(r, binary.BigEndian.Uint32(d[20:])); err != nil {
		return Signature{}, err
	}
	team := ""
	if at := binary.BigEndian.Uint32(d[48:]); version >= versionTeam && at != 0 {
		if team, err = textAt(r, at); err != nil {
			return Signature{}, err
		}
	}
	switch {
	case flags&flagAdHoc != 0, !certified && platform == 0:
		s.Signer = AdHoc
	case platform != 0:
		s.Signer = Apple
	case team != "":
		s.Signer, s.Team = Developer, team
	default:
		s.Signer = Certificate
	}
	return s, nil
}

// textAt is a text that ends with NUL.
func textAt(r *io.SectionReader, at uint32) (string, error) {
	var buf [maxText + 1]byte
	n, err := r.ReadAt(buf[:], int64(at))
	if err != nil && err != io.EOF {
		return "", err
	}
	text, _, ended := bytes.Cut(buf[:n], []byte{0})
	if !ended {
		return "", errBlob
	}
	return string(text), nil
}
