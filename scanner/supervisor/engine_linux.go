package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"portlight/assets/words"
)

// engine is the API socket of an engine, or a file of its storage.
type engine struct {
	*question[containers]
	name string
	path string
	list lister
}

// lister asks for the containers of an engine. The error is an unavailable where there
// is none to ask.
type lister func(ctx context.Context, name, path string) (*containers, error)

// unavailable is an engine that is not there, or that this user may not ask.
type unavailable struct{ error }

func (u unavailable) Unwrap() error { return u.error }

// newEngine takes one that is unavailable for one without containers.
func newEngine(r *resolver, p pace, name, path string, list lister) *engine {
	e := &engine{name: name, path: path, list: list}
	e.question = newQuestion(r, p, func(ctx context.Context) (*containers, error) {
		answer, err := list(ctx, name, path)
		if errors.As(err, &unavailable{}) {
			return &containers{}, nil
		}
		return answer, err
	}, (*containers).same)
	return e
}

// newQuestion makes one whose new answers the resolver tells.
func newQuestion[T any](r *resolver, p pace, ask func(context.Context) (*T, error), same func(a, b *T) bool) *question[T] {
	return &question[T]{ask: ask, same: same, tell: r.tell, home: r.home, pace: p}
}

// serves reports whether it may know containers of an engine; "" is any.
func (e *engine) serves(engine string) bool { return engine == "" || engine == e.name }

// want asks for what is new, or else for what may be old.
func (e *engine) want(fresh bool) {
	if fresh {
		e.wish()
		return
	}
	e.refresh(staleAge)
}

// container finds a container in the tree of a user. Such a user may name a cgroup
// by the id of another's container, so only an engine of the same user counts; in
// the system's tree only root names them.
func (e *engine) container(c Container, uid uint32) (Container, bool) {
	answer := e.answer.Load()
	if answer == nil || uid != 0 && uid != answer.uid || !e.serves(c.Engine) {
		return Container{}, false
	}
	k, ok := answer.byID[c.ID]
	return k, ok
}

// runs reports whether Docker's daemon is there without asking it, which could
// start it: by the file that it keeps beside its socket (dockerd(8), --pidfile).
func (e *engine) runs() bool {
	if e.name != "docker" {
		return false
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(e.path), "docker.pid"))
	return err == nil
}

// usualEngines are the sockets of Docker and Podman, of the system and of the
// user.
func usualEngines() []string {
	paths := []string{"/var/run/docker.sock", "/run/podman/podman.sock"}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		paths = append(paths, dir+"/docker.sock", dir+"/podman/podman.sock")
	}
	if home, err := os.UserHomeDir(); err == nil {
		paths = append(paths, home+"/.docker/desktop/docker.sock")
	}
	if path, ok := strings.CutPrefix(os.Getenv("DOCKER_HOST"), "unix://"); ok && filepath.IsAbs(path) && !slices.Contains(paths, path) {
		paths = append(paths, path)
	}
	return paths
}

// usualStores are the lists of Podman's containers, of the system and of the user
// (containers-storage.conf(5)).
func usualStores() []string {
	const list = "/containers/storage/overlay-containers/containers.json"
	paths := []string{"/var/lib" + list}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		paths = append(paths, dir+list)
	} else if home, err := os.UserHomeDir(); err == nil {
		paths = append(paths, home+"/.local/share"+list)
	}
	return paths
}

// maxAnswer bounds a list of containers, in bytes.
const maxAnswer = 8 << 20

// askEngine asks for the containers that run.
func askEngine(ctx context.Context, name, path string) (*containers, error) {
	uid, err := ownerOf(path, os.ModeSocket)
	if err != nil {
		return nil, unavailable{err}
	}
	b, err := fetch(ctx, path, "/containers/json")
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, os.ErrNotExist) {
		return nil, unavailable{err}
	}
	if err != nil {
		return nil, words.Wrap(wordAskEngine, err, "Place", path)
	}
	list, err := parseContainers(name, b)
	if err != nil {
		return nil, words.Wrap(wordAskEngine, err, "Place", path)
	}
	return newContainers(uid, list), nil
}

// ownerOf gives the user whose file it is.
func ownerOf(path string, kind os.FileMode) (uint32, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Mode().Type() != kind {
		return 0, errOtherKind
	}
	return st.Uid, nil
}

// fetch gets a page over a socket of the file system.
func fetch(ctx context.Context, socket, page string) ([]byte, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	client := http.Client{
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine"+page, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answer has status %d", response.StatusCode)
	}
	return readBounded(response.Body)
}

func readBounded(from io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(from, maxAnswer+1))
	if err == nil && len(b) > maxAnswer {
		err = errLong
	}
	return b, err
}

// askStore reads a list of Podman's.
func askStore(_ context.Context, _, path string) (*containers, error) {
	uid, err := ownerOf(path, 0)
	if err != nil {
		return nil, unavailable{err}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unavailable{err}
	}
	defer f.Close()
	b, err := readBounded(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	list, err := parseStore(b)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return newContainers(uid, list), nil
}

// engineAt is whose socket it is, by its path.
func engineAt(path string) string {
	if strings.Contains(path, "podman") {
		return "podman"
	}
	return "docker"
}
