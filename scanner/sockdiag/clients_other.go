//go:build !linux

package sockdiag

import (
	"context"
	"errors"
	"fmt"
)

// Clients gives errors.ErrUnsupported: connections are not told here.
func Clients(context.Context, uint16) (ClientCounts, error) {
	return nil, fmt.Errorf("count connections: not told here: %w", errors.ErrUnsupported)
}

// Connections gives errors.ErrUnsupported.
func Connections(context.Context, Bound, int) ([]Connection, int, error) {
	return nil, 0, fmt.Errorf("list connections: not told here: %w", errors.ErrUnsupported)
}
