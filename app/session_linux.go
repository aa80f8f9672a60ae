package main

import (
	"errors"
	"os"

	"portlight/app/desktop"
)

// checkSession says why there is no desktop for the agent here: it needs a
// display and a session bus. The bus goes into the environment, where the
// tray's library looks for it.
func checkSession() error {
	if !desktop.HasDisplay() {
		return errors.New(wordsNoDisplay)
	}
	address, err := desktop.BusAddress()
	if err != nil {
		return err
	}
	return os.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
}
