package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"portlight/app/alerts"
	"portlight/scanner"
	"portlight/scanner/supervisor"
	"portlight/services"
)

// SnapshotJSON is the answer of `list --json`.
type SnapshotJSON struct {
	Time       time.Time      `json:"time"`
	Source     string         `json:"source"`
	Visibility VisibilityJSON `json:"visibility"`
	Listeners  []ListenerJSON `json:"listeners"`
}

// VisibilityJSON is the ledger: what was seen, and what was not and why.
type VisibilityJSON struct {
	Listeners int      `json:"listeners"`
	WithOwner int      `json:"with_owner"`
	Hidden    int      `json:"hidden"`
	Notes     []string `json:"notes"`
}

// ListenerJSON is one listener in every JSON answer. Texts are as the system
// gives them; WriteJSON escapes what a terminal must not see.
type ListenerJSON struct {
	ID            string         `json:"id"`
	Namespace     string         `json:"namespace"`
	Proto         string         `json:"proto"`
	Family        string         `json:"family"`
	Address       string         `json:"address"`
	Port          uint16         `json:"port"`
	Scope         string         `json:"scope"`
	Interface     string         `json:"interface"`
	External      bool           `json:"external"`
	Ephemeral     bool           `json:"ephemeral"`
	Kernel        bool           `json:"kernel"`
	Service       string         `json:"service"`
	ServiceSource string         `json:"service_source"`
	Names         []ServiceJSON  `json:"names"`
	Mismatch      string         `json:"mismatch"`
	UID           int            `json:"uid"`
	User          string         `json:"user"`
	Unit          string         `json:"unit"`
	Starts        string         `json:"starts"`
	App           string         `json:"app"`
	Container     *ContainerJSON `json:"container"`
	Forwarded     bool           `json:"forwarded"` // to the container
	Target        string         `json:"target"`    // address and port that it is forwarded to, or ""
	Reach         string         `json:"reach"`     // by the bind address alone where the networks are not known
	Addresses     []string       `json:"addresses"` // that others would use now: URLs where a browser makes sense; null where the networks are not known, as of what is past
	Clients       *int           `json:"clients"`
	Processes     []ProcessJSON  `json:"processes"`
}

// ContainerJSON is the container that a listener belongs to.
type ContainerJSON struct {
	Engine  string `json:"engine"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Image   string `json:"image"`
	Pod     string `json:"pod"`
	Project string `json:"project"`
	Service string `json:"service"`
}

// ProcessJSON is one owner of a listener.
type ProcessJSON struct {
	PID     int       `json:"pid"`
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Script  string    `json:"script"` // what an interpreter runs, by its path
	Path    string    `json:"path"`
	User    string    `json:"user"`
	Started time.Time `json:"started"`

	// Signed is who signed the program, where the kernel of macOS has validated it:
	// "9BNSXJN65R/com.docker.backend", "apple/com.apple.rapportd".
	Signed string `json:"signed,omitempty"`
}

// EventJSON is one line of `watch --json`.
type EventJSON struct {
	Time     time.Time    `json:"time"`
	Event    string       `json:"event"`
	Alert    bool         `json:"alert"`
	Verdict  string       `json:"verdict"`
	Reason   string       `json:"reason"`
	Listener ListenerJSON `json:"listener"`
}

// ServiceJSON is one name in `service --json`.
type ServiceJSON struct {
	Port        uint16   `json:"port"`
	Proto       string   `json:"proto"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Source      string   `json:"source"`
	Also        []string `json:"also"`    // the other sources that give this name
	Program     string   `json:"program"` // that the name holds for, "" is any
}

// NewSnapshotJSON gives the rows of a snapshot, all or a choice, with its ledger
// and what else there is to note, such as what is wrong with the names.
func NewSnapshotJSON(s *scanner.Snapshot, rows []Row, notes ...string) SnapshotJSON {
	out := SnapshotJSON{
		Time: s.Time, Source: s.Visibility.Source,
		Visibility: VisibilityJSON{s.Visibility.Listeners, s.Visibility.WithOwner, s.Visibility.Hidden, append(append([]string{}, s.Visibility.Notes...), notes...)},
		Listeners:  []ListenerJSON{},
	}
	for _, r := range rows {
		out.Listeners = append(out.Listeners, NewListenerJSON(r))
	}
	return out
}

// NewListenerJSON gives one row.
func NewListenerJSON(r Row) ListenerJSON {
	l := &r.Listener
	out := ListenerJSON{
		ID: r.ID, Namespace: l.Namespace, Proto: r.Proto, Family: l.Family(), Address: l.Addr.String(), Port: l.Port,
		Scope: l.Scope().String(), Interface: l.Device, External: r.External, Ephemeral: l.Ephemeral, Kernel: l.Kernel,
		Service: r.Service, ServiceSource: r.Source, Names: NewServicesJSON(r.Answer.All), Mismatch: r.Mismatch,
		UID: l.UID, User: l.User, Unit: l.Manager().Unit, Starts: l.Manager().Starts, App: strings.TrimSpace(l.Manager().Packaging + " " + l.Manager().App), Forwarded: l.Manager().Forwarded, Reach: r.withFirewall(r.reach.whole()), Clients: r.Clients,
		Addresses: addressesJSON(&r), Processes: []ProcessJSON{},
	}
	if t := l.Manager().Target; t.IsValid() {
		out.Target = t.String()
	}
	if c := l.Manager().Container; c != (supervisor.Container{}) {
		out.Container = &ContainerJSON{c.Engine, c.ID, c.Name, c.Image, c.Pod, c.Project, c.Service}
	}
	for _, p := range l.Owners {
		out.Processes = append(out.Processes, ProcessJSON{p.PID, p.Name, p.Title, p.Script, p.Path, p.User, p.Started, p.Signature.Identity()})
	}
	return out
}

// addressesJSON is nil where it is not known whether there are any. Loopback has none for
// others, whatever the networks are.
func addressesJSON(r *Row) []string {
	l := &r.Listener
	known := r.network != nil && len(r.network.Interfaces) > 0 || l.Namespace == "" && !r.External
	if !known {
		return nil
	}
	return append([]string{}, Addresses(l, r.network, r.URL)...)
}

// NewEventJSON gives one judged event.
func NewEventJSON(j alerts.Judgement, f Facts) EventJSON {
	return EventJSON{
		Time: j.Event.Time, Event: j.Event.Op.String(), Alert: j.Verdict.Alerts(), Verdict: string(j.Verdict),
		Reason: Reason(j), Listener: NewListenerJSON(NewRow(j.Event.Listener, f)),
	}
}

// NewServicesJSON gives names of services.
func NewServicesJSON(names []services.Name) []ServiceJSON {
	out := []ServiceJSON{}
	for _, n := range names {
		also := []string{}
		for _, s := range n.Also.List() {
			also = append(also, string(s))
		}
		out = append(out, ServiceJSON{n.Port, n.Proto, n.Name, n.Description, string(n.Source), also, n.Program})
	}
	return out
}

// WriteJSON writes a value with a line end. Characters that are invisible or
// that a terminal would obey are written as escapes (RFC 8259, section 7).
func WriteJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}

// escapeJSON escapes in a JSON text what stands within its strings only.
func escapeJSON(b []byte) []byte {
	n := firstOdd(b)
	if n < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/8)
	for ; len(b) > 0; n = firstOdd(b) {
		if n < 0 {
			return append(out, b...)
		}
		out = append(out, b[:n]...)
		r, size := utf8.DecodeRune(b[n:])
		out, b = appendEscaped(out, r), b[n+size:]
	}
	return out
}

// firstOdd gives where something else than plain text and line ends begins, or -1.
func firstOdd(b []byte) int {
	for i, c := range b {
		if !plain(rune(c)) && c != '\n' {
			return i
		}
	}
	return -1
}

func appendEscaped(out []byte, r rune) []byte {
	switch {
	case visible(r) == r:
		return utf8.AppendRune(out, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}
