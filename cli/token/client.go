package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// A client is this program as a client of the provider (RFC 6749, section 1.1).
type client struct {
	oauth2.Config
	issuer string
	named  bool                    // whether every authorization response names the issuer (RFC 9207)
	target []oauth2.AuthCodeOption // the API that the token is for
}

// newClient discovers the provider. Codes and secrets go to its endpoints, so each is checked before it is
// used, as config.Read checks the issuer.
func newClient(ctx context.Context, httpClient *http.Client, q *request) (*client, error) {
	provider, err := auth.Discover(ctx, httpClient, q.Issuer, q.Discovery)
	if other, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return nil, fmt.Errorf("the provider's metadata names the issuer %.300q. %.300s", other.Discovered, cli.IssuerAdvice(q.Issuer, other.Discovered))
	}
	if err != nil {
		return nil, fmt.Errorf("discovering %s: %.300w", q.Issuer, err)
	}
	var metadata struct {
		Scopes []string `json:"scopes_supported"`
		Named  bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, fmt.Errorf("metadata of %s: %w", q.Issuer, err)
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams // a public client sends only its name
	c := &client{Config: oauth2.Config{ClientID: q.Client, Endpoint: endpoint, Scopes: q.Scopes}, issuer: q.Issuer, named: metadata.Named}
	if q.Target != "" {
		c.target = append(c.target, oauth2.SetAuthURLParam(q.Parameter, q.Target))
	}
	parameters, _ := url.ParseQuery(q.Parameters) // of url.Values
	for name, values := range parameters {
		c.target = append(c.target, oauth2.SetAuthURLParam(name, values[0]))
	}
	if q.Offline && slices.Contains(metadata.Scopes, oidc.ScopeOfflineAccess) {
		c.Scopes = append(slices.Clone(c.Scopes), oidc.ScopeOfflineAccess)
	}
	return c, c.check("token_endpoint", endpoint.TokenURL)
}

// check reports what is wrong with an endpoint.
func (c *client) check(name, address string) error {
	if address == "" {
		return fmt.Errorf("%s has no %s", c.issuer, name)
	}
	if err := auth.CheckEndpoint(address); err != nil {
		return fmt.Errorf("%s of %s: %w", name, c.issuer, err)
	}
	return nil
}

// asItself is the client credentials grant (RFC 6749, section 4.4).
func (c *client) asItself(ctx context.Context, q *request) (*oauth2.Token, error) {
	grant := clientcredentials.Config{ClientID: q.Client, ClientSecret: q.Secret, TokenURL: c.Endpoint.TokenURL, Scopes: c.Scopes}
	grant.EndpointParams, _ = url.ParseQuery(q.Parameters)
	if q.Target != "" {
		grant.EndpointParams.Set(q.Parameter, q.Target)
	}
	return grant.Token(ctx)
}

// byDevice is the device authorization grant (RFC 8628).
func (c *client) byDevice(ctx context.Context, out io.Writer) (*oauth2.Token, error) {
	if err := c.check("device_authorization_endpoint", c.Endpoint.DeviceAuthURL); err != nil {
		return nil, err
	}
	device, err := c.DeviceAuth(ctx, c.target...)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "Open %s on any device and enter the code %s\n", device.VerificationURI, device.UserCode)
	if device.VerificationURIComplete != "" {
		fmt.Fprintf(out, "or open %s and compare the code.\n", device.VerificationURIComplete)
	}
	token, err := c.DeviceAccessToken(ctx, device, c.target...)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, fmt.Errorf("the code %s expired before the sign-in", device.UserCode)
	}
	return token, err
}

// describe returns an error for people: why ctx ended, or what the provider responded.
func describe(ctx context.Context, err error) error {
	rejected, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case !ok:
		return err
	case rejected.ErrorCode == "":
		return fmt.Errorf("%s returned %s", rejected.Response.Request.URL, rejected.Response.Status)
	}
	return providerError(rejected.ErrorCode, rejected.ErrorDescription)
}

// providerError returns an error response of the provider as an error (RFC 6749, sections 4.1.2.1 and 5.2).
func providerError(code, description string) error {
	return fmt.Errorf("the provider says %q: %q", code, description)
}
