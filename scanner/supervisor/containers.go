package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Published is a port of a container that its engine makes reachable from outside.
type Published struct {
	Proto     string     // "tcp" or "udp"
	Addr      netip.Addr // of the host; unspecified for all, zero where it is not told
	Port      uint16     // of the host
	Inside    uint16     // the container's own
	Container Container
}

// Unlistened gives the published ports that no socket listens on: the kernel's
// firewall leads them to their container by address translation. Each container,
// protocol and port is given once.
func Unlistened(published []Published, has func(proto string, port uint16) bool) []Published {
	var out []Published
	given := map[Published]bool{}
	for _, p := range published {
		key := Published{Proto: p.Proto, Port: p.Port, Container: p.Container}
		if !has(p.Proto, p.Port) && !given[key] {
			given[key] = true
			out = append(out, p)
		}
	}
	return out
}

// known is a container as its engine tells of it.
type known struct {
	Container
	addrs []netip.Addr // in its own networks
	ports []Published
}

// Bounds of what is taken from one answer.
const (
	maxContainers = 4 << 10
	maxPorts      = 16 << 10 // of all containers together
	maxNetworks   = 64       // of a container
)

// parseContainers reads the answer to GET /containers/json of the Docker Engine
// API, which Podman gives too. A value of the wrong type counts as missing.
func parseContainers(engine string, b []byte) ([]known, error) {
	var list []apiContainer
	if err := unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("read list of containers: %w", err)
	}
	ports := 0
	var out []known
	for _, c := range list[:min(len(list), maxContainers)] {
		if !isID(c.ID) {
			continue
		}
		k := c.known(engine)
		k.ports = k.ports[:min(len(k.ports), maxPorts-ports)]
		ports += len(k.ports)
		out = append(out, k)
	}
	return out, nil
}

// unmarshal is content with what has the right type.
func unmarshal(b []byte, v any) error {
	err := json.Unmarshal(b, v)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return nil
	}
	return err
}

type apiContainer struct {
	ID     string `json:"Id"`
	Names  []string
	Image  string
	Labels map[string]string
	Ports  []struct {
		IP          string
		PrivatePort uint16
		PublicPort  uint16
		Type        string
	}
	NetworkSettings struct {
		Networks map[string]struct {
			IPAddress         string
			GlobalIPv6Address string
		}
	}
}

func (c *apiContainer) known(engine string) known {
	k := known{Container: Container{
		Engine: engine, ID: c.ID, Image: bound(c.Image),
		Project: bound(firstOf(c.Labels["com.docker.compose.project"], c.Labels["io.podman.compose.project"])),
		Service: bound(c.Labels["com.docker.compose.service"]),
	}}
	if len(c.Names) > 0 {
		k.Name = bound(strings.TrimPrefix(c.Names[0], "/"))
	}
	for _, p := range c.Ports {
		if p.PublicPort == 0 || p.Type != "tcp" && p.Type != "udp" {
			continue
		}
		addr, _ := netip.ParseAddr(p.IP) // "" for all, with some engines
		k.ports = append(k.ports, Published{p.Type, addr.WithZone("").Unmap(), p.PublicPort, p.PrivatePort, k.Container})
	}
	for _, n := range c.NetworkSettings.Networks {
		for _, text := range [...]string{n.IPAddress, n.GlobalIPv6Address} {
			if addr, err := netip.ParseAddr(text); err == nil && len(k.addrs) < maxNetworks {
				k.addrs = append(k.addrs, addr.WithZone("").Unmap())
			}
		}
	}
	slices.SortFunc(k.addrs, netip.Addr.Compare)
	return k
}

// parseStore reads containers.json of Podman's storage (containers/storage):
// names and images, also of containers that do not run.
func parseStore(b []byte) ([]known, error) {
	var list []struct {
		ID       string
		Names    []string
		Metadata string
	}
	if err := unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("read storage of containers: %w", err)
	}
	var out []known
	for _, c := range list[:min(len(list), maxContainers)] {
		if !isID(c.ID) {
			continue
		}
		var about struct {
			Image string `json:"image-name"`
		}
		_ = json.Unmarshal([]byte(c.Metadata), &about) // without, the image is not known
		k := known{Container: Container{Engine: "podman", ID: c.ID, Image: bound(about.Image)}}
		if len(c.Names) > 0 {
			k.Name = bound(c.Names[0])
		}
		out = append(out, k)
	}
	return out, nil
}

// containers are those of one engine, ready to be found. They are not changed.
type containers struct {
	there  bool   // the engine's socket or file is there and may be read
	uid    uint32 // whose engine it is
	list   []known
	ports  []Published // of all
	byID   map[string]Container
	byAddr map[netip.Addr]Container
	byPort map[endpoint]served
}

// served is what a published port leads to: a container, and its address and port
// inside as far as they are known.
type served struct {
	Container
	inside netip.AddrPort
}

func newContainers(uid uint32, list []known) *containers {
	c := &containers{
		there: true, uid: uid, list: list,
		byID: map[string]Container{}, byAddr: map[netip.Addr]Container{}, byPort: map[endpoint]served{},
	}
	for _, k := range list {
		c.byID[k.ID] = k.Container
		for _, a := range k.addrs {
			c.byAddr[a] = k.Container
		}
		for _, p := range k.ports {
			c.byPort[endpoint{p.Proto, oneWildcard(p.Addr), p.Port}] = served{k.Container, k.inside(p)}
		}
		c.ports = append(c.ports, k.ports...)
	}
	return c
}

// same compares two answers; the first may be none.
func (c *containers) same(o *containers) bool {
	return c != nil && c.there == o.there && c.uid == o.uid && slices.EqualFunc(c.list, o.list, func(a, b known) bool {
		return a.Container == b.Container && slices.Equal(a.addrs, b.addrs) && slices.Equal(a.ports, b.ports)
	})
}

// oneWildcard gives one value for all that mean every address.
func oneWildcard(a netip.Addr) netip.Addr {
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}

// inside is where a port leads to in the container's network.
func (k *known) inside(p Published) netip.AddrPort {
	if len(k.addrs) == 0 || p.Inside == 0 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(k.addrs[0], p.Inside)
}

// published finds what a forwarder's socket serves.
func (c *containers) published(at endpoint) (served, bool) {
	at.addr = oneWildcard(at.addr)
	s, ok := c.byPort[at]
	return s, ok
}
