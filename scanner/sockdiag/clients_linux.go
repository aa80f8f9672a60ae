package sockdiag

import (
	"context"
	"encoding/binary"

	"portlight/assets/words"
)

// Clients counts the connections to the TCP sockets of the network namespace of the
// calling thread that listen on a port; 0 stands for all ports. The kernel picks
// them by the port, but goes through all of its established sockets for it, and
// shows all where it is 0, about a microsecond each: it is for when somebody looks.
func Clients(ctx context.Context, port uint16) (ClientCounts, error) {
	l := &listening{ctx, map[familyPort][]Bound{}, ClientCounts{}}
	err := askOnce(func(c *Conn) error {
		if err := c.dumpTCP(1<<stateListen, port, l); err != nil {
			return err
		}
		return c.dumpTCP(1<<stateEstablished, port, (*connected)(l))
	})
	if err != nil {
		return nil, words.Wrap(wordCountFailed, err)
	}
	return l.count, nil
}

// Connections gives those to the TCP sockets of the network namespace of the calling
// thread that listen at one place, in the order of Compare: the first of them, limit
// at most, and how many of all are established. The kernel picks them as for Clients.
func Connections(ctx context.Context, at Bound, limit int) (conns []Connection, established int, err error) {
	l := &connections{listening: listening{ctx: ctx, socks: map[familyPort][]Bound{}}, at: at, limit: min(max(limit, 0), maxSocketsADump)}
	err = askOnce(func(c *Conn) error {
		if err := c.dumpTCP(1<<stateListen, at.Port, &l.listening); err != nil {
			return err
		}
		return c.dumpTCP(statesConnected, at.Port, l)
	})
	if err != nil {
		return nil, 0, words.Wrap(wordListFailed, err)
	}
	return l.first(), l.established, nil
}

func askOnce(ask func(*Conn) error) error {
	c, err := Dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return ask(c)
}

// dumpTCP shows v the TCP sockets of both families in some states, a bit each; those
// of one local port only, unless that is 0. The kernel picks them.
func (c *Conn) dumpTCP(states uint32, port uint16, v visitor) error {
	for _, family := range []byte{familyIPv4, familyIPv6} {
		request := dumpRequest(false, family, protoTCP, states)
		binary.BigEndian.PutUint16(request[headerLen+8:], port)
		if err := c.dump(false, request, v); err != nil {
			return err
		}
	}
	return nil
}
