// Command gen packs a table of the IANA registry into the form that package
// services embeds:
//
//	gen [-date 2026-04-23] TABLE.csv FOLDER
//
// The table is IANA's service-names-port-numbers.csv, which does not tell its
// date, so that -date must; or one with the columns port (or a range of ports),
// proto, name, description and source, "iana:" with the registry's date, which
// -date overrides. FOLDER gets iana.gz, and iana.sum with the date, the table's
// rows that are taken, the ports named (each protocol counts) and the SHA-256 of
// the text inside.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	date := flag.String("date", "", "the registry's date, 2026-04-23")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: gen [-date YYYY-MM-DD] TABLE.csv FOLDER")
	}
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), *date); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(csvPath, folder, date string) error {
	f, err := os.Open(csvPath)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := readTable(f, date)
	if err != nil {
		return fmt.Errorf("read %s: %w", csvPath, err)
	}
	text := t.text()
	packed, err := pack(text)
	if err != nil {
		return err
	}
	sum := fmt.Sprintf("%s %d %d %x\n", t.date, t.rows, len(t.ports), sha256.Sum256(text))
	if err := os.WriteFile(filepath.Join(folder, "iana.gz"), packed, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "iana.sum"), []byte(sum), 0o644)
}

func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	zw, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(text); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
