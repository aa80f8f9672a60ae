package supervisor

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestOfAsksNobody has sockets that need no answer.
func TestOfAsksNobody(t *testing.T) {
	e := startEngine(t, "docker.sock", list)
	b := startBus(t)
	m := startManager(t, b)
	s := newScene(t, Options{SystemBus: b.address, SessionBus: b.address, Engines: []string{e.path}})
	for cgroup, want := range map[string]Manager{
		"":                          {},
		"/":                         {},
		"/system.slice/ssh.service": {Kind: Service, Place: Service, Unit: "ssh.service"},
		"/lxc.payload.web":          {Kind: Contained, Place: Contained, Container: Container{Engine: "lxc", ID: "web", Name: "web"}},
		"/kubepods.slice/kubepods-pod00000000_0000_0000_0000_000000000000.slice/crio-" + id1 + ".scope": {
			Kind: Contained, Place: Contained, Container: Container{Engine: "cri-o", ID: id1, Pod: "00000000-0000-0000-0000-000000000000"}},
		"/user.slice/user-4000000000.slice/user@4000000000.service/init.scope": {Kind: Systemd, Place: Systemd, Unit: "init.scope", User: true},
	} {
		if got := s.Of(tcp(cgroup, "0.0.0.0:22")); got != want {
			t.Errorf("%s: got %+v", cgroup, got)
		}
	}
	s.Tick(time.Now()) // no docker.pid
	s.idle()
	if s.News() || e.asked.Load() > 0 || m.asked.Load() > 0 {
		t.Errorf("news, engine asked %d times, systemd %d times", e.asked.Load(), m.asked.Load())
	}
}

// stockUnits are socket units of all sorts.
func stockUnits(t testing.TB, m *manager) {
	m.add(t, "ssh.socket", fakeUnit{[]listenPair{{"Stream", "0.0.0.0:22"}, {"Stream", "[::]:22"}, {"Stream", "/run/x"}}, false, []string{"x.target", "ssh.service"}})
	m.add(t, "each.socket", fakeUnit{[]listenPair{{"Stream", "[::]:23"}}, true, []string{"each@1-2.service"}})
	m.add(t, "tftp@a.socket", fakeUnit{[]listenPair{{"Datagram", "0.0.0.0:69"}}, true, []string{}})
	m.add(t, "odd.socket", fakeUnit{"no list", 7, 8})
	m.add(t, "half.socket", fakeUnit{listen: []listenPair{{"Stream", "10.0.0.1:25"}}})
	m.add(t, strings.Repeat("l", 300)+".socket", fakeUnit{[]listenPair{{"Stream", "0.0.0.0:26"}}, false, []string{"l.service"}})
	m.add(t, "a\x1b[2Jb.socket", fakeUnit{[]listenPair{{"Stream", "0.0.0.0:27"}}, false, []string{strings.Repeat("l", 300) + ".service", "b\u202e.service"}})
}

func TestSocketUnits(t *testing.T) {
	b := startBus(t)
	m := startManager(t, b)
	stockUnits(t, m)
	s := newScene(t, Options{SystemBus: b.address})
	ssh := Manager{Kind: Activated, Place: Systemd, By: "systemd", Unit: "ssh.socket", Starts: "ssh.service"}
	s.becomes(tcp("/init.scope", "0.0.0.0:22"), ssh)
	made := ssh
	made.Place = Activated // the socket unit has a cgroup of its own
	tftp := tcp("/init.scope", "0.0.0.0:69")
	tftp.Proto = "udp"
	for x, want := range map[*Socket]Manager{
		ptr(tcp("/init.scope", "[::]:22")):                   ssh,
		ptr(tcp("/system.slice/ssh.socket", "1.2.3.4:99")):   made,
		ptr(tcp("/init.scope", "[::]:23")):                   {Kind: Activated, Place: Systemd, By: "systemd", Unit: "each.socket", Starts: "each@.service"},
		&tftp:                                                {Kind: Activated, Place: Systemd, By: "systemd", Unit: "tftp@a.socket", Starts: "tftp@.service"},
		ptr(tcp("/init.scope", "10.0.0.1:25")):               {Kind: Activated, Place: Systemd, By: "systemd", Unit: "half.socket"},
		ptr(tcp("/init.scope", "[::ffff:10.0.0.1]:25")):      {Kind: Activated, Place: Systemd, By: "systemd", Unit: "half.socket"},
		ptr(tcp("/init.scope", "0.0.0.0:26")):                {Kind: Systemd, Place: Systemd, Unit: "init.scope"},
		ptr(tcp("/init.scope", "0.0.0.0:27")):                {Kind: Activated, Place: Systemd, By: "systemd", Unit: "a\x1b[2Jb.socket", Starts: "b\u202e.service"},
		ptr(tcp("/init.scope", "127.0.0.1:22")):              {Kind: Systemd, Place: Systemd, Unit: "init.scope"},
		ptr(tcp("/system.slice/odd.socket", "0.0.0.0:1")):    {Kind: Activated, Place: Activated, By: "systemd", Unit: "odd.socket"},
		ptr(tcp("/system.slice/absent.socket", "0.0.0.0:1")): {Kind: Activated, Place: Activated, By: "systemd", Unit: "absent.socket"},
	} {
		if got := s.Of(*x); got != want {
			t.Errorf("%+v:\ngot  %+v\nwant %+v", *x, got, want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// TestSocketUnitsChange adds one after the first answer, and has another take its
// port.
func TestSocketUnitsChange(t *testing.T) {
	b := startBus(t)
	m := startManager(t, b)
	s := newScene(t, Options{SystemBus: b.address})
	x := tcp("/init.scope", "0.0.0.0:22")
	s.becomes(x, Manager{Kind: Systemd, Place: Systemd, Unit: "init.scope"})
	eventually(t, "asked", func() bool { return m.asked.Load() > 0 })
	s.idle()
	m.add(t, "a.socket", fakeUnit{[]listenPair{{"Stream", "22"}}, false, []string{"a.service"}})
	s.becomes(x, Manager{Kind: Activated, Place: Systemd, By: "systemd", Unit: "a.socket", Starts: "a.service"})
	m.remove("a.socket")
	m.add(t, "b.socket", fakeUnit{[]listenPair{{"Stream", "22"}}, false, []string{"b.service"}})
	s.r.system.refresh(0)
	s.becomes(x, Manager{Kind: Activated, Place: Systemd, By: "systemd", Unit: "b.socket", Starts: "b.service"})
}

func TestSocketUnitsOfUser(t *testing.T) {
	system, session := startBus(t), startBus(t)
	startManager(t, system).add(t, "a.socket", fakeUnit{[]listenPair{{"Stream", "0.0.0.0:22"}}, false, []string{"a.service"}})
	startManager(t, session).add(t, "u.socket", fakeUnit{[]listenPair{{"Stream", "0.0.0.0:22"}}, false, []string{"u.service"}})
	s := newScene(t, Options{SystemBus: system.address, SessionBus: session.address})
	tree := fmt.Sprintf("/user.slice/user-%d.slice/user@%d.service", os.Geteuid(), os.Geteuid())
	want := Manager{Kind: Activated, Place: Systemd, By: "systemd", Unit: "u.socket", Starts: "u.service", User: true}
	s.becomes(tcp(tree+"/init.scope", "0.0.0.0:22"), want)
	want.Place = Activated
	s.becomes(tcp(tree+"/app.slice/u.socket", "0.0.0.0:99"), want)
	s.becomes(tcp("/init.scope", "0.0.0.0:22"), Manager{Kind: Activated, Place: Systemd, By: "systemd", Unit: "a.socket", Starts: "a.service"})
}

// TestBusFails has a bus that does not answer, one without systemd, and none.
func TestBusFails(t *testing.T) {
	hung := startBus(t)
	must(t, hung.cmd.Process.Signal(syscall.SIGSTOP))
	for name, address := range map[string]string{
		"stopped": hung.address, "silent": "unix:path=" + hangingSocket(t), "without systemd": startBus(t).address,
		"none": nowhere, "remote": "tcp:host=127.0.0.1,port=1", "nonsense": "\xff;;",
	} {
		p := quick()
		p.limit = 100 * time.Millisecond
		s := newScene(t, Options{SystemBus: address, pace: p})
		x, want := tcp("/init.scope", "0.0.0.0:22"), Manager{Kind: Systemd, Place: Systemd, Unit: "init.scope"}
		if got := s.Of(x); got != want {
			t.Errorf("%s: got %+v", name, got)
		}
		s.idle()
		notes := s.Notes(nil)
		if got := s.Of(x); got != want || len(notes) != 1 || !strings.HasPrefix(notes[0], "socket units of systemd are not known: ask systemd: ") {
			t.Errorf("%s: got %+v, notes %q", name, got, notes)
		}
	}
}

func TestContainerByID(t *testing.T) {
	e := startEngine(t, "docker.sock", list)
	s := newScene(t, Options{Engines: []string{e.path}})
	want := web().Container
	s.becomes(tcp("/system.slice/docker-"+id1+".scope", "0.0.0.0:80"), Manager{Kind: Contained, Place: Contained, Container: want})
	want.Unit = "nginx.service"
	s.becomes(tcp("/docker/"+id1+"/system.slice/nginx.service", "0.0.0.0:80"), Manager{Kind: Contained, Place: Contained, Container: want})
	s.becomes(tcp("/docker/"+id2, "0.0.0.0:81"), Manager{Kind: Contained, Place: Contained, Container: Container{Engine: "docker", ID: id2, Image: "redis"}})
	asked := e.asked.Load()
	for range 100 {
		s.Of(tcp("/docker/"+id1, "0.0.0.0:80"))
	}
	s.idle()
	if got := e.asked.Load(); got != asked {
		t.Errorf("asked %d times for what is known", got-asked)
	}
}

// TestContainerUnknown asks once, however often it is looked for.
func TestContainerUnknown(t *testing.T) {
	e := startEngine(t, "docker.sock", "[]")
	s := newScene(t, Options{Engines: []string{e.path}})
	for range 5 {
		for range 100 {
			s.Of(tcp("/docker/"+id1, "0.0.0.0:80"))
		}
		s.idle()
	}
	if n := e.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	e.say(list)
	s.Of(tcp("/docker/"+id2, "0.0.0.0:80"))
	s.becomes(tcp("/docker/"+id1, "0.0.0.0:80"), Manager{Kind: Contained, Place: Contained, Container: web().Container})
}

// TestContainerOfAnotherUser has a cgroup of another user that bears the id of
// this user's container.
func TestContainerOfAnotherUser(t *testing.T) {
	e := startEngine(t, "docker.sock", list)
	s := newScene(t, Options{Engines: []string{e.path}})
	other := fmt.Sprintf("/user.slice/user-%[1]d.slice/user@%[1]d.service/docker-"+id1+".scope", os.Geteuid()+1)
	s.becomes(tcp("/docker/"+id1, "0.0.0.0:80"), Manager{Kind: Contained, Place: Contained, Container: web().Container})
	want := Manager{Kind: Contained, Place: Contained, Container: Container{Engine: "docker", ID: id1}}
	if got := s.Of(tcp(other, "0.0.0.0:80")); got != want {
		t.Errorf("got %+v", got)
	}
	own := fmt.Sprintf("/user.slice/user-%[1]d.slice/user@%[1]d.service/docker-"+id1+".scope", os.Geteuid())
	s.becomes(tcp(own, "0.0.0.0:80"), Manager{Kind: Contained, Place: Contained, Container: web().Container})
}

// TestStoreBeforeSocket has a list of Podman's that knows a container, so that its
// socket is left alone.
func TestStoreBeforeSocket(t *testing.T) {
	e := startEngine(t, "podman.sock", strings.ReplaceAll(list, "shop-web-1", "by-socket"))
	file := filepath.Join(t.TempDir(), "containers.json")
	must(t, os.WriteFile(file, []byte(`[{"id":"`+id1+`","names":["by-file"],"metadata":"{\"image-name\":\"nginx\"}"}]`), 0o600))
	x := tcp("/machine.slice/libpod-"+id1+".scope/container", "0.0.0.0:80")
	s := newScene(t, Options{Engines: []string{e.path}, Stores: []string{"/nonexistent", file}})
	s.becomes(x, Manager{Kind: Contained, Place: Contained, Container: Container{Engine: "podman", ID: id1, Name: "by-file", Image: "nginx"}})
	s.idle()
	if n := e.asked.Load(); n != 0 {
		t.Errorf("asked %d times", n)
	}
	without := newScene(t, Options{Engines: []string{e.path}, Stores: []string{"/nonexistent"}})
	want := web().Container
	want.Engine, want.Name = "podman", "by-socket"
	without.becomes(x, Manager{Kind: Contained, Place: Contained, Container: want})
}

// TestEngineFails has sockets that do not answer, or not well.
func TestEngineFails(t *testing.T) {
	served := startEngine(t, "docker.sock", "")
	dead := filepath.Join(shortDir(t), "docker.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	must(t, err)
	l.SetUnlinkOnClose(false)
	must(t, l.Close())
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, []byte(list), 0o600))
	for name, c := range map[string]struct {
		path   string
		handle http.HandlerFunc
		noted  bool
	}{
		"none": {"/nonexistent/docker.sock", nil, false}, "dead": {dead, nil, false}, "a file": {file, nil, false}, "silent": {hangingSocket(t), nil, true},
		"an error": {served.path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, true},
		"elsewhere": {served.path, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, true},
		"no JSON": {served.path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, true},
		"too long": {served.path, func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "[")
			io.CopyN(w, zeros{}, maxAnswer)
		}, true},
		"without end": {served.path, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "[")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, true},
	} {
		p := quick()
		p.limit = 200 * time.Millisecond
		if c.handle != nil {
			served.handle(c.handle)
		}
		s := newScene(t, Options{Engines: []string{c.path}, pace: p})
		want := Manager{Kind: Contained, Place: Contained, Container: Container{Engine: "docker", ID: id1}}
		for range 2 {
			if got := s.Of(tcp("/docker/"+id1, "0.0.0.0:80")); got != want {
				t.Errorf("%s: got %+v", name, got)
			}
			s.idle()
		}
		if got := s.Notes(nil); (len(got) == 1) != c.noted || len(got) > 0 && !strings.HasPrefix(got[0], "containers of docker are not known: ask engine at ") {
			t.Errorf("%s: notes %q", name, got)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// me is the user of the test, whose engines and forwarders these are.
func me(x Socket, holders ...Holder) Socket {
	x.UID, x.Holders = uint32(os.Geteuid()), holders
	return x
}

func dockerProxy(t testing.TB, port string) Holder {
	h, _ := hire(t, "/usr/bin/docker-proxy", "-proto", "tcp", "-host-ip", "0.0.0.0", "-host-port", port, "-container-ip", "172.18.0.2", "-container-port", "80")
	return h
}

func TestForwarderByPort(t *testing.T) {
	e := startEngine(t, "docker.sock", list)
	s := newScene(t, Options{Engines: []string{e.path}})
	shop := Manager{Kind: Contained, Place: Service, Unit: "docker.service", Container: web().Container, Forwarded: true, Target: netip.MustParseAddrPort("172.18.0.2:80")}
	s.becomes(me(tcp("/system.slice/docker.service", "0.0.0.0:8080"), dockerProxy(t, "8080")), shop)
	kit, _ := hire(t, "rootlesskit", "--net=pasta")
	shop.Target = netip.MustParseAddrPort("172.17.0.9:80") // its first address, as nothing is told
	shop.Unit, shop.Place = "", Unknown
	s.becomes(me(tcp("", "[::]:8080"), kit), shop)
	want := Manager{Kind: Session, Place: Session, Unit: "session-1.scope"}
	s.becomes(me(tcp("/user.slice/user-5.slice/session-1.scope", "0.0.0.0:9"), kit), want)
	nginx, _ := hire(t, "nginx")
	if got := s.Of(me(tcp("", "[::]:8080"), nginx)); got != (Manager{}) {
		t.Errorf("no forwarder, yet got %+v", got)
	}
}

// TestForwarderByAddress has a port that the engine does not tell.
func TestForwarderByAddress(t *testing.T) {
	e := startEngine(t, "docker.sock", list)
	s := newScene(t, Options{Engines: []string{e.path}})
	want := Manager{Kind: Contained, Container: web().Container, Forwarded: true, Target: netip.MustParseAddrPort("172.18.0.2:80")}
	proxy := dockerProxy(t, "9090")
	s.becomes(me(tcp("", "0.0.0.0:9090"), proxy), want)
	other := me(tcp("", "0.0.0.0:9090"), proxy)
	other.UID++
	want = Manager{Forwarded: true, Target: want.Target}
	if got := s.Of(other); got != want {
		t.Errorf("of another user: got %+v", got)
	}
}

// TestForwarderAfterExec has a process that was another program before.
func TestForwarderAfterExec(t *testing.T) {
	s := newScene(t, Options{})
	proxy := dockerProxy(t, "9090")
	before := proxy
	before.Name = "dockerd"
	s.Of(me(tcp("", "0.0.0.0:9090"), before))
	s.idle()
	s.becomes(me(tcp("", "0.0.0.0:9090"), proxy),
		Manager{Forwarded: true, Target: netip.MustParseAddrPort("172.18.0.2:80")})
}

// TestForwarderHidden finds docker-proxy among the members of Docker's cgroup.
func TestForwarderHidden(t *testing.T) {
	const cgroup = "/system.slice/docker.service"
	proxy := dockerProxy(t, "9090")
	daemon, _ := hire(t, "/usr/bin/dockerd", "-H", "fd://")
	listings := 0
	s := newScene(t, Options{Members: func(path string) []int {
		listings++
		if path != cgroup {
			t.Errorf("members of %s", path)
		}
		return []int{daemon.PID, proxy.PID, 1 << 30}
	}})
	want := Manager{Kind: Service, Place: Service, Unit: "docker.service", Forwarded: true, Target: netip.MustParseAddrPort("172.18.0.2:80")}
	s.becomes(tcp(cgroup, "0.0.0.0:9090"), want)
	s.becomes(tcp(cgroup, "0.0.0.0:2375"), Manager{Kind: Service, Place: Service, Unit: "docker.service"})
	before := listings
	s.idle()
	s.Of(tcp(cgroup, "0.0.0.0:9090"))
	s.Tick(time.Now().Add(time.Hour))
	s.Tick(time.Now().Add(2 * time.Hour))
	if listings > before+1 {
		t.Errorf("%d listings for what is known", listings-before)
	}
}

// TestForwarderAnswered has Docker answer late: Kind is another then, while Place and
// Unit stay, by which a socket can be known again.
func TestForwarderAnswered(t *testing.T) {
	const cgroup = "/system.slice/docker.service"
	e := startEngine(t, "docker.sock", "[]")
	s := newScene(t, Options{Engines: []string{e.path}})
	x := me(tcp(cgroup, "0.0.0.0:8080"), dockerProxy(t, "8080"))
	target := netip.MustParseAddrPort("172.18.0.2:80")
	s.becomes(x, Manager{Kind: Service, Place: Service, Unit: "docker.service", Forwarded: true, Target: target})
	s.idle()
	e.say(list)
	s.r.engines[0].wish()
	s.becomes(x, Manager{Kind: Contained, Place: Service, Unit: "docker.service", Container: web().Container, Forwarded: true, Target: target})
}

// TestForwarderActivated has a forwarder that got its socket from systemd.
func TestForwarderActivated(t *testing.T) {
	b := startBus(t)
	startManager(t, b).add(t, "a.socket", fakeUnit{[]listenPair{{"Stream", "0.0.0.0:8080"}}, false, []string{"a.service"}})
	e := startEngine(t, "docker.sock", "[]")
	s := newScene(t, Options{SystemBus: b.address, Engines: []string{e.path}})
	kit, _ := hire(t, "rootlesskit")
	for cgroup, place := range map[string]Kind{"/init.scope": Systemd, "/system.slice/a.socket": Activated} {
		e.say("[]")
		s.r.engines[0].wish()
		x := me(tcp(cgroup, "0.0.0.0:8080"), kit)
		s.becomes(x, Manager{Kind: Activated, Place: place, By: "systemd", Unit: "a.socket", Starts: "a.service"})
		s.idle()
		e.say(list)
		s.r.engines[0].wish()
		s.becomes(x, Manager{
			Kind: Contained, Place: place, Unit: ParseCgroup(cgroup).Unit, Container: web().Container, Forwarded: true,
			Target: netip.MustParseAddrPort("172.17.0.9:80"),
		})
	}
}

func TestForwarderConmon(t *testing.T) {
	conmon, end := hire(t, "/usr/bin/conmon", "-c", id1, "-u", id1, "-n", "web")
	s := newScene(t, Options{})
	want := Manager{Kind: Contained, Place: Contained, Container: Container{Engine: "podman", ID: id1, Name: "web"}, Forwarded: true}
	s.becomes(me(tcp("/machine.slice/libpod-conmon-"+id1+".scope", "0.0.0.0:80"), conmon), want)
	want.Unit, want.Place = "web.service", Service
	s.becomes(me(tcp("/system.slice/web.service", "0.0.0.0:80"), conmon), want)
	end()
	s.r.forwards.wish()
	eventually(t, "forgotten", func() bool { return len(s.r.forwards.answer.Load().byPID) == 0 })
}

func TestNotes(t *testing.T) {
	e := startEngine(t, "docker.sock", list)
	pod := startEngine(t, "podman.sock", list)
	s := newScene(t, Options{Engines: []string{e.path, pod.path}})
	none := func(string, uint16) bool { return false }
	now := time.Now()
	s.Tick(now)
	s.idle()
	if e.asked.Load() != 0 || s.Notes(none) != nil {
		t.Error("no daemon, yet it was asked")
	}
	must(t, os.WriteFile(filepath.Join(filepath.Dir(e.path), "docker.pid"), []byte("1"), 0o600))
	s.Tick(now.Add(staleAge - 1))
	s.idle()
	if e.asked.Load() != 0 {
		t.Error("asked too early")
	}
	s.Tick(now.Add(staleAge))
	<-s.Wake()
	want := []string{
		"docker: port 8080/tcp is published to shop-web-1 (nginx:1.27) by the firewall, without a listener",
		"docker: port 5353/udp is published to shop-web-1 (nginx:1.27) by the firewall, without a listener",
	}
	if got := s.Notes(none); !slices.Equal(got, want) || !s.News() || s.News() {
		t.Errorf("got %q", got)
	}
	if got := s.Notes(func(proto string, port uint16) bool { return proto == "tcp" && port == 8080 }); !slices.Equal(got, want[1:]) {
		t.Errorf("got %q", got)
	}
	if !s.Publishes("tcp", 8080) || s.Publishes("udp", 8080) || s.Publishes("tcp", 80) {
		t.Error("other ports are published than those that are told")
	}
	must(t, os.Remove(filepath.Join(filepath.Dir(e.path), "docker.pid")))
	if got := s.Notes(none); s.Publishes("tcp", 8080) || got != nil || pod.asked.Load() != 0 {
		t.Errorf("ended, yet got %q, or Podman was asked", got)
	}
}

func TestNotesAreBounded(t *testing.T) {
	ports := strings.Repeat(`,{"PublicPort":1,"Type":"tcp"},{"PublicPort":2,"Type":"udp"}`, 50)
	var many strings.Builder
	for i := range 20 {
		fmt.Fprintf(&many, `,{"Id":"%064x","Ports":[%s]}`, i, ports[1:])
	}
	e := startEngine(t, "docker.sock", "["+many.String()[1:]+"]")
	must(t, os.WriteFile(filepath.Join(filepath.Dir(e.path), "docker.pid"), nil, 0o600))
	s := newScene(t, Options{Engines: []string{e.path}})
	s.Tick(time.Now())
	<-s.Wake()
	got := s.Notes(func(string, uint16) bool { return false })
	if len(got) != maxNotes || got[0] != "docker: port 1/tcp is published to 000000000000 by the firewall, without a listener" {
		t.Errorf("got %q", got)
	}
}

func TestUsualPlaces(t *testing.T) {
	t.Setenv("HOME", "/h")
	t.Setenv("XDG_RUNTIME_DIR", "/r")
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("DOCKER_HOST", "unix:///d.sock")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "")
	check := func(got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	check(usualEngines(), "/var/run/docker.sock", "/run/podman/podman.sock", "/r/docker.sock", "/r/podman/podman.sock", "/h/.docker/desktop/docker.sock", "/d.sock")
	check(usualStores(), "/var/lib/containers/storage/overlay-containers/containers.json", "/h/.local/share/containers/storage/overlay-containers/containers.json")
	check([]string{systemBus(), sessionBus()}, "unix:path=/run/dbus/system_bus_socket", "unix:path=/r/bus")
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:2375")
	t.Setenv("XDG_RUNTIME_DIR", "relative")
	t.Setenv("XDG_DATA_HOME", "/x")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/s")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/y")
	check(usualEngines(), "/var/run/docker.sock", "/run/podman/podman.sock", "/h/.docker/desktop/docker.sock")
	check(usualStores(), "/var/lib/containers/storage/overlay-containers/containers.json", "/x/containers/storage/overlay-containers/containers.json")
	check([]string{systemBus(), sessionBus()}, "unix:path=/y", "unix:path=/s")
}

// TestNothingLeaks closes at all stages of asking.
func TestNothingLeaks(t *testing.T) {
	b := startBus(t)
	stockUnits(t, startManager(t, b))
	e := startEngine(t, "docker.sock", list)
	silent := hangingSocket(t)
	kit, _ := hire(t, "rootlesskit")
	round := func(i int) {
		r := New(Options{
			SystemBus: b.address, SessionBus: "unix:path=" + silent, Engines: []string{e.path, silent}, Stores: []string{"/nonexistent"}, pace: quick(),
		})
		for _, cgroup := range []string{"/init.scope", fmt.Sprintf("/user.slice/user-%[1]d.slice/user@%[1]d.service/init.scope", os.Geteuid()), "/docker/" + id1} {
			r.Of(me(tcp(cgroup, "0.0.0.0:22"), kit))
		}
		for range i % 4 {
			<-r.Wake()
		}
		r.Close()
		r.Close()
	}
	round(3)
	fds, goroutines := descriptors(), runtime.NumGoroutine()
	for i := range 60 {
		round(i)
	}
	eventually(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	var now int
	eventually(t, "the descriptors are closed", func() bool { now = descriptors(); return now <= fds })
}

func descriptors() (n int) {
	for fd := range 1000 {
		if _, err := os.Readlink(fmt.Sprint("/proc/self/fd/", fd)); err == nil {
			n++
		}
	}
	return n
}

// BenchmarkOf asks for 10,000 sockets in 500 cgroups, all of which are known.
func BenchmarkOf(b *testing.B) {
	e := startEngine(b, "docker.sock", list)
	bus := startBus(b)
	stockUnits(b, startManager(b, bus))
	s := newScene(b, Options{Engines: []string{e.path}, SystemBus: bus.address})
	proxy := dockerProxy(b, "8080")
	for name, cgroup := range map[string]string{
		"forwarder": "", "services": "/system.slice/system-some.slice/some-%d.service", "container": "/system.slice/docker-" + id1 + ".scope/%d", "activated": "/init.scope",
	} {
		sockets := make([]Socket, 10_000)
		for i := range sockets {
			path := cgroup
			if strings.Contains(cgroup, "%d") {
				path = fmt.Sprintf(cgroup, i%500)
			}
			sockets[i] = tcp(path, "0.0.0.0:22")
			sockets[i].Holders = []Holder{{Name: "some"}}
			if name == "forwarder" {
				sockets[i] = me(tcp("/system.slice/docker.service", "0.0.0.0:8080"), proxy)
			}
		}
		b.Run(name, func(b *testing.B) {
			for i := range sockets {
				s.Of(sockets[i])
			}
			s.idle()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Of(sockets[i%len(sockets)])
			}
		})
	}
}

func BenchmarkParseCgroup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseCgroup(userTree + "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-0a1b2c3d.scope")
	}
}
