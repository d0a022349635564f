package outgoing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"time"

	"example.com/gatehouse/auth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const (
	tokenTimeout = 5 * time.Second  // of a request for a token; x/oauth2 reads 1 MiB of the answer at most
	early        = 10 * time.Second // before its end a token is replaced, for it has to arrive, too
)

// A subject is whom a token is asked for: a caller, or this API itself when it is zero.
type subject struct {
	token auth.Token // that the caller came with
	until time.Time  // when that ends
}

// token returns a token for the subject: one that was kept, or a new one. Requests for the same
// subject wait for one answer of the provider, each no longer than its own context.
func (c *Client) token(ctx context.Context, s subject) (auth.Token, error) {
	sum := sha256.Sum256([]byte(s.token))
	flight := c.flights.DoChan(string(sum[:]), func() (any, error) {
		if token := c.tokens.get(sum, c.config.Now()); token != "" {
			return token, nil
		}
		token, until, err := c.fetch(context.WithoutCancel(ctx), s)
		if err != nil {
			return nil, fmt.Errorf("a token for %s: %w", c.config.Origin, err)
		}
		if c.config.Now().Before(until) {
			c.tokens.put(sum, token, until)
		}
		return token, nil
	})
	select {
	case landed := <-flight:
		token, _ := landed.Val.(auth.Token)
		return token, landed.Err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// fetch asks the provider for a token, and returns how long it may be kept: not beyond its own end,
// nor beyond that of the caller's token.
func (c *Client) fetch(ctx context.Context, s subject) (auth.Token, time.Time, error) {
	grant, err := c.grant(s)
	if err != nil {
		return "", time.Time{}, unavailable(err)
	}
	asked := c.config.Now()
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, c.client))
	switch {
	case err != nil:
		return "", time.Time{}, c.refusal(s, err)
	case token.Type() != "Bearer":
		return "", time.Time{}, errors.New("the provider issued one that is no bearer token")
	case token.AccessToken == string(s.token):
		return "", time.Time{}, errors.New("the provider handed back the caller's own")
	}
	until := asked.Add(time.Until(token.Expiry)) // x/oauth2 counts by the wall clock, and zero is never
	if s.token != "" && s.until.Before(until) {
		until = s.until
	}
	return auth.Token(token.AccessToken), until.Add(-early), nil
}

// grant returns the request for a token. Both kinds are x/oauth2's client credentials, which lets the
// grant type be another: in an exchange, too, the client is the one that authenticates.
func (c *Client) grant(s subject) (*clientcredentials.Config, error) {
	endpoint, known := c.provider.Endpoint()
	if !known {
		return nil, errors.New("the provider's addresses are not known yet")
	}
	if err := auth.CheckEndpoint(endpoint.TokenURL); err != nil {
		return nil, fmt.Errorf("token_endpoint: %w", err)
	}
	parameters := url.Values{}
	if s.token != "" {
		maps.Copy(parameters, c.config.OnBehalfOf(s.token))
		if !parameters.Has("grant_type") { // it would be a token of this API itself
			return nil, errors.New("OnBehalfOf names no grant_type")
		}
	}
	if c.config.Resource != "" {
		parameters.Set("resource", c.config.Resource)
	}
	if c.config.Audience != "" {
		parameters.Set("audience", c.config.Audience)
	}
	return &clientcredentials.Config{
		ClientID: c.config.ClientID, ClientSecret: string(c.config.ClientSecret), AuthStyle: c.config.AuthStyle,
		TokenURL: endpoint.TokenURL, Scopes: c.config.Scopes, EndpointParams: parameters,
	}, nil
}
