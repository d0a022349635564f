package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
)

// Routes is the command that prints the route table as it is enforced.
type Routes struct {
	JSON bool `help:"Print JSON, for programs."`
}

// Run needs no provider, and what is not configured does not matter: routes are the same for all.
func (r *Routes) Run(c *Console) error {
	cfg, err := config.Read(func(name string) string {
		return cmp.Or(c.Getenv(name), map[string]string{"OIDC_ISSUER": "https://unset.invalid", "OIDC_AUDIENCE": "unset"}[name])
	})
	if err != nil {
		return err
	}
	table, err := c.Routes(cfg)
	if err != nil {
		return err
	}
	if r.JSON {
		return WriteJSON(c.Out, rows(table))
	}
	return writeRows(c.Out, rows(table))
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
