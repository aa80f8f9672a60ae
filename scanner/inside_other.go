//go:build !linux

package scanner

import "errors"

// newInside knows nothing: only Linux has network namespaces.
func newInside() *inside {
	return &inside{read: func() (insight, error) {
		return insight{}, errors.New("this system has no network namespaces")
	}}
}
