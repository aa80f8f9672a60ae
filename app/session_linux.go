package main

import (
	"context"
	"errors"
	"os"
	"time"

	"portlight/app/desktop"
)

// busPatience is how long the session bus gets to answer.
const busPatience = 3 * time.Second

// checkSession says why there is no desktop for the agent here: it needs a
// display and a session bus. The bus goes into the environment, where the
// tray's library looks for it.
func checkSession(ctx context.Context) error {
	if !desktop.HasDisplay() {
		return errors.New(wordsNoDisplay)
	}
	address, err := desktop.BusAddress()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, busPatience)
	defer cancel()
	conn, err := desktop.ConnectBus(ctx)
	if err != nil {
		return err
	}
	conn.Close()
	return os.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
}
