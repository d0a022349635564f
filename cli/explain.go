package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/problem"
)

// Explain is the command that says why a token is accepted or refused, check by check, as the API would. The
// token comes from standard input, a file or a variable, and never as an argument, which everybody on
// the machine can read. It is sent nowhere.
type Explain struct {
	File   string `help:"Read the token from a file." placeholder:"FILE" xor:"source"`
	Env    string `help:"Read the token from a variable of the environment." placeholder:"NAME" xor:"source"`
	Method string `help:"With -path: the method of the request." default:"GET"`
	Path   string `help:"Also say what this path would answer: /items." placeholder:"PATH"`
	JSON   bool   `help:"Print JSON, for programs."`
}

// errRefused is the error of a token that was explained, and is refused.
var errRefused = errors.New("refused")

// An explanation is what is printed.
type explanation struct {
	Accepted bool   `json:"accepted"`
	Code     string `json:"code,omitempty"`
	Hint     string `json:"hint,omitempty"`
	*auth.Explanation
	Route *verdict `json:"route,omitempty"`
}

// A verdict is what a route would say to the token's holder.
type verdict struct {
	Method   string           `json:"method"`
	Path     string           `json:"path"`
	Access   ginauth.Access   `json:"access"`
	Required auth.Requirement `json:"required"`
	Allowed  bool             `json:"allowed"`
	Code     string           `json:"code,omitempty"`
	Status   int              `json:"status,omitempty"` // of the answer, if it is a refusal
}

// Run explains. It is an error if the call would not be allowed.
func (e *Explain) Run(ctx context.Context, c *Console) error {
	token, err := e.token(c)
	if err != nil {
		return err
	}
	cfg, err := config.Read(c.Getenv)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	settings := cfg.Verification(slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	settings.Transport = c.Transport
	verifier, err := auth.Connect(ctx, settings)
	if err != nil {
		return err
	}
	x := explanation{Explanation: verifier.Explain(ctx, token)}
	x.Accepted = x.Problem == nil
	if !x.Accepted {
		x.Code, x.Hint = x.Problem.Code, x.Problem.Hint
	}
	var unknown error
	if e.Path != "" {
		x.Route, unknown = e.answer(c, cfg, x)
	}
	if err := errors.Join(e.print(c, x), unknown); err != nil {
		return err
	}
	if x.Route != nil && !x.Route.Allowed || x.Route == nil && !x.Accepted {
		return errRefused
	}
	return nil
}

// token reads the token, alone or as a header shows it.
func (e *Explain) token(c *Console) (auth.Token, error) {
	var text []byte
	var err error
	switch {
	case e.Env != "":
		text = []byte(c.Getenv(e.Env))
	case e.File != "":
		text, err = os.ReadFile(e.File)
	default:
		text, err = io.ReadAll(io.LimitReader(c.In, 2*auth.MaxTokenSize))
	}
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	for _, before := range []string{"Authorization:", "Bearer"} {
		if len(token) > len(before) && strings.EqualFold(token[:len(before)], before) {
			token = strings.TrimSpace(token[len(before):])
		}
	}
	if token == "" {
		return "", errors.New("there is no token: pipe it in, or name a file or a variable")
	}
	return auth.Token(token), nil
}

// answer finds the route and judges what it asks for.
func (e *Explain) answer(c *Console, cfg *config.Config, x explanation) (*verdict, error) {
	now := c.Now()
	table, err := c.Routes(cfg)
	if err != nil {
		return nil, err
	}
	method, path := strings.ToUpper(e.Method), pathOf(e.Path)
	for _, route := range table {
		if route.Method != method && !(method == "HEAD" && route.Method == "GET") || !matches(route.Path, path) {
			continue
		}
		a := &verdict{Method: method, Path: route.Path, Access: route.Access, Required: route.Requirement, Allowed: true}
		if route.Access == ginauth.Public {
			return a, nil
		}
		x.Checks = append(x.Checks, route.Requirement.Explain(x.Caller, now)...)
		reason := x.Problem
		if x.Accepted {
			reason, _ = errors.AsType[*problem.Type](route.Requirement.Check(x.Caller, now))
		}
		if reason != nil {
			a.Allowed, a.Code, a.Status = false, reason.Code, reason.Status
		}
		return a, nil
	}
	return nil, fmt.Errorf("there is no route %s %s: gatehouse routes lists them", method, path)
}

// pathOf returns the path of what somebody copied: an address, or a part of it.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return "/" + strings.TrimPrefix(u.Path, "/")
}

// matches reports whether a path is one of a route: /items/5 of /items/{id}.
func matches(route, path string) bool {
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && (!strings.HasPrefix(segment, "{") || got[i] == "") {
			return false
		}
	}
	return true
}

func (e *Explain) print(c *Console, x explanation) error {
	if e.JSON {
		return WriteJSON(c.Out, x)
	}
	for _, check := range x.Checks {
		printCheck(c.Out, check)
	}
	if !x.Genuine && x.Claims != nil {
		fmt.Fprintln(c.Out, "\nThe signature was not verified: what the token says is anybody's word.")
	}
	if x.Accepted {
		fmt.Fprintf(c.Out, "\nThe token is accepted: it is of %q, by %q, until %s.\n",
			x.Caller.Subject, x.Caller.ClientID, x.Caller.ExpiresAt.UTC().Format(time.RFC3339))
	} else {
		fmt.Fprintf(c.Out, "\nThe token is refused: %s. %s\n", x.Code, x.Hint)
	}
	if v := x.Route; v != nil && v.Allowed {
		fmt.Fprintf(c.Out, "%s %s would let it in.\n", v.Method, v.Path)
	} else if v != nil {
		fmt.Fprintf(c.Out, "%s %s would answer %d: %s.\n", v.Method, v.Path, v.Status, v.Code)
	}
	return nil
}

// printCheck prints a check, and for one that failed what was wanted and what to do.
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
