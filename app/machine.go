package main

import (
	"os"
	"os/user"
	"runtime"

	"portlight/app/view"
)

// machine names the system that this process runs on. What is not known is "".
func machine() view.SystemJSON {
	name, kernel := systemVersions()
	if name == "" {
		name = runtime.GOOS
	}
	return view.SystemJSON{Name: name, Kernel: kernel, Arch: runtime.GOARCH, Go: runtime.Version()}
}

// rights tells what this process may do.
func rights() view.RightsJSON {
	r := view.RightsJSON{UID: os.Geteuid(), Capabilities: capabilities(), App: inApp()}
	if u, err := user.Current(); err == nil {
		r.User = u.Username
	}
	return r
}
