package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"portlight/assets/words"
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
		return CostJSON{}, errors.New("read cost: no figures")
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
	cpu, length := secondsWords(c.CPUSeconds), lengthWords(c.Seconds)
	lines := []string{wordsProcessor.With("CPU", cpu, "Length", length)}
	if c.Seconds >= shortest.Seconds() {
		lines[0] = wordsProcessorShare.With("CPU", cpu, "Length", length, "Percent", words.Number(100*c.CPUShare, 2), "Hour", secondsWords(c.CPUPerHour))
	}
	if c.ResidentBytes > 0 {
		lines = append(lines, wordsOfMemory.With("Size", BytesWords(c.ResidentBytes)))
	}
	if c.Scans > 0 {
		lines = append(lines, wordsScans.Of(int(min(c.Scans, maxCount)), "Last", words.Number(c.LastScan, 2), "Mean", words.Number(c.MeanScan, 2)))
	}
	return lines
}

// maxCount bounds a number that another process tells.
const maxCount = 1 << 40

func secondsWords(s float64) string {
	if s < 10 {
		return wordsSeconds.With("Seconds", words.Number(s, 2))
	}
	return wordsSeconds.With("Seconds", words.Number(s, 0))
}

// lengthWords is a length of time to its two greatest units: "3 days 4 h", "2 h 10 min",
// "8 min 5 s", "12 s".
func lengthWords(seconds float64) string {
	s := int64(min(seconds, maxCount))
	switch {
	case s >= 24*3600:
		return wordsDaysHours.Of(int(s/(24*3600)), "Hours", s/3600%24)
	case s >= 3600:
		return wordsHoursMinutes.With("Hours", s/3600, "Minutes", s/60%60)
	case s >= 60:
		return wordsMinutesSeconds.With("Minutes", s/60, "Seconds", s%60)
	}
	return wordsSeconds.With("Seconds", s)
}
