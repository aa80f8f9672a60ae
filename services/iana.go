package services

import (
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The registry is compressed text, made by gen from a CSV table; data/README.md
// says how.
//
// Its first line is the registry's date. Each other line is a port, its
// protocols ("tcp", "udp" or "both"), the name and the description, between
// tabs, in the order of ports. data/iana.sum holds what a test checks it by.
//
//go:embed data/iana.gz
var ianaBlob string

// registry is the IANA Service Name and Transport Protocol Port Number Registry
// (RFC 6335) of a day. It has no names for dynamic ports, 49152 to 65535.
type registry struct {
	date string // "2026-04-23"
	list list
}

func loadIANA() (registry, error) {
	text, err := unpack(ianaBlob)
	if err != nil {
		return registry{}, err
	}
	return parseIANA(text)
}

func unpack(blob string) (string, error) {
	zr, err := gzip.NewReader(strings.NewReader(blob))
	if err != nil {
		return "", fmt.Errorf("unpack registry: %w", err)
	}
	var text strings.Builder
	text.Grow(3 * len(blob)) // it is packed to two fifths
	if _, err := io.Copy(&text, zr); err != nil {
		return "", fmt.Errorf("unpack registry: %w", err)
	}
	return text.String(), nil
}

// parseIANA reads the text of the registry.
func parseIANA(text string) (registry, error) {
	date, text, _ := strings.Cut(text, "\n")
	entries := make([]entry, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		e, err := parseIANALine(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return registry{}, fmt.Errorf("parse registry: line %d: %w", len(entries)+2, err)
		}
		entries = append(entries, e)
	}
	return registry{date: date, list: newList(entries)}, nil
}

func parseIANALine(line string) (e entry, err error) {
	port, rest, _ := strings.Cut(line, "\t")
	proto, rest, _ := strings.Cut(rest, "\t")
	name, description, ok := strings.Cut(rest, "\t")
	if !ok || name == "" {
		return entry{}, errors.New("want port, protocols, name and description")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return entry{}, err
	}
	if len(name) > maxLine || len(description) > maxLine {
		return entry{}, fmt.Errorf("name or description of port %d is too long", n)
	}
	e = entry{port: uint16(n), protos: protoOf(proto), name: name, description: description}
	if proto == "both" {
		e.protos = tcp | udp
	}
	if e.protos == 0 {
		return entry{}, fmt.Errorf("unknown protocol %q", proto)
	}
	return e, nil
}
