// Package e2e tests the real binary from outside, as its users meet it: on a
// desktop's session bus, in a real panel, and beside real daemons.
//
// The tests have the build tag e2e and run on Linux. They need the binary's path
// in the environment variable PORTLIGHT and the programs that packaging/test
// installs:
//
//	PORTLIGHT=bin/portlight go test -tags e2e ./packaging/e2e
//
// PORTLIGHT_PICTURES names the folder for the pictures (build/pictures by
// default), PORTLIGHT_IDLE the seconds over which the idle agent is measured (10
// by default).
package e2e
