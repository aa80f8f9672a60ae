package view

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/supervisor"
)

// Diagnosis is the answer of `doctor --json`.
type Diagnosis struct {
	Version     string           `json:"version"`
	System      SystemJSON       `json:"system"`
	Rights      RightsJSON       `json:"rights"`
	Works       bool             `json:"works"`  // listeners can be told: a source works, and shows what was opened for a test
	Source      string           `json:"source"` // in use, "" when none works
	Sources     []SourceJSON     `json:"sources"`
	Seen        SeenJSON         `json:"seen"`
	Events      EventsJSON       `json:"events"`
	Supervisors []SupervisorJSON `json:"supervisors"`
	Network     NetworkJSON      `json:"network"`
	Names       NamesJSON        `json:"names"`
	Notes       []string         `json:"notes"`
	SelfTest    []SelfTestJSON   `json:"self_test"`

	Memory        MemoryJSON        `json:"memory"`
	Notifications NotificationsJSON `json:"notifications"`
	Tray          TrayJSON          `json:"tray"`
	Cost          *CostJSON         `json:"cost"` // of the Portlight that runs, null if none does
}

// SourceJSON is one source that was tried.
type SourceJSON struct {
	Name         string  `json:"name"`
	Works        bool    `json:"works"`
	Error        string  `json:"error"`
	Listeners    int     `json:"listeners"`
	Milliseconds float64 `json:"milliseconds"` // to open it and to scan once
}

// SeenJSON counts what the source in use sees.
type SeenJSON struct {
	Listeners int                          `json:"listeners"`
	WithOwner int                          `json:"with_owner"`
	Kernel    int                          `json:"kernel"`
	Hidden    int                          `json:"hidden"`
	Reasons   map[scanner.HiddenReason]int `json:"reasons"`
}

// EventsJSON tells whether the kernel says when a program is started.
type EventsJSON struct {
	Exec  bool   `json:"exec"`
	Error string `json:"error"`
}

// SupervisorJSON is one that may tell who stands behind listeners: systemd, launchd, an
// engine of containers or its list.
type SupervisorJSON struct {
	Name         string  `json:"name"`
	Place        string  `json:"place"` // path of its socket or file, "" where there is but one
	Found        bool    `json:"found"`
	Answers      bool    `json:"answers"`
	Error        string  `json:"error"`
	Knows        int     `json:"knows"` // socket units, jobs or containers
	Milliseconds float64 `json:"milliseconds"`
}

// Findings are what a diagnosis is made of.
type Findings struct {
	Trials     []scanner.Trial
	ExecEvents error // why the kernel does not tell of programs that are started, nil if it does
	Network    *scanner.Network
	NetworkErr error
	Legacy     []string           // tables of iptables-legacy
	Behind     []supervisor.Trial // who may stand behind listeners
	Registry   string             // date of IANA's registry that is built in
	Problems   []string           // with the names of ports

	System   SystemJSON
	Rights   RightsJSON
	SelfTest []SelfTestJSON

	Memory        MemoryJSON
	Notifications NotificationsJSON
	Tray          TrayJSON
	Cost          *CostJSON
}

// NamesJSON tells where the names of ports are from.
type NamesJSON struct {
	Registry string   `json:"registry"` // date of IANA's registry
	Problems []string `json:"problems"`
}

// NewDiagnosis puts together what was found. Texts are Clean.
func NewDiagnosis(version string, f Findings) Diagnosis {
	d := Diagnosis{
		Version: version, Sources: []SourceJSON{}, Notes: []string{}, System: f.System.clean(), Rights: f.Rights.clean(), SelfTest: []SelfTestJSON{},
		Seen:    SeenJSON{Reasons: map[scanner.HiddenReason]int{}},
		Events:  EventsJSON{Exec: f.ExecEvents == nil, Error: errorText(f.ExecEvents)},
		Network: newNetworkJSON(f.Network, f.NetworkErr),
		Names:   NamesJSON{Registry: Clean(f.Registry, maxName), Problems: []string{}},

		Supervisors: newSupervisorsJSON(f.Behind), Memory: f.Memory.clean(), Notifications: f.Notifications.clean(), Tray: TrayJSON{f.Tray.Shown, Clean(f.Tray.Error, maxPath)}, Cost: f.Cost,
	}
	for _, t := range f.Legacy {
		d.Network.Firewall.LegacyTables = append(d.Network.Firewall.LegacyTables, Clean(t, maxName))
	}
	for _, p := range f.Problems {
		d.Names.Problems = append(d.Names.Problems, Clean(p, maxPath))
	}
	for _, t := range f.Trials {
		d.Sources = append(d.Sources, SourceJSON{
			Name: t.Source, Works: t.Err == nil, Error: errorText(t.Err),
			Listeners: t.Visibility.Listeners, Milliseconds: milliseconds(t.Took),
		})
		if t.Err == nil && d.Source == "" {
			d.Source = t.Source
			d.see(t.Visibility)
		}
	}
	for _, t := range f.SelfTest {
		d.SelfTest = append(d.SelfTest, t.clean())
	}
	d.Works = d.works()
	return d
}

func newSupervisorsJSON(trials []supervisor.Trial) []SupervisorJSON {
	out := []SupervisorJSON{}
	for i := range trials {
		t := &trials[i]
		out = append(out, SupervisorJSON{
			Name: t.Name, Place: Clean(t.Place, maxPath), Found: !t.Absent(), Answers: t.Err == nil,
			Error: errorText(t.Err), Knows: t.Known, Milliseconds: milliseconds(t.Took),
		})
	}
	return out
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

func (d *Diagnosis) see(v scanner.Visibility) {
	d.Seen = SeenJSON{v.Listeners, v.WithOwner, v.Kernel, v.Hidden, v.Reasons}
	for _, n := range v.Notes {
		d.Notes = append(d.Notes, Clean(n, maxPath))
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return Clean(err.Error(), maxPath)
}

// Chapter is a part of a diagnosis for a person.
type Chapter struct {
	Title string
	Facts []Fact
}

// Fact is a line of it.
type Fact struct{ Label, Text string } // Label may be ""

// Chapters gives a diagnosis in words.
func (d *Diagnosis) Chapters() []Chapter {
	chapters := append(d.machineChapters(), []Chapter{
		{wordSources.String(), d.sourceFacts()}, {wordSeen.String(), factsOf(append([]string{seenWords(*d)}, d.Notes...)...)},
		{wordEvents.String(), factsOf(eventsWords(d.Events))}, {wordSupervisors.String(), d.supervisorFacts()}, {wordNetworks.String(), d.networkFacts()},
		{wordNames.String(), factsOf(append([]string{wordsRegistry.With("Date", d.Names.Registry)}, d.Names.Problems...)...)},
		{wordMemory.String(), factsOf(d.Memory.words()...)}, {wordNotifications.String(), factsOf(d.Notifications.words()...)}, {wordTray.String(), factsOf(d.Tray.words())},
	}...)
	if d.Cost != nil {
		chapters = append(chapters, Chapter{wordCost.String(), factsOf(CostWords(*d.Cost)...)})
	}
	return chapters
}

// factsOf makes facts without labels.
func factsOf(lines ...string) []Fact {
	facts := make([]Fact, len(lines))
	for i, l := range lines {
		facts[i].Text = l
	}
	return facts
}

func (d *Diagnosis) sourceFacts() []Fact {
	var facts []Fact
	for _, t := range d.Sources {
		facts = append(facts, Fact{t.Name, sourceWords(t, d.Source)})
	}
	return facts
}

func (d *Diagnosis) supervisorFacts() []Fact {
	var facts []Fact
	for _, x := range d.Supervisors {
		facts = append(facts, Fact{x.Name, supervisorWords(x)})
	}
	return facts
}

func (d *Diagnosis) networkFacts() []Fact {
	var facts []Fact
	for _, i := range d.Network.Interfaces {
		facts = append(facts, Fact{i.Name, i.line()})
	}
	if d.Network.Error != "" {
		facts = append(facts, Fact{"", d.Network.Error})
	}
	facts = append(facts, Fact{wordFirewall.String(), d.Network.Firewall.words()})
	if tables := d.Network.Firewall.LegacyTables; len(tables) > 0 {
		facts = append(facts, Fact{"", wordsLegacy.With("Tables", words.Enumerate(tables))})
	}
	return facts
}

// DiagnosisText is a Diagnosis for a terminal.
func DiagnosisText(d Diagnosis, s Style) string {
	var b strings.Builder
	b.WriteString("Portlight " + d.Version + "\n")
	for _, chapter := range d.Chapters() {
		title, width := chapter.Title, 0
		if s.Colour {
			title = sgrHeading + title + sgrReset
		}
		b.WriteString("\n" + title + "\n")
		for _, f := range chapter.Facts {
			width = max(width, utf8.RuneCountInString(f.Label))
		}
		for _, f := range chapter.Facts {
			if f.Label != "" {
				f.Text = fmt.Sprintf("%-*s  %s", width, f.Label, f.Text)
			}
			b.WriteString("  " + f.Text + "\n")
		}
	}
	return b.String()
}

// TrayJSON tells of the icon in the menu bar or tray in `doctor --json`.
type TrayJSON struct {
	Shown bool   `json:"shown"` // the desktop shows icons, or would
	Error string `json:"error"` // why that is not known
}

func (t TrayJSON) words() string {
	switch {
	case t.Shown:
		return wordsTray.String()
	case t.Error != "":
		return t.Error
	}
	return wordsNoTray.String()
}

func sourceWords(t SourceJSON, inUse string) string {
	took := words.Number(t.Milliseconds, 1)
	switch {
	case !t.Works:
		return wordsFails.With("Error", t.Error)
	case t.Name == inUse:
		return wordsInUse.Of(t.Listeners, "Milliseconds", took)
	}
	return wordsWorks.Of(t.Listeners, "Milliseconds", took)
}

// supervisorWords is "/run/docker.sock: 2 containers, answered in 1.2 ms".
func supervisorWords(s SupervisorJSON) string {
	text := ""
	switch {
	case !s.Found:
		text = wordsNotFound.String()
	case !s.Answers:
		text = s.Error
	default:
		text = knownBy(s.Name).Of(s.Knows, "Milliseconds", words.Number(s.Milliseconds, 1))
	}
	if s.Place == "" {
		return text
	}
	return wordsPlace.With("Place", s.Place, "Facts", text)
}

// knownBy says what a supervisor knows.
func knownBy(name string) words.Plural {
	switch {
	case strings.HasPrefix(name, "systemd"):
		return wordsKnownUnits
	case name == "launchd":
		return wordsKnownJobs
	}
	return wordsKnownContainers
}

func seenWords(d Diagnosis) string {
	if d.Source == "" {
		return wordsUnseen.String()
	}
	return wordsSeen.Of(d.Seen.Listeners, "Known", d.Seen.WithOwner-d.Seen.Kernel, "Kernel", d.Seen.Kernel, "Hidden", d.Seen.Hidden)
}

func eventsWords(e EventsJSON) string {
	if e.Exec {
		return wordsExecTold.String()
	}
	return wordsExecUntold.With("Error", e.Error)
}
