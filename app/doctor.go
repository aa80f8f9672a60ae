package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"portlight/app/view"
	"portlight/scanner"
)

func newDoctorCommand(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what Portlight can see on this computer, and what it cannot and why",
		Args:  cobra.NoArgs,
		RunE:  doing(func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd.Context(), asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) doctor(ctx context.Context, asJSON bool) error {
	names := p.names()
	f := view.Findings{Trials: scanner.Try(ctx), ExecEvents: scanner.ExecEvents(), Registry: names.Registry(), Problems: names.Problems()}
	f.Network, f.NetworkErr = scanner.ReadNetwork(ctx)
	d := view.NewDiagnosis(version, f)
	if err := p.printDiagnosis(d, asJSON); err != nil {
		return err
	}
	if d.Source == "" {
		return errors.New(wordsNoSource)
	}
	return nil
}

func (p *program) printDiagnosis(d view.Diagnosis, asJSON bool) error {
	if asJSON {
		return view.WriteJSON(p.out, d, "  ")
	}
	if _, err := io.WriteString(p.out, view.DiagnosisText(d, p.style(false))); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
