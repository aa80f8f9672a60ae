package view

import (
	"fmt"

	"portlight/assets/words"
)

// SystemJSON names the system that Portlight runs on in `doctor --json`.
type SystemJSON struct {
	Name   string `json:"name"`   // "Debian GNU/Linux 12 (bookworm)", "macOS 15.1"
	Kernel string `json:"kernel"` // release, as uname(1) -r gives it
	Arch   string `json:"arch"`   // "amd64", "arm64"
	Go     string `json:"go"`     // version of Go that Portlight was built with
}

func (s SystemJSON) clean() SystemJSON {
	return SystemJSON{Clean(s.Name, maxName), Clean(s.Kernel, maxName), Clean(s.Arch, maxName), Clean(s.Go, maxName)}
}

func (s SystemJSON) facts() []Fact {
	return []Fact{{wordSystem.String(), words.Facts(s.Name, s.Arch)}, {wordRelease.String(), s.Kernel}, {"Go", s.Go}}
}

// RightsJSON tells what Portlight may do in `doctor --json`.
type RightsJSON struct {
	UID          int      `json:"uid"`          // effective
	User         string   `json:"user"`         // its name, or ""
	Capabilities []string `json:"capabilities"` // Linux: of those that Portlight makes use of, see capabilities(7)
	App          *bool    `json:"app"`          // macOS: it runs inside of Portlight.app; null elsewhere
}

func (r RightsJSON) clean() RightsJSON {
	capabilities := []string{}
	for _, c := range r.Capabilities {
		capabilities = append(capabilities, Clean(c, maxName))
	}
	return RightsJSON{r.UID, Clean(r.User, maxName), capabilities, r.App}
}

func (r RightsJSON) words() []string {
	who := r.User
	if who == "" {
		who = fmt.Sprint(r.UID)
	}
	lines := []string{wordsRunsAs.With("User", who)}
	switch {
	case len(r.Capabilities) > 0:
		lines = append(lines, wordsCapabilities.With("Capabilities", words.Enumerate(r.Capabilities)))
	case r.UID != 0:
		lines = append(lines, wordsOrdinary.String())
	}
	if r.App != nil && !*r.App {
		lines = append(lines, wordsNoApp.String())
	}
	return lines
}

// SelfTestJSON is a socket that doctor opened itself, and what a scan by the source in
// use showed of it.
type SelfTestJSON struct {
	Socket string `json:"socket"` // the listener's id, or what could not be opened
	Seen   bool   `json:"seen"`
	Owner  bool   `json:"owner"` // it was shown with this process
	Error  string `json:"error"` // why it could not be opened: then it proves nothing
}

func (t SelfTestJSON) clean() SelfTestJSON {
	return SelfTestJSON{Clean(t.Socket, maxPath), t.Seen, t.Owner, Clean(t.Error, maxPath)}
}

func (t SelfTestJSON) words() string {
	switch {
	case t.Error != "":
		return wordsNotOpened.With("Error", t.Error)
	case !t.Seen:
		return wordsNotSeen.String()
	case !t.Owner:
		return wordsSeenOnly.String()
	}
	return wordsSeenWhole.String()
}

// works reports whether listeners can be told: some source works, and a scan showed what
// this program listened on itself.
func (d *Diagnosis) works() bool {
	for _, t := range d.SelfTest {
		if t.Error == "" && !t.Seen {
			return false
		}
	}
	return d.Source != ""
}

// machineChapters are those of the system, of the rights and of the self-test, where
// there is something to tell.
func (d *Diagnosis) machineChapters() []Chapter {
	var chapters []Chapter
	if d.System != (SystemJSON{}) {
		chapters = append(chapters, Chapter{wordSystem.String(), d.System.facts()}, Chapter{wordRights.String(), factsOf(d.Rights.words()...)})
	}
	if len(d.SelfTest) > 0 {
		c := Chapter{Title: wordSelfTest.String()}
		for _, t := range d.SelfTest {
			c.Facts = append(c.Facts, Fact{t.Socket, t.words()})
		}
		chapters = append(chapters, c)
	}
	return chapters
}
