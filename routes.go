package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/handlers"
)

// A routesCommand prints the route table as it is enforced.
type routesCommand struct {
	JSON bool `help:"Print JSON, for programs."`
}

// Run needs no provider, and what is not configured does not matter: routes are the same for all.
func (r *routesCommand) Run(c *console) error {
	cfg, err := readConfig(func(name string) string {
		return cmp.Or(c.getenv(name), map[string]string{"OIDC_ISSUER": "https://unset.invalid", "OIDC_AUDIENCE": "unset"}[name])
	})
	if err != nil {
		return err
	}
	table, err := cfg.table()
	if err != nil {
		return err
	}
	if r.JSON {
		return writeJSON(c.out, rows(table))
	}
	return writeRows(c.out, rows(table))
}

// table returns the routes of the API that the configuration makes. Nothing is fetched: the
// verifier's context is done before it begins.
func (c *config) table() ([]ginauth.Route, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	silent := slog.New(slog.DiscardHandler)
	verifier, err := auth.Connect(ctx, c.verification(silent))
	if err != nil {
		return nil, err
	}
	api, err := handlers.New(c.api(verifier, silent))
	if err != nil {
		return nil, err
	}
	return api.Table(), nil
}

// A row is a route as it is printed.
type row struct {
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Access     string   `json:"access"` // public, optional or token
	Scopes     []string `json:"scopes"` // every one is needed
	Roles      []string `json:"roles"`  // every one is needed
	ACR        []string `json:"acr,omitempty"`
	MaxAge     float64  `json:"max_age,omitempty"` // in seconds
	Documented bool     `json:"documented"`
}

func rows(table []ginauth.Route) []row {
	all := make([]row, len(table))
	for i, route := range table {
		q := route.Requirement
		all[i] = row{route.Method, route.Path, string(route.Access), append([]string{}, q.Scopes...),
			append([]string{}, q.Roles...), q.ACR, q.MaxAge.Seconds(), !route.Hidden}
		if route.Access == ginauth.Protected {
			all[i].Access = "token"
		}
	}
	return all
}

func writeRows(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "METHOD\tPATH\tACCESS\tSCOPES\tROLES\tSIGN-IN\tDOCUMENT")
	for _, r := range rows {
		document := "documented"
		if !r.Documented {
			document = "hidden"
		}
		fmt.Fprintln(w, strings.Join([]string{r.Method, r.Path, r.Access, list(r.Scopes), list(r.Roles), r.signIn(), document}, "\t"))
	}
	return w.Flush()
}

// signIn returns what is asked of the sign-in (RFC 9470).
func (r row) signIn() string {
	asked := slices.Clone(r.ACR)
	if r.MaxAge > 0 {
		asked = append(asked, fmt.Sprintf("max_age=%g", r.MaxAge))
	}
	return list(asked)
}

func list(names []string) string { return cmp.Or(strings.Join(names, " "), "-") }

func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
