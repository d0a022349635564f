package doctor

import (
	"context"
	"fmt"
	"io"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
)

// A Command checks the configuration.
type Command struct {
	JSON bool `help:"Print JSON, for programs."`
}

// A status says how a check ended.
type status string

const (
	passed  status = "ok"
	warning status = "warning"
	failure status = "failure"
)

// A result is that of one check.
type result struct {
	Check  string `json:"check"` // a variable, or what was checked
	Status status `json:"mark"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"` // unless it passed
}

// A report collects results.
type report struct {
	*config.Config
	console *cli.Console
	results []result
	failed  int
}

// Run makes every check that is possible, and returns an error if one failed.
func (d *Command) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := config.Read(c.Env.Get)
	r := &report{Config: cfg, console: c}
	r.variables(err)
	for _, issuer := range cfg.Issuers() {
		r.issuer(ctx, issuer)
	}
	if config.CheckPublicURL(r.PublicURL) == nil {
		r.publicURL(ctx)
		r.origins()
	}
	r.settings()
	if err == nil {
		r.token(ctx)
	}
	if d.JSON {
		err = cli.WriteJSON(c.Out, r.results)
	} else {
		err = r.print(c.Out)
	}
	if err == nil && r.failed > 0 {
		return fmt.Errorf("%d of %d checks failed", r.failed, len(r.results))
	}
	return err
}

// issuer makes the checks of one issuer. The names of its checks and variables have its suffix.
func (r *report) issuer(ctx context.Context, cfg *config.Config) {
	of := &report{Config: cfg, console: r.console}
	if of.Issuer != "" && auth.CheckEndpoint(of.Discovery()) == nil {
		of.provider(ctx)
	}
	of.profile()
	of.audience()
	for _, one := range of.results {
		check := cfg.Suffixed(one.Check)
		if check == one.Check {
			check += cfg.Suffix()
		}
		r.add(one.Status, check, cfg.Suffixed(one.Remedy), "%s", cfg.Suffixed(one.Detail))
	}
}

func (r *report) ok(check, format string, args ...any) { r.add(passed, check, "", format, args...) }
func (r *report) warn(check, remedy, format string, args ...any) {
	r.add(warning, check, remedy, format, args...)
}
func (r *report) fail(check, remedy, format string, args ...any) {
	r.add(failure, check, remedy, format, args...)
}

func (r *report) add(s status, check, remedy, format string, args ...any) {
	r.results = append(r.results, result{check, s, fmt.Sprintf(format, args...), remedy})
	if s == failure {
		r.failed++
	}
}

// print writes a line for each result.
func (r *report) print(out io.Writer) error {
	colors := map[status]string{passed: "\x1b[32m", warning: "\x1b[33m", failure: "\x1b[31m"}
	for _, result := range r.results {
		mark := fmt.Sprintf("%-7s", result.Status)
		if r.console.Color {
			mark = colors[result.Status] + mark + "\x1b[0m"
		}
		line := fmt.Sprintf("%s  %-16s %s", mark, result.Check, result.Detail)
		if result.Remedy != "" {
			line += ". " + result.Remedy
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
