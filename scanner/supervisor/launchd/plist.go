package launchd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"howett.net/plist"
)

// MaxSize is the largest property list that is read, in bytes. Apple's have a few
// thousand.
const MaxSize = 1 << 20

// The library that decodes bounds nothing, so all is bounded before: how deep a
// list is nested, and how many values it has once those that are stored once and
// meant many times are written out.
const (
	maxDepth  = 64
	maxValues = 1 << 14
)

var (
	errSize   = errors.New("larger than a megabyte")
	errDepth  = errors.New("nested too deep, or a loop")
	errValues = errors.New("too many values")
	errFormat = errors.New("no property list")
	errObject = errors.New("malformed binary property list")
)

// decode gives the values of a property list. It panics for no input, whatever
// the library does.
func decode(b []byte) (value any, err error) {
	if len(b) > MaxSize {
		return nil, errSize
	}
	if err := check(b); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			value, err = nil, fmt.Errorf("%w: %v", errFormat, r)
		}
	}()
	if _, err := plist.Unmarshal(b, &value); err != nil {
		return nil, err
	}
	return value, nil
}

// decodeDict gives the values of a property list that is a dictionary.
func decodeDict(b []byte) (map[string]any, error) {
	value, err := decode(b)
	if err != nil {
		return nil, err
	}
	dict, ok := value.(map[string]any)
	if !ok {
		return nil, errNotDict
	}
	return dict, nil
}

// ReadDict reads the file of a property list that is a dictionary, of a job or of
// anything else, XML or binary, of at most MaxSize bytes. It does not wait for a pipe.
func ReadDict(path string) (map[string]any, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read property list: %w", err)
	}
	dict, err := decodeDict(b)
	if err != nil {
		return nil, fmt.Errorf("read property list: %w", err)
	}
	return dict, nil
}

func check(b []byte) error {
	if bytes.HasPrefix(b, []byte("bplist")) {
		return checkBinary(b)
	}
	return checkXML(b)
}

// checkXML also keeps the library from trying the format of OpenStep, which
// launchd does not read: it does so for what is no XML or begins otherwise.
func checkXML(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	depth, elements := 0, 0
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && elements > 0:
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", errFormat, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth, elements = depth+1, elements+1
			switch {
			case elements == 1 && t.Name.Local != "plist":
				return errFormat
			case depth > maxDepth:
				return errDepth
			case elements > maxValues:
				return errValues
			}
		case xml.EndElement:
			depth--
		}
	}
}

// frame is that of a binary property list, CFBinaryPList.c: a header of 8
// bytes, the objects, a table of where each begins and a trailer of 32 bytes.
// Objects refer to others by their number in the table.
type frame struct {
	objects []byte // up to the table
	offsets []byte // the table
	size    int    // of an offset
	refSize int    // of a reference
	count   int
	left    int // values that may still be visited
}

const (
	headerSize  = 8
	trailerSize = 32
)

func checkBinary(b []byte) error {
	p, top, err := openBinary(b)
	if err != nil {
		return err
	}
	room := len(p.objects) - headerSize
	for i := range p.count {
		o, err := p.object(i)
		if err != nil {
			return err
		}
		if room -= o.length; room < 0 {
			return errObject // objects that overlap take far more memory than the file
		}
	}
	return p.visit(top, 1)
}

// openBinary reads the trailer.
func openBinary(b []byte) (p *frame, top int, err error) {
	if len(b) < headerSize+trailerSize {
		return nil, 0, errObject
	}
	body, trailer := b[:len(b)-trailerSize], b[len(b)-trailerSize:]
	p = &frame{size: int(trailer[6]), refSize: int(trailer[7]), left: maxValues}
	count, first, table := number(trailer[8:16]), number(trailer[16:24]), number(trailer[24:32])
	switch {
	case p.size < 1, p.size > 8, p.refSize < 1, p.refSize > 8, table <= headerSize, table > uint64(len(body)):
		return nil, 0, errObject
	case count > maxValues:
		return nil, 0, errValues
	case first >= count, count*uint64(p.size) != uint64(len(body))-table:
		return nil, 0, errObject
	}
	p.objects, p.offsets, p.count = body[:table], body[table:], int(count)
	return p, int(first), nil
}

// number reads up to 8 bytes, the highest first.
func number(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// object is where a value stands in the file, and what it refers to.
type object struct {
	length int    // with its head
	refs   []byte // references of a container
}

func (p *frame) object(i int) (object, error) {
	at := number(p.offsets[i*p.size : (i+1)*p.size])
	if at < headerSize || at >= uint64(len(p.objects)) {
		return object{}, errObject
	}
	b := p.objects[at:]
	head, each, count, ok := p.shape(b)
	if !ok || count > uint64(len(b)) || head+int(count)*each > len(b) {
		return object{}, errObject
	}
	o := object{length: head + int(count)*each}
	if kind := b[0] >> 4; kind == 0xA || kind == 0xD {
		o.refs = b[head:o.length]
	}
	return o, nil
}

// shape tells how many bytes an object's head has, and how many parts of how
// many bytes follow.
func (p *frame) shape(b []byte) (head, each int, count uint64, ok bool) {
	low := b[0] & 0xF
	switch b[0] >> 4 {
	case 0x0: // true, false
		return 1, 0, 0, true
	case 0x1, 0x2, 0x3: // integer, real, date
		return 1, 1 << low, 1, low <= 4
	case 0x8: // UID
		return 1, int(low) + 1, 1, true
	case 0x4, 0x5: // data, ASCII
		each = 1
	case 0x6: // UTF-16
		each = 2
	case 0xA: // array
		each = p.refSize
	case 0xD: // dictionary: keys, then values
		each = 2 * p.refSize
	default:
		return 0, 0, 0, false
	}
	head, count, ok = length(b)
	return head, each, count, ok
}

// length reads the number of parts: small ones stand in the first byte, others
// in an integer behind it.
func length(b []byte) (head int, count uint64, ok bool) {
	if low := b[0] & 0xF; low != 0xF {
		return 1, uint64(low), true
	}
	if len(b) < 2 || b[1]>>4 != 1 || b[1]&0xF > 3 {
		return 0, 0, false
	}
	head = 2 + 1<<(b[1]&0xF)
	if len(b) < head {
		return 0, 0, false
	}
	return head, number(b[2:head]), true
}

// visit goes through an object the way the library writes it out.
func (p *frame) visit(i, depth int) error {
	if p.left--; p.left < 0 {
		return errValues
	}
	if depth > maxDepth {
		return errDepth
	}
	o, err := p.object(i)
	if err != nil {
		return err
	}
	for refs := o.refs; len(refs) > 0; refs = refs[p.refSize:] {
		ref := number(refs[:p.refSize])
		if ref >= uint64(p.count) {
			return errObject
		}
		if err := p.visit(int(ref), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](dict map[string]V) []string {
	return slices.Sorted(maps.Keys(dict))
}
