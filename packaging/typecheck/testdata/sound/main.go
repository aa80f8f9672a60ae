// Command fixture uses C on darwin, which is taken as given.
package main

import (
	"fmt"
	"net"

	"fixture/inner"
)

func main() { fmt.Println(inner.Name(), net.IPv6loopback) }
