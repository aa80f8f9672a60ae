package codesign

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// program is a Mach-O file to be made, with what differs between the tests.
type program struct {
	id, team string
	version  uint32 // of the CodeDirectory
	flags    uint32
	platform byte
	cms      []byte // in the slot of the certificate; nil is no such slot
	unsigned bool
}

// directory is a CodeDirectory without hashes.
func (p program) directory() []byte {
	d := make([]byte, 52)
	binary.BigEndian.PutUint32(d, magicCodeDirectory)
	binary.BigEndian.PutUint32(d[8:], p.version)
	binary.BigEndian.PutUint32(d[12:], p.flags)
	binary.BigEndian.PutUint32(d[20:], uint32(len(d)))
	d[38] = p.platform
	d = append(d, p.id+"\x00"...)
	if p.team != "" {
		binary.BigEndian.PutUint32(d[48:], uint32(len(d)))
		d = append(d, p.team+"\x00"...)
	}
	binary.BigEndian.PutUint32(d[4:], uint32(len(d)))
	return d
}

// signature is a SuperBlob with requirements between the two that count.
func (p program) signature() []byte {
	type slot struct {
		kind uint32
		blob []byte
	}
	slots := []slot{{slotDirectory, p.directory()}, {2, blob(0xfade0c01, nil)}}
	if p.cms != nil {
		slots = append(slots, slot{slotCMS, blob(0xfade0b01, p.cms)})
	}
	var index, blobs []byte
	for _, s := range slots {
		index = binary.BigEndian.AppendUint32(index, s.kind)
		index = binary.BigEndian.AppendUint32(index, uint32(12+8*len(slots)+len(blobs)))
		blobs = append(blobs, s.blob...)
	}
	head := binary.BigEndian.AppendUint32(nil, magicSuperBlob)
	head = binary.BigEndian.AppendUint32(head, uint32(12+len(index)+len(blobs)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(slots)))
	return bytes.Join([][]byte{head, index, blobs}, nil)
}

func blob(magic uint32, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	return append(binary.BigEndian.AppendUint32(b, uint32(8+len(content))), content...)
}

// macho is the program for one processor: a header, LC_UUID, LC_CODE_SIGNATURE, some
// code and the signature.
func (p program) macho(cpu uint32) []byte {
	le := binary.LittleEndian
	commands := le.AppendUint32(nil, 0x1b)
	commands = append(le.AppendUint32(commands, 24), make([]byte, 16)...)
	signature := p.signature()
	const code = 100
	if !p.unsigned {
		commands = le.AppendUint32(commands, loadSignature)
		commands = le.AppendUint32(commands, 16)
		commands = le.AppendUint32(commands, uint32(32+len(commands)+8+code))
		commands = le.AppendUint32(commands, uint32(len(signature)))
	}
	out := le.AppendUint32(nil, magic64)
	for _, word := range []uint32{cpu, 0, 2, uint32((len(commands) + 15) / 24), uint32(len(commands)), 0, 0} {
		out = le.AppendUint32(out, word)
	}
	return bytes.Join([][]byte{out, commands, make([]byte, code), signature}, nil)
}

// fat joins programs for several processors, at offsets of 64 bytes.
func fat(wide bool, cpus []uint32, programs ...[]byte) []byte {
	be := binary.BigEndian
	magic := uint32(magicFat)
	if wide {
		magic = magicFat64
	}
	head := be.AppendUint32(be.AppendUint32(nil, magic), uint32(len(programs)))
	const first = 256
	var body []byte
	for i, p := range programs {
		at := uint64(first + len(body))
		head = be.AppendUint32(be.AppendUint32(head, cpus[i]), 0)
		if wide {
			head = be.AppendUint64(be.AppendUint64(head, at), uint64(len(p)))
			head = be.AppendUint64(head, 6)
		} else {
			head = be.AppendUint32(be.AppendUint32(head, uint32(at)), uint32(len(p)))
			head = be.AppendUint32(head, 6)
		}
		body = append(body, p...)
		body = append(body, make([]byte, -len(body)&63)...)
	}
	return bytes.Join([][]byte{head, make([]byte, first-len(head)), body}, nil)
}

func parse(b []byte) (Signature, error) {
	return Parse(io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
