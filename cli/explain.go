package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/problem"
)

// Explain is the command that says why the API accepts or rejects a token, check by check. The token comes
// from standard input, a file or a variable, and never as an argument, which every user of the machine can
// read. It is sent nowhere.
type Explain struct {
	File   string `help:"Read the token from a file." placeholder:"FILE" xor:"source"`
	Env    string `help:"Read the token from a variable of the environment." placeholder:"NAME" xor:"source"`
	Method string `help:"With -path: the method of the request." default:"GET"`
	Path   string `help:"Also say what this path would return: /items." placeholder:"PATH"`
	JSON   bool   `help:"Print JSON, for programs."`
}

// An explanation is the output of the command.
type explanation struct {
	Accepted bool   `json:"accepted"`
	Code     string `json:"code,omitempty"`
	Hint     string `json:"hint,omitempty"`
	*auth.Explanation
	Route *routeAnswer `json:"route,omitempty"`
}

// A routeAnswer is what a route requires, and whether it allows the token.
type routeAnswer struct {
	Method   string           `json:"method"`
	Path     string           `json:"path"`
	Access   ginauth.Access   `json:"access"`
	Required auth.Requirement `json:"required"`
	Allowed  bool             `json:"allowed"`
	Code     string           `json:"code,omitempty"`   // of the problem, unless it is allowed
	Status   int              `json:"status,omitempty"` // of the response, unless it is allowed
}

// Run explains. It is an error if the request would be rejected.
func (e *Explain) Run(ctx context.Context, c *Console) error {
	token, err := e.token(c)
	if err != nil {
		return err
	}
	cfg, err := c.Env.Read()
	if err != nil {
		return err
	}
	x, err := explain(ctx, c, cfg, token)
	if err != nil {
		return err
	}
	var noRoute error
	if e.Path != "" {
		x.Route, noRoute = e.route(c, cfg, x)
	}
	if err := errors.Join(e.print(c, x), noRoute); err != nil {
		return err
	}
	if x.Route != nil && !x.Route.Allowed || x.Route == nil && !x.Accepted {
		return errors.New("rejected")
	}
	return nil
}

// token reads the token, alone or within a header.
func (e *Explain) token(c *Console) (auth.AccessToken, error) {
	var text []byte
	var err error
	switch {
	case e.Env != "":
		text = []byte(c.Env.Get(e.Env))
	case e.File != "":
		text, err = os.ReadFile(e.File)
	default:
		text, err = io.ReadAll(io.LimitReader(c.In, 2*auth.MaxTokenSize))
	}
	if err != nil {
		return "", err
	}
	token := bare(text)
	switch {
	case token != "":
		return token, nil
	case e.Env != "":
		return "", fmt.Errorf("%s is not set, neither in the environment nor in %s", e.Env, c.File)
	case e.File != "":
		return "", fmt.Errorf("%s is empty", e.File)
	}
	return "", errors.New("there is no token: pipe it in, or name a file or a variable")
}

// bare returns the token in a text: alone, or within a header.
func bare(text []byte) auth.AccessToken {
	token := strings.TrimSpace(string(text))
	for _, before := range []string{"Authorization:", "Bearer"} {
		if len(token) > len(before) && strings.EqualFold(token[:len(before)], before) {
			token = strings.TrimSpace(token[len(before):])
		}
	}
	return auth.AccessToken(token)
}

// PipedToken returns the token on standard input, or none if that is a terminal or empty.
func (c *Console) PipedToken() (auth.AccessToken, error) {
	if file, ok := c.In.(*os.File); c.In == nil || ok && terminal(file) {
		return "", nil
	}
	text, err := io.ReadAll(io.LimitReader(c.In, 2*auth.MaxTokenSize))
	return bare(text), err
}

// ExplainToken validates the token as the API would.
func (c *Console) ExplainToken(ctx context.Context, cfg *config.Config, token auth.AccessToken) (*auth.Explanation, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	all := cfg.Verifications(slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	for i := range all {
		all[i].Transport = c.Transport
	}
	verifier, err := auth.ConnectAll(ctx, all)
	if err != nil {
		return nil, err
	}
	if c.ExplainKey != nil {
		if e, err := c.ExplainKey(ctx, cfg, verifier, token); e != nil || err != nil {
			return e, err
		}
	}
	return verifier.Explain(ctx, token), nil
}

func explain(ctx context.Context, c *Console, cfg *config.Config, token auth.AccessToken) (*explanation, error) {
	explained, err := c.ExplainToken(ctx, cfg, token)
	if err != nil {
		return nil, err
	}
	x := &explanation{Explanation: explained}
	x.Accepted = x.Problem == nil
	if !x.Accepted {
		x.Code, x.Hint = x.Problem.Code, x.Explanation.Hint
	}
	return x, nil
}

// route finds the route, adds the checks of its requirement, and says what it would return.
func (e *Explain) route(c *Console, cfg *config.Config, x *explanation) (*routeAnswer, error) {
	table, err := c.Routes(cfg)
	if err != nil {
		return nil, err
	}
	method, address := strings.ToUpper(e.Method), e.Path
	if u, err := url.Parse(address); err == nil {
		seen := *cfg
		if u.Host != "" {
			seen.PublicPath = config.PathKept // the address is what callers see
		}
		path, _ := url.PathUnescape(seen.RoutePath(u.EscapedPath())) // Parse has unescaped it
		address = "/" + strings.TrimPrefix(path, "/")
	}
	i := slices.IndexFunc(table, func(r ginauth.Route) bool {
		return (r.Method == method || r.Method == "GET" && method == "HEAD") && matches(r.Path, address)
	})
	if i < 0 {
		return nil, fmt.Errorf("there is no route %s %s: gatehouse routes prints all of them", method, address)
	}
	route := table[i]
	a := &routeAnswer{Method: method, Path: route.Path, Access: route.Access, Required: route.Requirement, Allowed: true}
	if route.Access == ginauth.Public {
		return a, nil
	}
	now, rejection := c.Now(), x.Problem
	x.Checks = append(x.Checks, route.Requirement.Explain(x.Caller, now)...)
	if x.Accepted {
		rejection, _ = errors.AsType[*problem.Type](route.Requirement.Check(x.Caller, now))
	}
	if rejection != nil {
		a.Allowed, a.Code, a.Status = false, rejection.Code, rejection.Status
	}
	return a, nil
}

// matches reports whether a path is one of a route: /items/5 of /items/{id}.
func matches(route, address string) bool {
	pattern := regexp.MustCompile(`\{[^/]+\}`).ReplaceAllString(route, "?*")
	matched, err := path.Match(pattern, address)
	return matched && err == nil
}

func (e *Explain) print(c *Console, x *explanation) error {
	if e.JSON {
		return WriteJSON(c.Out, x)
	}
	for _, check := range x.Checks {
		printCheck(c.Out, check)
	}
	if x.Issuer != "" {
		fmt.Fprintf(c.Out, "\nThe token was checked as one of %s.\n", x.Issuer)
	}
	if !x.Genuine && x.Claims != nil {
		fmt.Fprintln(c.Out, "\nThe signature was not verified: the claims may be forged.")
	}
	if x.Accepted {
		fmt.Fprintf(c.Out, "\nThe %s is accepted. Subject: %q, client: %q, valid until %s.\n",
			x.noun(), x.Caller.Subject, x.Caller.ClientID, x.Caller.ExpiresAt.UTC().Format(time.RFC3339))
	} else {
		fmt.Fprintf(c.Out, "\nThe %s is rejected: %s. %s %s\n", x.noun(), x.Code, x.Detail, x.Hint)
	}
	if r := x.Route; r != nil && r.Allowed {
		fmt.Fprintf(c.Out, "%s %s would accept it.\n", r.Method, r.Path)
	} else if r != nil {
		fmt.Fprintf(c.Out, "%s %s would return %d: %s.\n", r.Method, r.Path, r.Status, r.Code)
	}
	return nil
}

// noun returns what is explained.
func (x *explanation) noun() string {
	if x.Fingerprint == "" {
		return "key"
	}
	return "token"
}

// printCheck prints a check, and for one that failed what was expected and what to do.
func printCheck(out io.Writer, check auth.Check) {
	marks := map[auth.CheckResult]string{auth.Passed: "ok", auth.Failed: "FAIL", auth.Skipped: "-"}
	fmt.Fprintln(out, strings.TrimRight(fmt.Sprintf("%-5s %-18s %s", marks[check.Result], check.Name, check.Actual), " "))
	if check.Result != auth.Failed {
		return
	}
	fmt.Fprintf(out, "%-24s want %s\n", "", check.Expected)
	if check.Advice != "" {
		fmt.Fprintf(out, "%-24s %s\n", "", check.Advice)
	}
}
