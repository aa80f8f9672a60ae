package window

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"portlight/app/alerts"
	"portlight/app/view"
	"portlight/scanner"
)

// The choices of until when a rule holds.
const (
	untilEver = iota
	untilHour
	untilTomorrow
	untilDate
)

var (
	actionsOfRules = []alerts.Action{alerts.Allow, alerts.Mute, alerts.Always}
	protosOfRules  = []scanner.Proto{0, scanner.TCP, scanner.UDP}
	wheresOfRules  = []alerts.Where{alerts.Anywhere, alerts.Network, alerts.Local}
)

// ruleForm is a rule as the dialog shows it: choices by their places, and what was
// typed.
type ruleForm struct {
	action, proto, where, until int
	program, ports, date, note  string

	was alerts.Rule // that is edited; without an id for a new one
}

// newRuleForm shows a rule.
func newRuleForm(r alerts.Rule, known *programs) ruleForm {
	f := ruleForm{
		action: max(slices.Index(actionsOfRules, r.Action), 0), proto: max(slices.Index(protosOfRules, r.Proto), 0),
		where: max(slices.Index(wheresOfRules, r.Where), 0), program: known.label(r.Program), ports: r.Ports(), note: r.Note, was: r,
	}
	if !r.Until.IsZero() {
		f.until, f.date = untilDate, view.MinuteWords(r.Until)
	}
	return f
}

// rule makes a rule of what was chosen and typed; the error says what to change.
func (f *ruleForm) rule(known *programs, now time.Time) (alerts.Rule, error) {
	r := alerts.Rule{
		ID: f.was.ID, Created: f.was.Created, Note: strings.TrimSpace(f.note),
		Action: actionsOfRules[f.action], Proto: protosOfRules[f.proto], Where: wheresOfRules[f.where],
	}
	var err error
	if r.Program, err = known.find(f.program); err != nil {
		return r, err
	}
	if err := f.setPorts(&r); err != nil {
		return r, err
	}
	if r.Until, err = f.end(now); err != nil {
		return r, err
	}
	if len(r.Note) > maxNote {
		return r, errLongNote
	}
	if r.Action != alerts.Always && r.Program == "" && r.Ports() == "" && r.Proto == 0 && r.Where != alerts.Local && r.Until.IsZero() {
		return r, errSilence
	}
	return r, r.Check()
}

// maxNote bounds the note of a rule, in bytes.
const maxNote = 1000

// setPorts reads the ports. What was not touched stays: there are rules that say more
// than the text.
func (f *ruleForm) setPorts(r *alerts.Rule) error {
	text := strings.ToLower(strings.Join(strings.Fields(f.ports), ""))
	text = strings.NewReplacer("–", "-", "—", "-").Replace(text)
	if text == f.was.Ports() {
		r.FirstPort, r.LastPort, r.Ephemeral = f.was.FirstPort, f.was.LastPort, f.was.Ephemeral
		return nil
	}
	if text == "all" || text == strings.ToLower(wordAllPorts.String()) {
		text = ""
	}
	switch {
	case strings.ContainsAny(text, ",;"):
		return errManyPorts
	case r.SetPorts(text) != nil:
		return errPorts
	}
	return nil
}

// end is when the rule ends.
func (f *ruleForm) end(now time.Time) (time.Time, error) {
	switch f.until {
	case untilEver:
		return time.Time{}, nil
	case untilHour:
		return now.Add(time.Hour), nil
	case untilTomorrow:
		return alerts.Tomorrow(now), nil
	}
	text := strings.Join(strings.Fields(f.date), " ")
	if !f.was.Until.IsZero() && text == view.MinuteWords(f.was.Until) {
		return f.was.Until, nil // an ended rule may be edited, too
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", text, time.Local)
	if err != nil {
		t, err = time.ParseInLocation(time.DateOnly, text, time.Local)
	}
	switch {
	case err != nil:
		return t, errDate
	case !t.After(now):
		return t, errPast
	}
	return t, nil
}

// programs are those that are known, for the dialog's list.
type programs struct {
	labels []string          // as they are listed
	of     map[string]string // the identity of a label
	names  map[string][]string
	files  map[string]string // the identity of a file that was looked at: it may be a link
}

// maxPrograms bounds the list: more nobody reads, and what is typed is found as well.
const maxPrograms = 100

// newPrograms lists programs by their identities, each once.
func newPrograms(identities []string, display map[string]string) *programs {
	p := &programs{of: map[string]string{}, names: map[string][]string{}, files: map[string]string{}}
	for _, id := range identities {
		if p.names[id] != nil || id == "" {
			continue
		}
		p.names[id] = append(alerts.Names(id), display[id])
		label := identityShort(id)
		if _, taken := p.of[label]; !taken && len(p.labels) < maxPrograms {
			p.labels = append(p.labels, label)
			p.of[label] = id
		}
	}
	return p
}

// label is what stands for an identity in the field.
func (p *programs) label(identity string) string {
	label := identityShort(identity)
	if _, ok := p.of[label]; !ok && label != "" {
		p.of[label] = identity
	}
	return label
}

// find gives the identity of what was chosen or typed: a program of the list, an
// identity, the path of a file, or the name of a program that is known; "" is every
// program.
func (p *programs) find(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch id, listed := p.of[text]; {
	case text == "", text == wordAnyProgram.String():
		return "", nil
	case listed:
		return id, nil
	case alerts.IsIdentity(text):
		return text, nil
	case filepath.IsAbs(text):
		if id := p.files[text]; id != "" {
			return id, nil
		}
		return alerts.Program(&scanner.Listener{}, &scanner.Process{Path: filepath.Clean(text)}), nil
	}
	return p.named(text)
}

func (p *programs) named(name string) (string, error) {
	var found []string
	for id, names := range p.names {
		if slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.EqualFold(n, name) }) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return "", errNoProgram
	case 1:
		return found[0], nil
	}
	return "", errManyPrograms
}

// isFile reports whether a text is the path of a file that has not been looked at.
func (p *programs) isFile(text string) bool {
	_, listed := p.of[text]
	return !listed && filepath.IsAbs(text) && p.files[text] == ""
}
