package main

import (
	"bytes"
	"fmt"
	"os/exec"
)

// command is a program that can be asked what listens.
type command struct {
	name string
	argv []string
	mark string // stands in its output once for each listener
	tcp  bool   // it is asked for TCP only
}

// binaries are the builds of Portlight to measure.
type binaries struct{ window, noWindow string }

func commands(b binaries) []command {
	return []command{
		{commandOurs, []string{b.window, "list", "--json"}, `"id":`, false},
		{commandNoWindow, []string{b.noWindow, "list", "--json"}, `"id":`, false},
		{commandSS, []string{"ss", "-H", "-lntup"}, "\n", false},
		{commandNetstat, []string{"netstat", "-lntup"}, "\n", false},
		{commandLsof, []string{"lsof", "-nP", "-iTCP", "-sTCP:LISTEN"}, "(LISTEN)", true},
	}
}

// trial runs the command once a turn, from its start to its end.
func (c command) trial() trial {
	return single(c.name, func() error {
		if err := exec.Command(c.argv[0], c.argv[1:]...).Run(); err != nil {
			return fmt.Errorf("%s: %w", c.argv[0], err)
		}
		return nil
	})
}

// prove fails if the command does not see so many listeners.
func (c command) prove(all, tcp int) error {
	least := all
	if c.tcp {
		least = tcp
	}
	out, err := exec.Command(c.argv[0], c.argv[1:]...).Output()
	if err != nil {
		return fmt.Errorf("%s: %w", c.argv[0], err)
	}
	if n := bytes.Count(out, []byte(c.mark)); n < least {
		return fmt.Errorf("%s sees %d listeners, and there are %d", c.argv[0], n, least)
	}
	return nil
}
