package view

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"portlight/scanner"
)

// CostJSON is what a running Portlight has used since it began, as it tells itself:
// the agent's answer over its socket, and in `doctor --json`. Seconds do not count
// while the computer sleeps.
type CostJSON struct {
	Notifies      bool      `json:"notifies"` // it shows notifications; false for `watch --record`
	Since         time.Time `json:"since"`
	Seconds       float64   `json:"seconds"` // since then
	CPUSeconds    float64   `json:"cpu_seconds"`
	CPUShare      float64   `json:"cpu_share"`            // of one processor, 0 … 1 and more
	CPUPerHour    float64   `json:"cpu_seconds_per_hour"` // at this share
	ResidentBytes int64     `json:"resident_bytes"`       // of memory; 0 if it is not known
	Scans         uint64    `json:"scans"`
	LastScan      float64   `json:"last_scan_ms"`
	MeanScan      float64   `json:"mean_scan_ms"`
}

// NewCostJSON puts figures together: of a process that began then and is so old, the
// processor's time and the memory that it has used, and its scans.
func NewCostJSON(since time.Time, age, cpu time.Duration, resident int64, scans scanner.Cost) CostJSON {
	c := CostJSON{
		Since: since.Truncate(time.Second), Seconds: age.Seconds(), CPUSeconds: cpu.Seconds(), ResidentBytes: resident,
		Scans: scans.Scans, LastScan: milliseconds(scans.Last), MeanScan: milliseconds(scans.Mean),
	}
	if age > 0 {
		c.CPUShare = cpu.Seconds() / age.Seconds()
		c.CPUPerHour = c.CPUShare * time.Hour.Seconds()
	}
	return c
}

// ParseCost reads the line that another process has answered.
func ParseCost(line string) (CostJSON, error) {
	var c CostJSON
	if err := json.Unmarshal([]byte(line), &c); err != nil {
		return CostJSON{}, fmt.Errorf("read cost: %w", err)
	}
	if c.Since.IsZero() || c.Seconds < 0 || c.CPUSeconds < 0 || c.CPUShare < 0 || c.CPUPerHour < 0 || c.ResidentBytes < 0 || c.LastScan < 0 || c.MeanScan < 0 {
		return CostJSON{}, fmt.Errorf("read cost: %s", wordsNoCost)
	}
	return c, nil
}

// Line is the figures in one line, for ParseCost.
func (c CostJSON) Line() string {
	b, err := json.Marshal(c)
	if err != nil { // a time that JSON cannot tell
		return ""
	}
	return string(b)
}

// shortest is how long a process must have run for an hour of it to be told.
const shortest = time.Minute

// CostWords gives the figures in lines.
func CostWords(c CostJSON) []string {
	cpu := secondsWords(c.CPUSeconds) + " of the processor in " + lengthWords(c.Seconds)
	if c.Seconds >= shortest.Seconds() {
		cpu += ": " + strconv.FormatFloat(100*c.CPUShare, 'f', 2, 64) + " %, " + secondsWords(c.CPUPerHour) + " an hour"
	}
	lines := []string{cpu}
	if c.ResidentBytes > 0 {
		lines = append(lines, BytesWords(c.ResidentBytes)+" of memory")
	}
	if c.Scans > 0 {
		lines = append(lines, Plural(int(min(c.Scans, maxCount)), "scan")+", the last in "+msWords(c.LastScan)+", "+msWords(c.MeanScan)+" on average")
	}
	return lines
}

// maxCount bounds a number that another process tells.
const maxCount = 1 << 40

func secondsWords(s float64) string {
	if s < 10 {
		return strconv.FormatFloat(s, 'f', 2, 64) + " s"
	}
	return strconv.FormatFloat(s, 'f', 0, 64) + " s"
}

func msWords(ms float64) string { return strconv.FormatFloat(ms, 'f', 2, 64) + " ms" }

// lengthWords is a length of time to its two greatest units: "3 days 4 h", "2 h 10 min",
// "8 min 5 s", "12 s".
func lengthWords(seconds float64) string {
	s := int64(min(seconds, maxCount))
	switch {
	case s >= 24*3600:
		return Plural(int(s/(24*3600)), "day") + fmt.Sprintf(" %d h", s/3600%24)
	case s >= 3600:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	case s >= 60:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d s", s)
}

// The words of the cost.
const (
	wordCost    = "Cost"
	wordsNoCost = "no figures"
)
