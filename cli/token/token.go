package token

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// A Command prints an access token and nothing else, for use in another command:
//
//	curl -H "Authorization: Bearer $(go run . token)" http://localhost:8080/items
//
// What people are to read goes to standard error.
type Command struct {
	Issuer   string   `placeholder:"N|URL" help:"Which issuer to sign in at: its number, as in OIDC_ISSUER_2, or its URL. Default: the first."`
	Client   string   `placeholder:"ID" help:"Client at the provider. Default: TOKEN_CLIENT_ID, or cli."`
	Scope    []string `sep:"none" placeholder:"NAME" help:"Scopes to request, separated by spaces or by repeating the flag. Default: all that routes require."`
	Resource *string  `placeholder:"URI" help:"API that the token is for (RFC 8707), or nothing. Default: the first OIDC_AUDIENCE."`
	Audience string   `placeholder:"NAME" help:"The same as a parameter called audience, in place of resource. Default at Auth0."`

	Device            bool `xor:"flow" help:"Sign in on another device, by a code."`
	ClientCredentials bool `xor:"flow" help:"Sign in as the client itself, by the secret in TOKEN_CLIENT_SECRET."`

	Port      uint16 `placeholder:"N" help:"Port that the browser returns to, for a provider that compares it. Default: any that is free."`
	NoBrowser bool   `help:"Print the address to sign in at, but open no browser."`
	NoCache   bool   `help:"Disable the cache of tokens."`
}

// Run prints the cached token, if it is valid for a while, or a new one.
func (t *Command) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := c.Env.Read()
	if err != nil && cfg.Issuer == "" {
		return fmt.Errorf("%w\nWith the provider of make run:\n%s", err, t.example(runtime.GOOS))
	}
	if err != nil {
		return err
	}
	table, err := c.Routes(cfg)
	if err != nil {
		return err
	}
	if t.Issuer != "" {
		if cfg, err = cfg.IssuerNamed(t.Issuer); err != nil {
			return err
		}
	}
	q, err := t.request(cfg, table)
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

// example returns the command for the development provider, in the shell of an operating system.
func (t *Command) example(system string) string {
	line := "OIDC_ISSUER=http://localhost:9000 OIDC_AUDIENCE=http://localhost:8080 "
	if t.flow() == asClient {
		line += "TOKEN_CLIENT_SECRET=service-secret go run . token -client-credentials -client service"
	} else {
		line += "go run . token"
	}
	if system == "windows" { // PowerShell
		line = regexp.MustCompile(`([A-Z_]+)=(\S+) `).ReplaceAllString(line, `$$env:$1="$2"; `)
	}
	return line
}

// A request is everything that decides which token the provider issues. A token for one request does not
// serve another.
type request struct {
	Issuer, Client    string
	Secret            string // of a client that signs in as itself
	Scopes            []string
	Parameter, Target string // the parameter that names the API, and its value
	Parameters        string // more of the authorization request, as a query
	Discovery         string // the address of the metadata, if it is not below the issuer
	Offline           bool   // whether to request offline_access, for a refresh token, where the provider has it
	Flow              flow
}

// A flow is how a token is obtained. Who signs in may differ between them.
type flow string

const (
	byBrowser flow = "browser"
	byDevice  flow = "device"
	asClient  flow = "client credentials" // the client signs in as itself
)

func (t *Command) flow() flow {
	switch {
	case t.ClientCredentials:
		return asClient
	case t.Device:
		return byDevice
	}
	return byBrowser
}

// request returns the request of the flags and the configuration. Without a flag for them, the scopes are
// all that routes require.
func (t *Command) request(cfg *config.Config, table []ginauth.Route) (*request, error) {
	q := &request{
		Issuer: cfg.Issuer,
		Client: cmp.Or(t.Client, cfg.TokenClientID),
		Scopes: strings.Fields(strings.Join(t.Scope, " ")),
		Flow:   t.flow(),

		Discovery: cfg.DiscoveryURL,
	}
	parameters := cfg.AuthorizeParams()
	q.Parameter, q.Target = t.target(cfg, parameters)
	parameters.Del(q.Parameter)
	q.Parameters = parameters.Encode()
	if q.Flow == asClient {
		q.Secret = cfg.TokenClientSecret
	}
	if q.Flow == asClient && q.Secret == "" {
		return nil, fmt.Errorf("%s: not set: the secret of the client %q at the provider", cfg.Suffixed("TOKEN_CLIENT_SECRET"), q.Client)
	}
	if len(q.Scopes) == 0 {
		q.Scopes = cfg.Scopes().Add(scopesOf(table, false))
		q.Offline = !t.NoCache
		if q.Flow == asClient {
			q.Scopes, q.Offline = cfg.ClientScopes(scopesOf(table, true)), false
		}
	}
	return q, nil
}

// target returns the parameter that names the API, and its value: that of a flag, which replaces those of the
// configuration, or one of these. A resource is a URI (RFC 8707, section 2); there is no parameter for an audience
// that is not one, and none at a provider that has its own way.
func (t *Command) target(cfg *config.Config, parameters url.Values) (parameter, value string) {
	if t.Audience != "" || t.Resource != nil {
		parameters.Del("audience")
		parameters.Del("resource")
	}
	switch {
	case t.Audience != "":
		return "audience", t.Audience
	case t.Resource != nil:
		return "resource", *t.Resource
	case parameters.Has("audience"):
		return "audience", parameters.Get("audience")
	case parameters.Has("resource"):
		return "resource", parameters.Get("resource")
	case !cfg.NamesResource() || len(cfg.Audience) == 0:
		return "", ""
	}
	audience := cfg.Audience[0]
	if resource, err := url.Parse(audience); err == nil && resource.IsAbs() {
		return "resource", audience
	}
	return "", ""
}

// scopesOf returns every scope that a route requires. A client that signs in as itself is not a user, so
// the scope of OpenID Connect is not for it.
func scopesOf(table []ginauth.Route, client bool) []string {
	return slices.DeleteFunc(ginauth.RequiredBy(table).Scopes, func(s string) bool { return client && s == oidc.ScopeOpenID })
}

// fetch gets a token from the provider: by the refresh token of an old one, if the provider accepts it, and
// otherwise by the grant that the flags name.
func (t *Command) fetch(ctx context.Context, c *cli.Console, q *request, old *oauth2.Token) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeoutCause(oidc.ClientContext(ctx, c.HTTPClient()), c.Patience,
		fmt.Errorf("no sign-in within %s: if the browser shows an error of the provider, begin there", c.Patience))
	defer cancel()
	client, err := newClient(ctx, c.HTTPClient(), q)
	if err != nil {
		return nil, describe(ctx, err)
	}
	if old != nil && old.RefreshToken != "" {
		token, err := client.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
		rejected, ok := errors.AsType[*oauth2.RetrieveError](err)
		if !ok || rejected.Response.StatusCode >= http.StatusInternalServerError {
			return token, describe(ctx, err)
		}
		fmt.Fprintln(c.Err, "The provider does not refresh the cached token.")
	}
	var token *oauth2.Token
	switch q.Flow {
	case asClient:
		token, err = client.asItself(ctx, q)
	case byDevice:
		token, err = client.byDevice(ctx, c.Err)
	default:
		token, err = client.byBrowser(ctx, c, t)
	}
	return token, describe(ctx, err)
}
