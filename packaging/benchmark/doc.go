// Command benchmark measures Portlight's scan on Linux beside the bare kernel
// and beside other programs and libraries that do the same, checks the owners
// that it finds against ss, and prints Markdown. packaging/bench builds and runs
// it.
//
// It is a module of its own, so that what Portlight is compared with never
// becomes a dependency of Portlight.
package main
