package token

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// A Command prints an access token and nothing else, so that it can stand in another command:
//
//	curl -H "Authorization: Bearer $(go run . token)" http://localhost:8080/items
//
// Whatever people are to read goes to standard error.
type Command struct {
	Client   string   `placeholder:"ID" help:"Client at the provider. Default: TOKEN_CLIENT_ID, or cli."`
	Scope    []string `sep:"none" placeholder:"NAME" help:"Scopes to ask for: several by spaces, or by repeating the flag. Default: all that routes ask for."`
	Resource *string  `placeholder:"URI" help:"API that the token is for (RFC 8707), or nothing. Default: the first OIDC_AUDIENCE."`
	Audience string   `placeholder:"NAME" help:"The same as a parameter called audience, in place of resource. Default at Auth0."`

	Device            bool `xor:"flow" help:"Sign in on another device, by a code."`
	ClientCredentials bool `xor:"flow" help:"Sign in as the client itself, by the secret in TOKEN_CLIENT_SECRET."`

	Port      uint16 `placeholder:"N" help:"Port for the way back from the browser, where the provider compares it. Default: any that is free."`
	NoBrowser bool   `help:"Print the address to sign in at, but open no browser."`
	NoCache   bool   `help:"Neither use a token that was kept nor keep this one."`
}

// Run prints the token that was kept, if it is good for a while yet, and otherwise a new one.
func (t *Command) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := config.Read(c.Getenv)
	if err != nil && c.Getenv("OIDC_ISSUER") == "" {
		return fmt.Errorf("%w\nWith the provider of make run:\n"+
			"OIDC_ISSUER=http://localhost:9000 OIDC_AUDIENCE=http://localhost:8080 go run . token", err)
	}
	if err != nil {
		return err
	}
	q, err := t.ask(c, cfg)
	if err != nil {
		return err
	}
	cache := &cache{dir: c.Cache, warn: c.Err}
	if t.NoCache {
		cache.dir = ""
	}
	token := cache.read(q)
	if token == nil || token.Expiry.Before(c.Now().Add(30*time.Second)) {
		if token, err = t.fetch(ctx, c, q, token); err != nil {
			return err
		}
		cache.write(q, token)
	}
	_, err = fmt.Fprintln(c.Out, token.AccessToken)
	return err
}

// A request is what the provider is asked for. The answer to one does not serve another.
type request struct {
	Issuer, Client    string
	Secret            string `json:"-"`
	Scopes            []string
	Parameter, Target string // how the provider is told which API the token is for, and which it is
	Offline           bool   // whether a refresh token is wanted from a provider that has to be asked for it
	Machine           bool   // whether the client signs in as itself
}

// request returns what the flags and the configuration ask for.
func (t *Command) ask(c *cli.Console, cfg *config.Config) (*request, error) {
	q := &request{
		Issuer:  cfg.Issuer,
		Client:  cmp.Or(t.Client, c.Getenv("TOKEN_CLIENT_ID"), "cli"),
		Scopes:  strings.Fields(strings.Join(t.Scope, " ")),
		Machine: t.ClientCredentials,
	}
	q.Parameter, q.Target = t.target(cfg)
	if q.Machine {
		if q.Secret = c.Getenv("TOKEN_CLIENT_SECRET"); q.Secret == "" {
			return nil, fmt.Errorf("TOKEN_CLIENT_SECRET: not set: the secret of the client %q at the provider", q.Client)
		}
	}
	if len(q.Scopes) > 0 {
		return q, nil
	}
	q.Offline = !q.Machine && !t.NoCache
	return q, q.askForAll(c.Routes(cfg))
}

// target returns the parameter that names the API, and its value. A resource is a URI (RFC 8707,
// section 2); an audience that is none is left for the provider to know.
func (t *Command) target(cfg *config.Config) (parameter, value string) {
	issuer, _ := url.Parse(cfg.Issuer) // was parsed before
	audience := cfg.Audience[0]
	switch {
	case t.Audience != "":
		return "audience", t.Audience
	case t.Resource != nil:
		return "resource", *t.Resource
	case strings.HasSuffix(issuer.Hostname(), ".auth0.com"):
		return "audience", audience
	}
	if resource, err := url.Parse(audience); err == nil && resource.IsAbs() {
		return "resource", audience
	}
	return "", ""
}

// askForAll asks for every scope that a route asks for. A client that signs in as itself is not a
// user, so OpenID Connect has nothing to say about it.
func (q *request) askForAll(table []ginauth.Route, err error) error {
	if err != nil {
		return err
	}
	for _, route := range table {
		q.Scopes = append(q.Scopes, route.Requirement.Scopes...)
	}
	slices.Sort(q.Scopes)
	q.Scopes = slices.DeleteFunc(slices.Compact(q.Scopes), func(s string) bool { return q.Machine && s == oidc.ScopeOpenID })
	return nil
}

// fetch gets a token from the provider: for the refresh token of an old one, if there is one that is
// still good, and else by the grant that the flags name.
func (t *Command) fetch(ctx context.Context, c *cli.Console, q *request, old *oauth2.Token) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeoutCause(oidc.ClientContext(ctx, c.HTTPClient()), c.Patience,
		fmt.Errorf("nobody signed in within %s: if the browser shows an error of the provider, begin there", c.Patience))
	defer cancel()
	client, err := newClient(ctx, q)
	if err != nil {
		return nil, describe(ctx, err)
	}
	if old != nil && old.RefreshToken != "" {
		token, err := client.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
		refused, ok := errors.AsType[*oauth2.RetrieveError](err)
		if !ok || refused.Response.StatusCode >= http.StatusInternalServerError {
			return token, describe(ctx, err)
		}
		fmt.Fprintln(c.Err, "The provider does not refresh the token that was kept.")
	}
	var token *oauth2.Token
	switch {
	case t.ClientCredentials:
		token, err = client.asItself(ctx, q)
	case t.Device:
		token, err = client.byDevice(ctx, c.Err)
	default:
		token, err = client.byBrowser(ctx, c, t)
	}
	return token, describe(ctx, err)
}
