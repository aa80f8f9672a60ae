// Command fixture is sound on every system but darwin.
package main

import "fixture/inner"

func main() { println(name, inner.Size) }
