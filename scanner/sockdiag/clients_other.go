//go:build !linux

package sockdiag

import (
	"context"
	"errors"
	"fmt"
)

// Clients gives errors.ErrUnsupported: connections are not told here.
func Clients(context.Context) (ClientCounts, error) {
	return nil, fmt.Errorf("count connections: not told here: %w", errors.ErrUnsupported)
}

// ClientsOf gives errors.ErrUnsupported: connections are not told here.
func ClientsOf(_ context.Context, port uint16) (clients []Client, total int, err error) {
	return nil, 0, fmt.Errorf("read connections on port %d: not told here: %w", port, errors.ErrUnsupported)
}
