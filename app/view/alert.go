package view

import (
	"slices"
	"strings"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Alert is what a notification says.
type Alert struct {
	ID          string // of the listener that it is about first
	Title, Body string
	Urgent      bool
	Single      bool // it is about one program on one port
}

// alertLines is how many listeners one notification names.
const alertLines = 3

// NewAlert words the notification of a notice, with at least one judgement: the most
// urgent first, each in a line, the others counted. What one program does on one port
// at several addresses is one of them: who can reach it is whoever can reach one of
// the addresses.
func NewAlert(n alerts.Notice, f Facts) Alert {
	js := slices.Clone(n.Judgements)
	slices.SortStableFunc(js, func(a, b alerts.Judgement) int { return b.Verdict.Urgency() - a.Verdict.Urgency() })
	groups := groupNews(js)
	first := groups[0].row(f)
	more := len(groups) - 1 + n.More
	a := Alert{ID: first.ID, Title: groups[0].title(first.PortService()), Urgent: js[0].Verdict == alerts.Exposed, Single: more == 0}
	if n.Away {
		a.Title = wordsAway.With("News", a.Title)
	}
	if more == 0 {
		a.Body = groups[0].body(f)
		return a
	}
	a.Title = wordsNewsMore.Of(more, "News", a.Title)
	var lines []string
	for _, g := range groups[:min(len(groups), alertLines)] {
		lines = append(lines, g.line(f))
	}
	if rest := more + 1 - len(lines); rest > 0 {
		lines = append(lines, MoreLabel(rest))
	}
	a.Body = strings.Join(lines, "\n")
	return a
}

// news is what one program does on one port: a judgement at least, the most
// urgent first.
type news []alerts.Judgement

// groupNews keeps the order of what comes first in each.
func groupNews(js []alerts.Judgement) []news {
	type key struct {
		program string
		proto   scanner.Proto
		port    uint16
	}
	var groups []news
	index := map[key]int{}
	for _, j := range js {
		k := key{j.Program, j.Event.Listener.Proto, j.Event.Listener.Port}
		i, ok := index[k]
		if !ok {
			i = len(groups)
			index[k], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], j)
	}
	return groups
}

func (n news) row(f Facts) Row { return NewRow(n[0].Event.Listener, f) }

// listeners gives each listener once, as it is by the newest event.
func (n news) listeners() []scanner.Listener {
	byTime := slices.Clone(n)
	slices.SortStableFunc(byTime, func(a, b alerts.Judgement) int { return a.Event.Time.Compare(b.Event.Time) })
	var ls []scanner.Listener
	for _, j := range byTime {
		l := j.Event.Listener
		if i := slices.IndexFunc(ls, func(o scanner.Listener) bool { return o.Key == l.Key }); i >= 0 {
			ls[i] = l
			continue
		}
		ls = append(ls, l)
	}
	return ls
}

// title names the most urgent programs first, then who is with them.
func (n news) title(port string) string {
	cs := clauses(n...)
	text, ok := titles[cs[0].verdict]
	if !ok {
		text = titleOther
	}
	pairs := []any{"Programs", joinWords(cs[0].names), "Port", port}
	if with := allNames(cs[1:]); len(with) > 0 {
		return text.with.Of(len(cs[0].names), append(pairs, "Others", joinWords(with))...)
	}
	return text.alone.Of(len(cs[0].names), pairs...)
}

func (n news) body(f Facts) string {
	var addresses []string
	ls := n.listeners()
	for i := range ls {
		addresses = append(addresses, Address(&ls[i]))
	}
	body := ""
	if all := reachOfAll(ls, f); len(all) == 1 {
		body = wordsAddresses.Of(len(addresses), "Reach", all[0].sentence.With(all[0].some...), "Addresses", joinWords(addresses))
	} else {
		body = wordsWho.With("Who", rowsWords(all)) + "\n" + wordsAddressList.Of(len(addresses), "Addresses", joinWords(addresses))
	}
	if odd := n.row(f).Mismatch; odd != "" {
		body += "\n" + wordsUnusualAlert.With("Why", odd)
	}
	return body
}

func (n news) line(f Facts) string {
	return wordsAlertLine.With("Programs", joinWords(allNames(clauses(n...))), "Port", n.row(f).PortService(), "Reach", rowsWords(reachOfAll(n.listeners(), f)))
}

// rowsWords gives the first few of several reaches.
func rowsWords(all []*reached) string {
	var rows []string
	for _, r := range all[:min(len(all), joinedWords)] {
		rows = append(rows, r.short)
	}
	if rest := len(all) - len(rows); rest > 0 {
		rows = append(rows, MoreLabel(rest))
	}
	return strings.Join(rows, " · ")
}

// clause is a verdict and the names of the programs that it is about.
type clause struct {
	verdict alerts.Verdict
	names   []string // each once
}

// clauses sorts all programs that some judgements are about by their verdicts,
// the most urgent first. Each program stands in the most urgent of its verdicts.
func clauses(js ...alerts.Judgement) []clause {
	type found struct {
		alerts.Finding
		name string
	}
	var all []found
	for _, j := range js {
		for _, f := range j.Findings() {
			all = append(all, found{f, programName(&j.Event.Listener, f.Program)})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return b.Verdict.Urgency() - a.Verdict.Urgency() })
	var cs []clause
	seen := map[string]bool{}
	for _, f := range all {
		if seen[f.Program] {
			continue
		}
		seen[f.Program] = true
		if len(cs) == 0 || cs[len(cs)-1].verdict != f.Verdict {
			cs = append(cs, clause{verdict: f.Verdict})
		}
		if c := &cs[len(cs)-1]; !slices.Contains(c.names, f.name) {
			c.names = append(c.names, f.name)
		}
	}
	return cs
}

func allNames(cs []clause) []string {
	var all []string
	for _, c := range cs {
		all = append(all, c.names...)
	}
	return all
}

// programName names one program of a listener by its identity, alone even where
// others hold the listener too. Beside owners that are seen it is not known whose
// the hidden ones are.
func programName(l *scanner.Listener, program string) string {
	one := *l
	for i := range l.Owners {
		if alerts.Program(l, &l.Owners[i]) == program {
			one.Owners, one.Unseen = l.Owners[i:i+1], 0
			return Program(&one)
		}
	}
	if len(l.Owners) > 0 {
		return wordHidden.String()
	}
	return Program(l)
}

// holders names all programs of a listener, each once.
func holders(l *scanner.Listener) []string {
	var names []string
	add := func(program string) {
		if name := programName(l, program); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := range l.Owners {
		add(alerts.Program(l, &l.Owners[i]))
	}
	if len(l.Owners) == 0 || l.Unseen > 0 {
		add(alerts.Program(l, nil))
	}
	return names
}

// reachOfAll says who can reach one of some listeners at least, each once.
func reachOfAll(ls []scanner.Listener, f Facts) []*reached {
	reach := newReacher(f.Network)
	var all []*reached
	for _, l := range ls {
		l.DualStack = l.DualStack || slices.ContainsFunc(ls, func(o scanner.Listener) bool { return bothFamilies(&l, &o) })
		r := reach.of(&l)
		if l.DualStack && l.Device == "" {
			return []*reached{r} // and so everybody
		}
		if !slices.ContainsFunc(all, func(o *reached) bool { return o.short == r.short }) {
			all = append(all, r)
		}
	}
	return all
}

// bothFamilies reports whether two listeners together take what comes for any
// address of IPv4 and of IPv6, on the same networks.
func bothFamilies(a, b *scanner.Listener) bool {
	return a.Scope() == scanner.ScopeAll && b.Scope() == scanner.ScopeAll && a.Device == b.Device && a.Namespace == b.Namespace &&
		(b.DualStack || a.Addr.Unmap().Is4() != b.Addr.Unmap().Is4())
}

// Welcome words what there was when Portlight came to a computer.
func Welcome(s *scanner.Snapshot) (title, body string) {
	reachable := 0
	for i := range s.Listeners {
		if s.Listeners[i].External() {
			reachable++
		}
	}
	return wordsWelcome.String(), wordsBaseline.Of(len(s.Listeners), "Open", reachable)
}

// ClosedWords words the end of a listener that somebody asked for.
func ClosedWords(j alerts.Judgement, f Facts) (title, body string) {
	names, r := holders(&j.Event.Listener), NewRow(j.Event.Listener, f)
	return wordsGoneFrom.Of(len(names), "Programs", joinWords(names), "Port", r.PortService()), wordsAddressList.Of(1, "Addresses", r.Address)
}
