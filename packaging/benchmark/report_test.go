package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestReport(t *testing.T) {
	large := example()
	large.Case, _ = findCase("L100")
	large.Processes, large.Shares, large.Samples = 539, nil, map[string]int{floorDumps: 3}
	large.Medians[oursWarm], large.Medians[oursColdOne] = 900_000, 0
	large.Medians[aloneDumps], large.Medians[besideDumps] = 60_000, 61_000
	large.Medians[aloneWarm], large.Medians[besideWarm] = 62_000, 63_000
	for i := range mostDifferences + 2 {
		large.Differences = append(large.Differences, fmt.Sprintf("tcp 0.0.0.0:%d: only ss sees it", i+1))
	}
	for name, results := range map[string][]*result{"quick.md": {example()}, "wrong.md": {example(), large}} {
		var b bytes.Buffer
		r := report{machine: "Linux 6.18, 2 cores.", results: results}
		if err := r.write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is now:\n%s", path, got)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "", 53_100: "53.1 µs", 999_400: "999 µs", 6_589_000: "6.59 ms", 263 * time.Millisecond: "263 ms", 1_480 * time.Millisecond: "1.48 s", time.Second: "1 s",
	} {
		if got := span(d); got != want {
			t.Errorf("%d ns: %q, want %q", d, got, want)
		}
	}
}
