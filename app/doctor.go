package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"sort"
	"time"

	"github.com/shirou/gopsutil/v3/disk"
	"github.com/spf13/cobra"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/notify"
	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/firewall"
	"portlight/scanner/supervisor"
)

func newDoctorCommand(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what Portlight can see on this computer, and what it cannot and why",
		Args:  cobra.NoArgs,
		RunE:  doing(func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd.Context(), asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) doctor(ctx context.Context, asJSON bool) error {
	d := p.diagnose(ctx)
	if err := p.printDiagnosis(d, asJSON); err != nil {
		return err
	}
	switch {
	case d.Source == "":
		return errors.New(wordsNoSource)
	case !d.Works:
		return errors.New(wordsBlind)
	}
	return nil
}

// diagnose tries everything, which takes a second or two.
func (p *program) diagnose(ctx context.Context) view.Diagnosis {
	names := p.names()
	f := view.Findings{Trials: scanner.Try(ctx), ExecEvents: scanner.ExecEvents(), Registry: names.Registry(), Problems: names.Problems()}
	f.System, f.Rights = machine(), rights()
	if tests, err := selfTest(ctx, scanner.Scan); err == nil { // what fails is among the trials
		f.SelfTest = tests
	}
	f.Network, f.NetworkErr = scanner.ReadNetwork(ctx)
	f.Legacy, f.Behind = firewall.LegacyTables(), trySupervisors(ctx)
	f.Memory, f.Notifications, f.Cost = p.examineMemory()
	shown, err := desktop.HasTrayHost(ctx)
	if f.Tray.Shown = shown; err != nil {
		f.Tray.Error = err.Error()
	}
	return view.NewDiagnosis(version, f)
}

// supervisorPatience is how long a diagnosis waits for systemd and the engines of
// containers.
const supervisorPatience = time.Second

func trySupervisors(ctx context.Context) []supervisor.Trial {
	ctx, cancel := context.WithTimeout(ctx, supervisorPatience)
	defer cancel()
	return supervisor.Try(ctx, supervisor.Options{})
}

// examineMemory tells of the memory, of what shows notifications, and of the agent's
// cost if one runs. It makes nothing that was not there.
func (p *program) examineMemory() (view.MemoryJSON, view.NotificationsJSON, *view.CostJSON) {
	dir, s, err := p.openMemory()
	m := view.MemoryJSON{Path: filepath.Join(dir, history.FileName), Found: !errors.Is(err, errNoMemory)}
	n, cost := p.examineNotifications(dir)
	m.Free = freeSpace(dir)
	settings := alerts.DefaultSettings()
	switch {
	case s != nil:
		defer s.Close()
		var stored map[string]string
		stored, err = s.Settings()
		var wrong []error
		settings, wrong = alerts.ParseSettings(stored)
		for _, w := range wrong {
			m.Wrong = append(m.Wrong, w.Error())
		}
		n.LastError = stored[keeper.SettingSilent]
		if time.Now().Before(settings.Paused) {
			n.PausedUntil = &settings.Paused
		}
		if err = errors.Join(err, examineStore(s, &m)); err != nil {
			m.Error = err.Error()
		}
	case m.Found:
		m.Error = err.Error()
	}
	m.KeepDays, m.KeepEvents = settings.KeepDays, settings.KeepEvents
	return m, n, cost
}

// freeSpace is what is left on the disk of a folder, in bytes; nil if it is not known.
func freeSpace(dir string) *int64 {
	usage, err := disk.Usage(dir)
	if err != nil {
		return nil
	}
	free := int64(min(usage.Free, math.MaxInt64))
	return &free
}

func examineStore(s *history.Store, m *view.MemoryJSON) error {
	info, err := s.Info()
	m.Path, m.Bytes, m.Events, m.Programs = info.Path, info.Size, info.Events, info.Programs
	rules, errRules := s.Rules()
	unseen, errUnseen := s.Unseen()
	oldest, errOldest := oldestEvent(s)
	if m.Rules, m.Unseen = len(rules), unseen; !oldest.IsZero() {
		m.Oldest = &oldest
	}
	_, errNames := s.Names()
	_, errKnown := s.Known()
	m.Skipped = s.Skipped()
	return cmp.Or(err, errRules, errUnseen, errOldest, errNames, errKnown)
}

// oldestEvent gives the time of the event with the lowest id, zero if there is none.
func oldestEvent(s *history.Store) (time.Time, error) {
	found, err := s.Events(history.Query{Limit: 1})
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	oldest := found[0]
	sort.Search(int(oldest.ID)+1, func(before int) bool {
		if before == 0 || err != nil {
			return false
		}
		found, err = s.Events(history.Query{Before: int64(before), Limit: 1})
		if len(found) > 0 {
			oldest = found[0]
		}
		return len(found) > 0
	})
	return oldest.Event.Time, err
}

func (p *program) examineNotifications(dir string) (view.NotificationsJSON, *view.CostJSON) {
	_, err := desktop.Tell(roleAgent, dir, desktop.Ping)
	n := view.NotificationsJSON{Agent: err == nil}
	var used *view.CostJSON
	if cost, err := agentCost(dir); err == nil {
		n.Silent, used = !cost.Notifies, &cost
	}
	notifier := notify.New(nil, nil)
	defer notifier.Close()
	status := notifier.Status()
	if n.Works = status.Err == nil; n.Works {
		n.Service = status.String()
	} else {
		n.Error = status.Err.Error()
	}
	return n, used
}

func (p *program) printDiagnosis(d view.Diagnosis, asJSON bool) error {
	if asJSON {
		return view.WriteJSON(p.out, d, "  ")
	}
	if _, err := io.WriteString(p.out, view.DiagnosisText(d, p.style(false))); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
