package alerts

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"portlight/scanner"
)

// ruleFile is a list of rules as a person reads and edits it, in TOML.
type ruleFile struct {
	Rules []ruleText `toml:"rule"`
}

// ruleText is one of them.
type ruleText struct {
	Action  string    `toml:"action"`
	Program string    `toml:"program,omitempty"`
	Proto   string    `toml:"proto,omitempty"`
	Ports   string    `toml:"ports,omitempty"` // "80", "80-443" or "ephemeral"
	Where   string    `toml:"where,omitempty"`
	Until   time.Time `toml:"until,omitempty"`
	Note    string    `toml:"note,omitempty"`
}

// ephemeralPorts stands for the ports that the system hands out.
const ephemeralPorts = "ephemeral"

// maxRuleFile bounds what is read, in bytes.
const maxRuleFile = 4 << 20

const ruleFileHead = `# Rules of Portlight: the first that covers a listener decides.
# action: allow (trusted), mute (recorded, silent) or alert (told each time)
# program: its identity as "portlight alerts" shows it; proto: tcp or udp;
# ports: 80, 80-443 or ephemeral; where: network or loopback; until: a time.
# What is left out covers everything.

`

// WriteRules writes rules as a file for people, in their order.
func WriteRules(w io.Writer, rules []Rule) error {
	var f ruleFile
	for i := range rules {
		f.Rules = append(f.Rules, newRuleText(&rules[i]))
	}
	if _, err := io.WriteString(w, ruleFileHead); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	if err := toml.NewEncoder(w).Encode(f); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	return nil
}

func newRuleText(r *Rule) ruleText {
	t := ruleText{Action: string(r.Action), Program: r.Program, Ports: r.Ports(), Where: string(r.Where), Until: r.Until, Note: r.Note}
	if r.Proto != 0 {
		t.Proto = r.Proto.String()
	}
	return t
}

// ReadRules reads such a file. Anything in it that is not understood is an error with
// its line, so that no rule comes to cover more than it says.
func ReadRules(r io.Reader) ([]Rule, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxRuleFile+1))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if len(b) > maxRuleFile {
		return nil, fmt.Errorf("read rules: more than %d bytes", maxRuleFile)
	}
	return parseRules(string(b))
}

func parseRules(text string) ([]Rule, error) {
	var f ruleFile
	meta, err := toml.Decode(text, &f)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if odd := meta.Undecoded(); len(odd) > 0 {
		return nil, fmt.Errorf("read rules: %q is not known", odd[0].String())
	}
	var rules []Rule
	for i, t := range f.Rules {
		r, err := t.rule()
		if err != nil {
			return nil, fmt.Errorf("read rules: rule %d: %w", i+1, err)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func (t ruleText) rule() (Rule, error) {
	r := Rule{Action: Action(t.Action), Program: t.Program, Where: Where(t.Where), Until: t.Until, Note: t.Note}
	proto, err := ParseProto(t.Proto)
	if err != nil {
		return Rule{}, err
	}
	r.Proto = proto
	if err := r.SetPorts(t.Ports); err != nil {
		return Rule{}, err
	}
	return r, r.Check()
}

// ParseProto reads "tcp" or "udp"; "" is both.
func ParseProto(s string) (scanner.Proto, error) {
	for _, p := range []scanner.Proto{scanner.TCP, scanner.UDP} {
		if s == p.String() {
			return p, nil
		}
	}
	if s != "" {
		return 0, fmt.Errorf("protocol %q is neither tcp nor udp", s)
	}
	return 0, nil
}

// Ports gives the ports of a rule as SetPorts reads them.
func (r *Rule) Ports() string {
	first, last := strconv.Itoa(int(r.FirstPort)), strconv.Itoa(int(r.LastPort))
	switch {
	case r.Ephemeral:
		return ephemeralPorts
	case r.FirstPort == 0:
		return ""
	case first == last:
		return first
	}
	return first + "-" + last
}

// SetPorts reads "80", "80-443", "ephemeral" or "", which is all.
func (r *Rule) SetPorts(s string) error {
	r.FirstPort, r.LastPort, r.Ephemeral = 0, 0, s == ephemeralPorts
	if r.Ephemeral || s == "" {
		return nil
	}
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	low, errLow := strconv.ParseUint(first, 10, 16)
	high, errHigh := strconv.ParseUint(last, 10, 16)
	switch {
	case errors.Join(errLow, errHigh) != nil, low == 0, low > high:
		return fmt.Errorf("ports %q are none: write 80, 80-443 or %s", s, ephemeralPorts)
	}
	r.FirstPort, r.LastPort = uint16(low), uint16(high)
	return nil
}
