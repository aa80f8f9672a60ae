package firewall

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const (
	toolTime   = 2 * time.Second
	toolOutput = 8 << 20         // bytes that are read of a tool
	legacyAge  = 5 * time.Minute // after which rules that tell of no change are read again
	failureAge = time.Minute     // after which tools that failed are started again
	toolShare  = 200             // the tools run for at most this part of the time
)

// translation keeps the answer while the rules and the addresses are the same, and
// what failed for a while.
type translation struct {
	before state
	at     time.Time // when the tools were started
	took   time.Duration
	found  []Forward
	err    error
}

// state is what the answer depends on.
type state struct {
	native     bool   // nftables has rules that translate; those of iptables-nft are among them
	others     bool   // in tables other than those of iptables
	legacy     string // tools for the tables of iptables-legacy, separated by blanks
	generation uint16
	own        string // addresses
}

// read starts the tools where it is worth it.
func (t *translation) read(ctx context.Context) ([]Forward, error) {
	now, own := currentState("/proc/thread-self/net")
	if !now.native && now.legacy == "" {
		*t = translation{}
		return nil, nil
	}
	if t.stands(&now) {
		return t.found, t.err
	}
	began := time.Now()
	t.found, t.err = now.ask(ctx, own)
	t.before, t.at, t.took = now, began, time.Since(began)
	return t.found, t.err
}

// stands reports whether the answer will do, or the tools ran too lately.
func (t *translation) stands(now *state) bool {
	age := time.Since(t.at)
	switch {
	case t.at.IsZero():
		return false
	case age < toolShare*t.took:
		return true
	case t.err != nil && age >= failureAge, now.legacy != "" && age >= legacyAge:
		return false
	}
	return *now == t.before
}

// currentState is the zero one for whoever may not see the rules.
func currentState(folder string) (s state, own owns) {
	rules := readRules()
	if rules == nil {
		return s, nil
	}
	s.native = slices.ContainsFunc(rules.chains, func(c chain) bool { return c.translates() })
	s.others = slices.ContainsFunc(rules.chains, func(c chain) bool { return c.translates() && !c.ofIptables() })
	s.generation = rules.generation
	s.legacy = strings.Join(legacyTools(folder), " ")
	if !s.native && s.legacy == "" {
		return s, nil
	}
	addrs, _ := net.InterfaceAddrs() // without, no rule is for this computer
	var all []netip.Addr
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			all = append(all, p.Addr())
		}
	}
	s.own = fmt.Sprint(all)
	return s, func(p netip.Prefix) bool { return slices.ContainsFunc(all, p.Contains) }
}

// legacyTools are those for the tables nat that iptables-legacy has. Where it has
// none they would make one.
func legacyTools(folder string) (tools []string) {
	for _, t := range [...]struct{ file, tool string }{
		{"/ip_tables_names", "iptables-legacy-save"}, {"/ip6_tables_names", "ip6tables-legacy-save"},
	} {
		b, err := os.ReadFile(folder + t.file)
		if err == nil && slices.Contains(strings.Fields(string(b)), "nat") {
			tools = append(tools, t.tool)
		}
	}
	return tools
}

// ask starts one tool after another.
func (s *state) ask(ctx context.Context, own owns) (found []Forward, err error) {
	if s.native {
		found, err = s.askNative(ctx, own)
	}
	old, _, failure := askSaved(ctx, own, strings.Fields(s.legacy)...)
	return append(found, old...), errors.Join(err, failure)
}

// askNative asks nft, and iptables for the rules of which nft does not tell all.
// Where there is no nft, that is enough if only iptables has made rules.
func (s *state) askNative(ctx context.Context, own owns) ([]Forward, error) {
	out, err := runTool(ctx, "nft", "--json", "list", "ruleset")
	found, foreign := []Forward(nil), true
	if err == nil {
		found, foreign, err = parseNft(bytes.NewReader(out), own)
	}
	if !foreign {
		return found, err
	}
	saved, whole, failure := askSaved(ctx, own, "iptables-nft-save", "ip6tables-nft-save")
	if err != nil && (s.others || !whole) {
		return append(found, saved...), err
	}
	return append(found, saved...), failure
}

// askSaved asks the tools that print as iptables-save does. Their answer is whole
// unless one fails, or leaves out a table that it does not understand.
func askSaved(ctx context.Context, own owns, tools ...string) (found []Forward, whole bool, err error) {
	whole = true
	for _, tool := range tools {
		out, failure := runTool(ctx, tool, "-t", "nat")
		whole = whole && failure == nil && !bytes.Contains(out, []byte(" is incompatible, use 'nft' tool"))
		err = errors.Join(err, failure)
		found = append(found, parseSaved(string(out), own)...)
	}
	return found, whole, err
}

// toolFolders are where the tools are looked for: those of a user's own PATH are not
// started with rights that others lack.
func toolFolders() []string {
	return []string{"/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin", "/run/current-system/sw/bin"}
}

func findTool(name string) (string, error) {
	for _, dir := range toolFolders() {
		path := dir + "/" + name
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, exec.ErrNotFound)
}

// runTool gives what a tool prints, as much of it as is read.
func runTool(ctx context.Context, name string, args ...string) ([]byte, error) {
	path, err := findTool(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, toolTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = "/", []string{"LC_ALL=C", "PATH=" + strings.Join(toolFolders(), ":")}, 100*time.Millisecond
	out := head{room: toolOutput}
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out.kept, nil
}

// head keeps the beginning of what is written to it.
type head struct {
	kept []byte
	room int
}

func (h *head) Write(b []byte) (int, error) {
	taken := b[:min(len(b), h.room)]
	h.room -= len(taken)
	h.kept = append(h.kept, taken...)
	return len(b), nil
}
