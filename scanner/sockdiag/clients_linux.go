package sockdiag

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
)

// Clients counts the connections to all listening TCP sockets of the network
// namespace of the calling thread. The kernel shows all established sockets for it,
// about a microsecond each, so it is for when somebody looks.
func Clients(ctx context.Context) (ClientCounts, error) {
	l := &listening{ctx, map[familyPort][]Bound{}, ClientCounts{}}
	err := askOnce(func(c *Conn) error {
		if err := c.dumpTCP(stateListen, 0, l); err != nil {
			return err
		}
		return c.dumpTCP(stateEstablished, 0, (*connected)(l))
	})
	if err != nil {
		return nil, fmt.Errorf("count connections: %w", err)
	}
	return l.count, nil
}

// ClientsOf gives the connections with a local port, sorted by the remote address;
// no more than MaxClients of them, while total counts all.
func ClientsOf(ctx context.Context, port uint16) (clients []Client, total int, err error) {
	g := &gathered{ctx: ctx, port: port}
	if err := askOnce(func(c *Conn) error { return c.dumpTCP(stateEstablished, port, g) }); err != nil {
		return nil, 0, fmt.Errorf("read connections on port %d: %w", port, err)
	}
	slices.SortFunc(g.all, Client.compare)
	return g.all, g.total, nil
}

func askOnce(ask func(*Conn) error) error {
	c, err := Dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return ask(c)
}

// dumpTCP shows v the TCP sockets of both families in a state; those of one local
// port only, unless that is 0. The kernel picks them.
func (c *Conn) dumpTCP(state uint, port uint16, v visitor) error {
	for _, family := range []byte{familyIPv4, familyIPv6} {
		request := dumpRequest(false, family, protoTCP, 1<<state)
		binary.BigEndian.PutUint16(request[headerLen+8:], port)
		if err := c.dump(false, request, v); err != nil {
			return err
		}
	}
	return nil
}
