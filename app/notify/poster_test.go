package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// testCenter plays UNUserNotificationCenter and the user.
type testCenter struct {
	mu      sync.Mutex
	now     authorization
	asked   int
	answers chan bool // of the user
	known   []category
	shown   []Notification
	silent  bool  // it does not answer
	fault   error // of everything
}

func (c *testCenter) authorization(ctx context.Context) (authorization, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent {
		return await(ctx, func(func(authorization)) error { return nil })
	}
	return c.now, c.fault
}

func (c *testCenter) ask(ctx context.Context) (bool, error) {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	select {
	case granted := <-c.answers:
		return granted, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (c *testCenter) categorize(all []category) error {
	c.known = slices.Clone(all)
	return c.fault
}

func (c *testCenter) show(_ context.Context, m Notification, kind category) error {
	if kind.id != "" && !slices.ContainsFunc(c.known, func(k category) bool { return k.id == kind.id }) {
		return errors.New("category is not known: " + kind.id)
	}
	c.remove(m.Key)
	c.shown = append(c.shown, m)
	return nil
}

func (c *testCenter) remove(key string) error {
	c.shown = slices.DeleteFunc(c.shown, func(m Notification) bool { return m.Key == key })
	return c.fault
}

func newTestPoster(t *testing.T, c *testCenter) *poster {
	p := newPoster(nil, nil)
	p.center, p.patience, p.asking = c, 10*time.Millisecond, time.Minute
	t.Cleanup(func() { p.Close() })
	return p
}

var details = Action{ID: "details", Label: "Details", Shows: true}

func TestPosterReplacesAndWithdraws(t *testing.T) {
	c := &testCenter{now: allowed}
	p := newTestPoster(t, c)
	for _, m := range []Notification{
		{Key: "a", Title: "one", Actions: []Action{details}}, {Key: "b", Title: "two"},
		{Key: "a", Title: "three", Actions: []Action{details, {ID: "mute", Label: "Mute"}}},
	} {
		if err := p.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.shown) != 2 || c.shown[1].Title != "three" || len(c.known) != 2 {
		t.Errorf("shown %+v, known %+v", c.shown, c.known)
	}
	if err := errors.Join(p.Withdraw("a"), p.Withdraw("a"), p.Withdraw("never")); err != nil || len(c.shown) != 1 {
		t.Errorf("%v, left %+v", err, c.shown)
	}
	if c.asked > 0 {
		t.Error("the user was asked for what is allowed")
	}
}

// TestPosterAsksAtTheFirst: the user is asked when there is something to show, and it is
// shown when the user agrees.
func TestPosterAsksAtTheFirst(t *testing.T) {
	c := &testCenter{answers: make(chan bool, 1)}
	p := newTestPoster(t, c)
	if s := p.Status(); s.String() != statusAsks.With("Service", "macOS") || c.asked > 0 {
		t.Errorf("status %q, asked %d times", s, c.asked)
	}
	c.answers <- true
	if err := p.Send(Notification{Key: "a"}); err != nil || len(c.shown) != 1 {
		t.Errorf("%v, shown %+v", err, c.shown)
	}
	if c.asked != 1 {
		t.Errorf("asked %d times", c.asked)
	}
}

// TestPosterAsk asks before there is anything to show, and but once.
func TestPosterAsk(t *testing.T) {
	for _, granted := range []bool{true, false} {
		c := &testCenter{answers: make(chan bool, 1)}
		p := newTestPoster(t, c)
		c.answers <- granted
		if err := p.Ask(); (err == nil) != granted || c.asked != 1 || len(c.shown) > 0 {
			t.Errorf("granted %v: %v, asked %d times", granted, err, c.asked)
		}
		c.now = map[bool]authorization{true: allowed, false: refused}[granted]
		if err := p.Ask(); (err == nil) != granted || c.asked != 1 {
			t.Errorf("granted %v, again: %v, asked %d times", granted, err, c.asked)
		}
		p.Close()
		if p.Ask() == nil {
			t.Error("a closed one asks")
		}
	}
}

func TestPosterRefused(t *testing.T) {
	c := &testCenter{answers: make(chan bool, 1)}
	p := newTestPoster(t, c)
	c.answers <- false
	for range 2 {
		if err := p.Send(Notification{Key: "a"}); err == nil || !strings.Contains(err.Error(), hintRefusedByUser.Error()) {
			t.Error(err)
		}
		c.now = refused
	}
	if s := p.Status(); s.Err == nil || s.String() != hintRefusedByUser.Error() || len(c.shown) > 0 || c.asked != 1 {
		t.Errorf("%q, shown %+v, asked %d times", s, c.shown, c.asked)
	}
}

// TestPosterUnanswered: one notification waits for the user, the next ones hardly; what
// waits ends with Close.
func TestPosterUnanswered(t *testing.T) {
	c := &testCenter{}
	p := newTestPoster(t, c)
	first := make(chan error)
	go func() { first <- p.Send(Notification{Key: "a"}) }()
	for asked := 0; asked == 0; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		asked = c.asked
		c.mu.Unlock()
	}
	if err := p.Send(Notification{Key: "b"}); err == nil || !strings.Contains(err.Error(), hintUnanswered.Error()) {
		t.Error(err)
	}
	select {
	case err := <-first:
		t.Errorf("the first did not wait: %v", err)
	default:
	}
	p.Close()
	if err := <-first; err == nil || !strings.Contains(err.Error(), hintClosed.Error()) {
		t.Error(err)
	}
}

func TestPosterFaults(t *testing.T) {
	silent := newTestPoster(t, &testCenter{silent: true})
	if err := silent.Send(Notification{}); err == nil || !strings.Contains(err.Error(), hintNoAnswer.Error()) {
		t.Error(err)
	}
	broken := newTestPoster(t, &testCenter{now: allowed, fault: errors.New("method is missing")})
	none := newPoster(nil, nil)
	none.fault = errors.New("no bundle is missing")
	defer none.Close()
	closed := newTestPoster(t, &testCenter{now: allowed})
	closed.Close()
	for p, want := range map[*poster]string{broken: "method is missing", none: "no bundle", closed: hintClosed.Error()} {
		err, s := p.Send(Notification{Key: "a"}), p.Status()
		if err == nil || !strings.Contains(err.Error(), want) || s.Err == nil || !strings.Contains(s.String(), want) {
			t.Errorf("send: %v, status %q, want %q", err, s, want)
		}
	}
	if err := broken.Withdraw("a"); err == nil {
		t.Error("withdraw: no error")
	}
	if err := none.Withdraw("a"); err != nil {
		t.Error(err)
	}
}

func TestAuthorizations(t *testing.T) {
	for now, shows := range map[authorization]bool{refused: false, allowed: true, provisional: true, ephemeral: true, 9: true, -1: true} {
		c := &testCenter{now: now}
		if err := newTestPoster(t, c).Send(Notification{Key: "a"}); (err == nil) != shows || c.asked > 0 {
			t.Errorf("%d: %v", now, err)
		}
	}
}

// TestCategoryChanges: a button with a new label is told macOS anew.
func TestCategoryChanges(t *testing.T) {
	c := &testCenter{now: allowed}
	p := newTestPoster(t, c)
	for _, label := range []string{"Details", "More", "More"} {
		if err := p.Send(Notification{Key: "a", Actions: []Action{{ID: "details", Label: label}, {ID: Default, Label: "click"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.known) != 1 || c.known[0].id != "details" || len(c.known[0].actions) != 1 || c.known[0].actions[0].Label != "More" {
		t.Errorf("%+v", c.known)
	}
}

func TestResponses(t *testing.T) {
	got := make(chan response)
	p := newPoster(func(key, action string) { got <- response{key, action} }, nil)
	defer p.Close()
	for _, c := range []struct {
		action string
		want   response
	}{{clickedItself, response{"a", Default}}, {"allow", response{"a", "allow"}}} {
		p.responded("a", dismissed)
		p.responded("", clickedItself)
		p.responded("a", "")
		p.responded("a", c.action)
		if r := <-got; r != c.want {
			t.Errorf("%s: %+v", c.action, r)
		}
	}
	for range 2 * maxResponses { // nobody takes them: the main thread does not wait
		p.responded("a", "allow")
	}
	go func() {
		for range got {
		}
	}()
}

func TestAwait(t *testing.T) {
	late := make(chan func(int), 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := await(ctx, func(answer func(int)) error { late <- answer; return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	answer := <-late
	answer(1)
	answer(2) // nobody waits, and nothing hangs
	n, err := await(context.Background(), func(answer func(int)) error { go answer(3); return nil })
	if n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := await(context.Background(), func(func(int)) error { return errors.ErrUnsupported }); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
