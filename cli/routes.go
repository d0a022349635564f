package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/gatehouse/auth/ginauth"
)

// Routes is the command that prints the route table as the API enforces it.
type Routes struct {
	JSON bool `help:"Print JSON, for programs."`
}

// Run needs no provider: routes do not depend on one.
func (r *Routes) Run(c *Console) error {
	cfg, err := c.readWithoutProvider()
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

// A row is a route in the output.
type row struct {
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Access     string   `json:"access"` // public, optional or token
	Scopes     []string `json:"scopes"` // all are required
	Roles      []string `json:"roles"`  // all are required
	ACR        []string `json:"acr,omitempty"`
	MaxAge     float64  `json:"max_age,omitempty"` // in seconds
	Fresh      bool     `json:"fresh,omitempty"`   // the provider is asked anew about the token
	Limit      string   `json:"limit,omitempty"`   // of the requests of one caller
	Documented bool     `json:"documented"`
}

func rows(table []ginauth.Route) []row {
	all := make([]row, len(table))
	for i, route := range table {
		q := route.Requirement
		all[i] = row{route.Method, route.Path, string(route.Access), append([]string{}, q.Scopes...),
			append([]string{}, q.Roles...), q.ACR, q.MaxAge.Seconds(), q.Fresh, limit(route), !route.Hidden}
		if route.Access == ginauth.Protected {
			all[i].Access = "token"
		}
	}
	return all
}

func writeRows(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "METHOD\tPATH\tACCESS\tSCOPES\tROLES\tSIGN-IN\tLIMIT\tDOCUMENT")
	document := map[bool]string{true: "documented", false: "hidden"}
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join([]string{r.Method, r.Path, r.Access, list(r.Scopes), list(r.Roles), r.signIn(), cmp.Or(r.Limit, "-"), document[r.Documented]}, "\t"))
	}
	return w.Flush()
}

// signIn returns what the route requires of the sign-in (RFC 9470) and of the state of the token.
func (r row) signIn() string {
	required := slices.Clone(r.ACR)
	if r.MaxAge > 0 {
		required = append(required, fmt.Sprintf("max_age=%g", r.MaxAge))
	}
	if r.Fresh {
		required = append(required, "fresh")
	}
	return list(required)
}

func limit(route ginauth.Route) string {
	if route.Limit.Unlimited() {
		return ""
	}
	return route.Limit.String()
}

func list(names []string) string { return cmp.Or(strings.Join(names, " "), "-") }
