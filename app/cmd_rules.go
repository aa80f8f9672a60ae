package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/view"
)

func newRulesCommand(p *program) *cobra.Command {
	list := func(use, short string) *cobra.Command {
		var asJSON bool
		cmd := &cobra.Command{
			Use: use, Short: short, Args: cobra.NoArgs,
			RunE: doing(func(*cobra.Command, []string) error { return p.listRules(asJSON) }),
		}
		cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
		return cmd
	}
	cmd := list("rules", "List and change the rules that decide which alerts there are")
	cmd.Long = wordsRules
	cmd.AddCommand(list("list", "List the rules in their order"), newRulesAddCommand(p), newRulesRemoveCommand(p), newRulesExportCommand(p), newRulesImportCommand(p))
	return cmd
}

// openToWrite opens the memory, or makes an empty one with the first write.
func (p *program) openToWrite() (*history.Store, error) {
	dir, err := desktop.DataDir(p.dataDir)
	if err != nil {
		return nil, err
	}
	return openStore(dir, p.noteWrite(dir))
}

// readMemory has f read what is remembered. Where there is nothing yet, that is said
// and f gets no store.
func (p *program) readMemory(f func(*history.Store) error) error {
	_, s, err := p.openMemory()
	switch {
	case errors.Is(err, errNoMemory):
		fmt.Fprintln(p.err, "note:", err)
		return f(nil)
	case err != nil:
		return err
	}
	defer s.Close()
	err = f(s)
	if n := s.Skipped(); n > 0 {
		fmt.Fprintf(p.err, wordsSkipped+"\n", plural(n, "row"))
	}
	return err
}

func (p *program) listRules(asJSON bool) error {
	return p.readMemory(func(s *history.Store) error {
		var rules []alerts.Rule
		if s != nil {
			var err error
			if rules, err = s.Rules(); err != nil {
				return err
			}
		}
		switch {
		case asJSON:
			return view.WriteJSON(p.out, view.NewRulesJSON(rules, time.Now()), "  ")
		case len(rules) == 0 && s != nil:
			fmt.Fprintln(p.err, wordsNoRules)
		case len(rules) > 0:
			_, err := io.WriteString(p.out, view.RulesText(rules, p.style(false), time.Now()))
			return err
		}
		return nil
	})
}

// ruleFlags describe a rule.
type ruleFlags struct {
	program, ports, note        string
	tcp, udp, network, loopback bool
	length                      length
	until                       moment
	first, last, everything     bool
}

func newRulesAddCommand(p *program) *cobra.Command {
	var f ruleFlags
	cmd := &cobra.Command{
		Use:     "add allow|mute|alert",
		Short:   "Add a rule",
		Long:    wordsRulesAdd,
		Example: "  portlight rules add allow --program nginx --port 80-443\n  portlight rules add mute --port ephemeral --udp --network\n  portlight rules add alert --program exe:/usr/bin/nc --for 7d --note \"until the audit\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := f.rule(alerts.Action(args[0]), time.Now())
			if err != nil {
				return err
			}
			return doing(func(*cobra.Command, []string) error { return p.addRule(cmd.Context(), r, f) })(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.program, "program", "", "only this program: its identity, the path of its executable, or its name")
	flags.StringVar(&f.ports, "port", "", "only these ports: 80, 80-443, or ephemeral for those that the system hands out")
	flags.BoolVar(&f.tcp, "tcp", false, "only TCP (with --udp: both)")
	flags.BoolVar(&f.udp, "udp", false, "only UDP")
	flags.BoolVar(&f.network, "network", false, "only where others can reach it")
	flags.BoolVar(&f.loopback, "loopback", false, "only where no other computer can reach it")
	flags.Var(&f.length, "for", "how long it holds, such as 90m, 24h or 7d")
	flags.Var(&f.until, "until", "when it ends: 2026-11-01, \"2026-11-01 15:04\" or 15:04")
	flags.StringVar(&f.note, "note", "", "a note for yourself")
	flags.BoolVar(&f.first, "first", false, "before all other rules, so that it beats them (the default)")
	flags.BoolVar(&f.last, "last", false, "behind all other rules")
	flags.BoolVar(&f.everything, "all", false, "for a rule that covers every program on every port")
	cmd.MarkFlagsMutuallyExclusive("for", "until")
	cmd.MarkFlagsMutuallyExclusive("first", "last")
	cmd.MarkFlagsMutuallyExclusive("network", "loopback")
	return cmd
}

// rule makes a rule of what was said, but for its program.
func (f *ruleFlags) rule(action alerts.Action, now time.Time) (alerts.Rule, error) {
	r := alerts.Rule{Action: action, Note: f.note, Created: now, Until: f.until.Time}
	if f.length != 0 {
		r.Until = now.Add(time.Duration(f.length))
	}
	proto, where := "", alerts.Anywhere
	switch {
	case f.tcp && !f.udp:
		proto = "tcp"
	case f.udp && !f.tcp:
		proto = "udp"
	}
	switch {
	case f.network:
		where = alerts.Network
	case f.loopback:
		where = alerts.Local
	}
	r.Proto, _ = alerts.ParseProto(proto) // one that it knows
	r.Where = where
	if err := r.SetPorts(f.ports); err != nil {
		return r, err
	}
	switch {
	case !r.Until.IsZero() && !r.Until.After(now):
		return r, fmt.Errorf(wordsPast, view.MinuteWords(r.Until))
	case f.program == "" && coversAll(r) && !f.everything:
		return r, errors.New(wordsEverything)
	case f.everything && (f.program != "" || !coversAll(r)):
		return r, errors.New(wordsNotEverything)
	}
	return r, r.Check()
}

// coversAll reports whether a rule covers every listener of its program.
func coversAll(r alerts.Rule) bool {
	return r.Proto == 0 && r.FirstPort == 0 && !r.Ephemeral && r.Where == alerts.Anywhere
}

func (p *program) addRule(ctx context.Context, r alerts.Rule, f ruleFlags) error {
	s, err := p.openToWrite()
	if err != nil {
		return err
	}
	defer s.Close()
	if f.program != "" {
		identity, remembered, err := findAnyProgram(ctx, s, f.program)
		if err != nil {
			return err
		}
		if r.Program = identity; !remembered {
			fmt.Fprintf(p.err, wordsNotSeen+"\n", view.Clean(identity, maxNote))
		}
	}
	position := 0
	if f.last {
		position = -1
	}
	id, err := s.AddRule(r, position)
	if err != nil {
		return err
	}
	rules, err := s.Rules()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rules, func(o alerts.Rule) bool { return o.ID == id })
	if _, err := fmt.Fprintf(p.out, wordsRuleAdded+"\n", id, at+1, len(rules), view.RuleWords(r)); err != nil {
		return err
	}
	p.noteOrder(rules, at)
	return nil
}

// noteOrder says where a rule decides nothing because of another one's place: the one
// that was added, or those behind it.
func (p *program) noteOrder(rules []alerts.Rule, at int) {
	added := &rules[at]
	for i := range rules[:at] {
		if rules[i].Includes(added) {
			fmt.Fprintf(p.err, wordsDecidedBefore+"\n", rules[i].ID, view.RuleWords(rules[i]))
			return
		}
	}
	for i := range rules[at+1:] {
		if r := &rules[at+1+i]; added.Includes(r) {
			fmt.Fprintf(p.err, wordsDecidesNothing+"\n", r.ID, view.RuleWords(*r), r.ID)
		}
	}
}

func newRulesRemoveCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "remove ID...",
		Short:   "Remove rules",
		Example: "  portlight rules remove 3 4",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := parseIDs(args)
			if err != nil {
				return err
			}
			return doing(func(*cobra.Command, []string) error { return p.removeRules(ids) })(cmd, args)
		},
	}
}

// parseIDs reads the numbers of rules or alerts, each once.
func parseIDs(args []string) ([]int64, error) {
	var ids []int64
	for _, a := range args {
		id, err := strconv.ParseInt(a, 10, 64)
		if err != nil || id < 1 {
			return nil, fmt.Errorf("%q is no id: write a number from the list", a)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// removeRules removes rules, or none if one of them is not there.
func (p *program) removeRules(ids []int64) error {
	_, s, err := p.openMemory()
	if err != nil {
		return err
	}
	defer s.Close()
	rules, err := s.Rules()
	if err != nil {
		return err
	}
	words := map[int64]string{}
	for _, r := range rules {
		words[r.ID] = view.RuleWords(r)
	}
	for _, id := range ids {
		if _, ok := words[id]; !ok {
			return fmt.Errorf("%w: %d", history.ErrNoRule, id)
		}
	}
	for _, id := range ids {
		if err := s.RemoveRule(id); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(p.out, wordsRuleRemoved+"\n", id, words[id]); err != nil {
			return err
		}
	}
	return nil
}

func newRulesExportCommand(p *program) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:     "export [FILE]",
		Short:   "Write the rules as a file to read, edit and import",
		Example: "  portlight rules export rules.toml",
		Args:    cobra.MaximumNArgs(1),
		RunE:    doing(func(_ *cobra.Command, args []string) error { return p.exportRules(args, force) }),
	}
	cmd.Flags().BoolVar(&force, "force", false, "write over a file that is there")
	return cmd
}

func (p *program) exportRules(args []string, force bool) error {
	return p.readMemory(func(s *history.Store) error {
		var rules []alerts.Rule
		if s != nil {
			var err error
			if rules, err = s.Rules(); err != nil {
				return err
			}
		}
		if len(args) == 0 || args[0] == stdinName {
			return alerts.WriteRules(p.out, rules)
		}
		if err := writeRuleFile(args[0], rules, force); err != nil {
			return fmt.Errorf("export rules: %w", err)
		}
		_, err := fmt.Fprintf(p.out, wordsExported+"\n", plural(len(rules), "rule"), args[0])
		return err
	})
}

// stdinName stands for the standard input or output.
const stdinName = "-"

// writeRuleFile writes a file for the eyes of the user only. Without force it must be
// a new one.
func writeRuleFile(file string, rules []alerts.Rule, force bool) error {
	var b bytes.Buffer
	if err := alerts.WriteRules(&b, rules); err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(file, flags, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s: %s", file, wordsFileThere)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Close()); err != nil && !force {
		os.Remove(file)
	}
	return err
}

func newRulesImportCommand(p *program) *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:     "import FILE",
		Short:   "Add the rules of a file behind those that there are; \"-\" is the standard input",
		Example: "  portlight rules import rules.toml\n  portlight rules import --replace rules.toml",
		Args:    cobra.ExactArgs(1),
		RunE: doing(func(cmd *cobra.Command, args []string) error {
			rules, err := readRuleFile(cmd.InOrStdin(), args[0])
			if err != nil {
				return fmt.Errorf("import rules: %w", err)
			}
			return p.importRules(rules, replace)
		}),
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "in place of all rules that there are")
	return cmd
}

func readRuleFile(stdin io.Reader, file string) ([]alerts.Rule, error) {
	if file == stdinName {
		return alerts.ReadRules(stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rules, err := alerts.ReadRules(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return rules, nil
}

func (p *program) importRules(rules []alerts.Rule, replace bool) error {
	s, err := p.openToWrite()
	if err != nil {
		return err
	}
	defer s.Close()
	put := appendRules
	if replace {
		put = replaceRules
	}
	added, err := put(s, rules, time.Now())
	if err != nil {
		return err
	}
	all, err := s.Rules()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, wordsImported+"\n", plural(added, "rule"), len(rules)-added, len(all))
	if n := countEnded(rules, time.Now()); n > 0 {
		fmt.Fprintf(p.err, wordsImportEnded+"\n", plural(n, "rule"))
	}
	return err
}

// countEnded counts the rules that cover nothing any more.
func countEnded(rules []alerts.Rule, now time.Time) (n int) {
	for _, r := range rules {
		if !r.Until.IsZero() && !now.Before(r.Until) {
			n++
		}
	}
	return n
}

// appendRules puts rules behind those that there are, and counts those that are added.
func appendRules(s *history.Store, rules []alerts.Rule, now time.Time) (added int, err error) {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Created = now
	}
	return s.AppendRules(rules)
}

// replaceRules puts rules in place of those that there are, and counts them.
func replaceRules(s *history.Store, rules []alerts.Rule, now time.Time) (added int, err error) {
	old, err := s.Rules()
	if err != nil {
		return 0, err
	}
	rules = each(old, rules, now)
	return len(rules), s.ReplaceRules(rules)
}

// ruleKey is what makes two rules the same one.
type ruleKey struct {
	alerts.Rule
	until int64
}

func keyOf(r alerts.Rule) ruleKey {
	k := ruleKey{Rule: r, until: r.Until.UnixMicro()}
	k.ID, k.Note, k.Until, k.Created = 0, "", time.Time{}, time.Time{}
	return k
}

// each gives each of the rules that were read once. One that is among the old ones
// keeps its id.
func each(old, read []alerts.Rule, now time.Time) (rules []alerts.Rule) {
	before, taken := map[ruleKey]alerts.Rule{}, map[ruleKey]bool{}
	for _, r := range slices.Backward(old) {
		before[keyOf(r)] = r
	}
	for _, r := range read {
		k := keyOf(r)
		if taken[k] {
			continue
		}
		taken[k] = true
		was := before[k]
		if r.ID, r.Created = was.ID, was.Created; r.ID == 0 {
			r.Created = now
		}
		rules = append(rules, r)
	}
	return rules
}
