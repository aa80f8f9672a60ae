package codesign

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const arm, intel = 0x0100000c, 0x01000007

var (
	docker  = program{id: "com.docker.backend", team: "9BNSXJN65R", version: 0x20500, flags: 0x10000, cms: []byte("certificates")}
	rapport = program{id: "com.apple.rapportd", version: 0x20400, platform: 14, cms: []byte("certificates")}
)

func TestParse(t *testing.T) {
	with := func(p program, change func(*program)) program { change(&p); return p }
	for name, c := range map[string]struct {
		program program
		want    Signature
	}{
		"of a team":            {docker, Signature{"com.docker.backend", "9BNSXJN65R", File, Developer, 0}},
		"Apple's":              {rapport, Signature{"com.apple.rapportd", "", File, Apple, 0}},
		"Apple's without CMS":  {with(rapport, func(p *program) { p.cms = nil }), Signature{"com.apple.rapportd", "", File, Apple, 0}},
		"ad hoc":               {program{id: "a.out", version: 0x20400, flags: 0x20002}, Signature{"a.out", "", File, AdHoc, 0}},
		"ad hoc with a team":   {with(docker, func(p *program) { p.flags |= flagAdHoc }), Signature{"com.docker.backend", "", File, AdHoc, 0}},
		"ad hoc, a platform":   {with(rapport, func(p *program) { p.flags |= flagAdHoc }), Signature{"com.apple.rapportd", "", File, AdHoc, 0}},
		"no certificate":       {with(docker, func(p *program) { p.cms = nil }), Signature{"com.docker.backend", "", File, AdHoc, 0}},
		"an empty certificate": {with(docker, func(p *program) { p.cms = []byte{} }), Signature{"com.docker.backend", "", File, AdHoc, 0}},
		"too old for a team":   {with(docker, func(p *program) { p.version = 0x20100 }), Signature{"com.docker.backend", "", File, Certificate, 0}},
		"no team":              {with(docker, func(p *program) { p.team = "" }), Signature{"com.docker.backend", "", File, Certificate, 0}},
		"the longest name":     {with(docker, func(p *program) { p.id = strings.Repeat("x", maxText) }), Signature{strings.Repeat("x", maxText), "9BNSXJN65R", File, Developer, 0}},
		"not signed":           {program{unsigned: true}, Signature{"", "", File, Unsigned, 0}},
	} {
		if got, err := parse(c.program.macho(arm)); got != c.want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestMadeProgramsAreReal: others read the programs of these tests as macOS's too.
func TestMadeProgramsAreReal(t *testing.T) {
	f, err := macho.NewFile(bytes.NewReader(docker.macho(arm)))
	must(t, err)
	if f.Cpu != macho.CpuArm64 || len(f.Loads) != 2 || binary.LittleEndian.Uint32(f.Loads[1].Raw()) != loadSignature {
		t.Errorf("got %+v", f)
	}
	both, err := macho.NewFatFile(bytes.NewReader(fat(false, []uint32{intel, arm}, rapport.macho(intel), docker.macho(arm))))
	must(t, err)
	if len(both.Arches) != 2 || both.Arches[1].Cpu != macho.CpuArm64 {
		t.Errorf("got %+v", both)
	}
}

func TestParseForSeveralProcessors(t *testing.T) {
	this, other := cpuTypes[runtime.GOARCH], uint32(arm)
	if this == arm {
		other = intel
	}
	for _, wide := range []bool{false, true} {
		for name, c := range map[string]struct {
			cpus []uint32
			want string
		}{
			"this one first":  {[]uint32{this, other}, docker.id},
			"this one second": {[]uint32{other, this}, rapport.id},
			"not this one":    {[]uint32{other, other}, docker.id},
		} {
			got, err := parse(fat(wide, c.cpus, docker.macho(c.cpus[0]), rapport.macho(c.cpus[1])))
			if got.ID != c.want || err != nil {
				t.Errorf("%v, %s: %+v, %v", wide, name, got, err)
			}
		}
	}
}

func TestParseNoProgram(t *testing.T) {
	for _, text := range []string{"", "#!/bin/sh\n", "\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "\xca\xfe\xba\xbe\x00\x00\x00\x34class of Java", "\xca\xfe\xba\xbe\x00\x00\x00\x00"} {
		if got, err := parse([]byte(text)); !errors.Is(err, ErrNotMachO) || got != (Signature{}) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// TestParseDamaged: what is cut anywhere before the end of the texts is an error, and
// so is every number that leads out of the file.
func TestParseDamaged(t *testing.T) {
	whole := docker.macho(arm)
	for n := range len(whole) {
		if got, err := parse(whole[:n]); err == nil {
			t.Fatalf("cut after %d bytes: %+v", n, got)
		}
	}
	both := fat(false, []uint32{arm}, whole)
	for at := range both {
		b := bytes.Clone(both)
		for _, with := range []byte{0, 0x7f, 0xff} {
			b[at] = with
			parse(b) // no panic
		}
	}
	signature := bytes.Index(whole, []byte{0xfa, 0xde, 0x0c, 0xc0})
	for name, change := range map[string]func(b []byte){
		"commands too long":   func(b []byte) { binary.LittleEndian.PutUint32(b[20:], maxCommands+1) },
		"a command of 0":      func(b []byte) { binary.LittleEndian.PutUint32(b[36:], 0) },
		"signature elsewhere": func(b []byte) { binary.LittleEndian.PutUint32(b[64:], 1<<31) },
		"no SuperBlob":        func(b []byte) { b[signature] = 0 },
		"too many blobs":      func(b []byte) { binary.BigEndian.PutUint32(b[signature+8:], maxBlobs+1) },
		"no blobs":            func(b []byte) { binary.BigEndian.PutUint32(b[signature+8:], 0) },
		"directory elsewhere": func(b []byte) { binary.BigEndian.PutUint32(b[signature+16:], 1<<31) },
	} {
		b := bytes.Clone(whole)
		if change(b); true {
			if got, err := parse(b); err == nil {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
	if got, err := parse(program{id: strings.Repeat("x", maxText+1), version: 0x20400}.macho(arm)); err == nil {
		t.Errorf("a name without end: %d bytes", len(got.ID))
	}
}

func TestOfFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "backend")
	must(t, os.WriteFile(path, docker.macho(arm), 0o755))
	s, err := OfFile(path)
	must(t, err)
	if s.Identity() != "" || s.Claim() != "9BNSXJN65R/com.docker.backend" {
		t.Errorf("a file proves nothing: %q, %q", s.Identity(), s.Claim())
	}
	if _, err := OfFile(dir); !errors.Is(err, ErrNotMachO) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := OfFile(path + ".none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(docker.macho(arm))
	f.Add(rapport.macho(intel))
	f.Add(program{unsigned: true}.macho(arm))
	f.Add(fat(false, []uint32{intel, arm}, docker.macho(intel), rapport.macho(arm)))
	f.Add(fat(true, []uint32{arm}, docker.macho(arm)))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parse(b)
		switch {
		case err != nil && s != (Signature{}):
			t.Errorf("%+v with %v", s, err)
		case err == nil && (s.Evidence != File || s.Identity() != ""):
			t.Errorf("%+v", s)
		case len(s.ID) > maxText || len(s.Team) > maxText || strings.Contains(s.ID+s.Team, "\x00"):
			t.Errorf("texts of %d and %d bytes", len(s.ID), len(s.Team))
		case s.Team != "" && s.Signer != Developer:
			t.Errorf("a team of nobody: %+v", s)
		}
	})
}
