package supervisor

import (
	"context"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"portlight/scanner/internal/command"
	"portlight/scanner/supervisor/launchd"
)

// resolver reads the jobs of launchd once a socket of launchd is seen.
type resolver struct {
	wake chan struct{}
	news atomic.Bool
	home *background
	jobs *question[jobs]
}

// launchctlLimit bounds the output of launchctl, in bytes.
const launchctlLimit = 1 << 20

func newResolver(Options) *resolver {
	r := &resolver{wake: make(chan struct{}, 1), home: newBackground()}
	home, _ := os.UserHomeDir()
	index := launchd.NewIndex(launchd.Options{Home: home, Ports: portsOf})
	r.jobs = &question[jobs]{
		ask: func(ctx context.Context) (*jobs, error) {
			disabled := launchd.Overrides{Daemons: disabledJobs(ctx, "system"), Agents: disabledAgents(ctx)}
			if last := r.jobs.answer.Load(); last != nil {
				disabled = disabled.Or(last.disabled)
			}
			return &jobs{index.Read(), disabled}, nil
		},
		same: (*jobs).same,
		tell: r.tell, home: r.home, pace: usualPace(),
	}
	return r
}

// disabledAgents are those of this user. The domain of the graphical session is not
// there for one who has logged in over the network only, and has the same database.
func disabledAgents(ctx context.Context) map[string]bool {
	uid := strconv.Itoa(os.Getuid())
	if disabled := disabledJobs(ctx, "gui/"+uid); disabled != nil {
		return disabled
	}
	return disabledJobs(ctx, "user/"+uid)
}

// disabledJobs is what launchd does not start in a domain, nil where that is not known.
func disabledJobs(ctx context.Context, domain string) map[string]bool {
	out, err := command.Output(ctx, launchctlLimit, "/bin/launchctl", "print-disabled", domain)
	if err != nil {
		return nil
	}
	disabled, _, _ := launchd.ParseDisabled(out)
	return disabled
}

// portsOf gives the port of a name in services(5). It may ask a daemon, and wait.
func portsOf(proto, service string) []uint16 {
	n, err := net.LookupPort(proto, service)
	if err != nil {
		return nil
	}
	return []uint16{uint16(n)}
}

func (r *resolver) tell() {
	r.news.Store(true)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *resolver) of(s Socket) Manager {
	if !heldByLaunchd(s) {
		return Manager{}
	}
	known := r.jobs.answer.Load()
	if known == nil {
		r.jobs.wish()
		return Manager{}
	}
	r.jobs.refresh(staleJobs)
	return jobManager(launchd.Enabled(known.Find(s.Proto, s.Addr, s.Port), known.disabled))
}

// staleJobs is how old the knowledge of the jobs may be.
const staleJobs = time.Minute

func (*resolver) tick(time.Time) {}

func (r *resolver) notes(func(string, uint16) bool) []string { return r.jobs.answer.Load().notes() }

func (*resolver) publishes(string, uint16) bool { return false }

func (r *resolver) close() { r.home.close(usualPace().limit) }

// askers are the jobs' files alone: launchd itself is not asked for them.
func askers(o Options) []asker {
	jobs := newResolver(o).jobs
	return []asker{{"launchd", "", func(ctx context.Context) (int, error) {
		j, err := jobs.ask(ctx)
		if err != nil {
			return 0, err
		}
		return j.Len(), nil
	}}}
}
