package doctor

import (
	"context"
	"fmt"
	"io"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
)

// A Command checks the configuration before callers do.
type Command struct {
	JSON bool `help:"Print JSON, for programs."`
}

// A mark says how a check ended. A warning is for a person to judge.
type mark string

const (
	healthy mark = "ok"
	warning mark = "warning"
	failure mark = "failure"
)

// A finding is the result of one check.
type finding struct {
	Check  string `json:"check"` // a variable, or what was looked at
	Mark   mark   `json:"mark"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"` // unless it is ok
}

// An examination collects findings.
type examination struct {
	*config.Config
	console  *cli.Console
	findings []finding
}

// Run makes every check that is possible, and returns an error when one failed.
func (d *Command) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := config.Read(c.Getenv)
	e := &examination{Config: cfg, console: c}
	e.complete(err)
	if auth.CheckURL(e.Issuer) == nil {
		e.provider(ctx)
	}
	e.tokens()
	if config.CheckOrigin(e.PublicURL) == nil {
		e.publicURL(ctx)
	}
	e.settings()
	if d.JSON {
		err = cli.WriteJSON(c.Out, e.findings)
	} else {
		err = e.print(c.Out)
	}
	if failed := e.count(failure); err == nil && failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(e.findings))
	}
	return err
}

func (e *examination) ok(check, format string, args ...any) {
	e.findings = append(e.findings, finding{check, healthy, fmt.Sprintf(format, args...), ""})
}

func (e *examination) found(m mark, check, remedy, format string, args ...any) {
	e.findings = append(e.findings, finding{check, m, fmt.Sprintf(format, args...), remedy})
}

func (e *examination) count(m mark) (n int) {
	for _, f := range e.findings {
		if f.Mark == m {
			n++
		}
	}
	return n
}

// print writes a line for each finding.
func (e *examination) print(out io.Writer) error {
	colors := map[mark]string{healthy: "\x1b[32m", warning: "\x1b[33m", failure: "\x1b[31m"}
	for _, f := range e.findings {
		before, after := colors[f.Mark], "\x1b[0m"
		if !e.console.Color {
			before, after = "", ""
		}
		line := fmt.Sprintf("%s%-7s%s  %-16s %s", before, f.Mark, after, f.Check, f.Detail)
		if f.Remedy != "" {
			line += ". " + f.Remedy
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
