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
	tokenTimeout = 5 * time.Second  // of a request for a token; x/oauth2 reads at most 1 MiB of the response
	margin       = 10 * time.Second // before its end a token is replaced, because it must still be valid on arrival
)

// A subject is the party that a token is for: a caller, or this API itself if it is zero.
type subject struct {
	token auth.AccessToken // of the caller
	until time.Time        // when that token ends
}

// An issuedToken is a token that the provider issued to this API.
type issuedToken struct {
	token auth.AccessToken
	until time.Time // when to replace it
}

// size returns how many tokens of the usual size it is as large as.
func (t issuedToken) size() int64 { return int64(1 + len(t.token)/auth.MaxTokenSize) }

// token returns a token for the subject from the cache, or a new one. Concurrent requests for the same subject share
// one request to the provider, and each waits no longer than its own context.
func (c *Client) token(ctx context.Context, s subject) (auth.AccessToken, error) {
	sum := sha256.Sum256([]byte(s.token)) // so that the cache stores no token of a caller
	call := c.calls.DoChan(string(sum[:]), func() (any, error) {
		if cached, found := c.tokens.Get(sum); found && c.config.Now().Before(cached.until) {
			return cached.token, nil
		}
		issued, err := c.fetch(context.WithoutCancel(ctx), s)
		if err != nil {
			return nil, fmt.Errorf("a token for %s: %w", c.config.Origin, err)
		}
		if c.config.Now().Before(issued.until) {
			c.tokens.Put(sum, issued, issued.size())
		}
		return issued.token, nil
	})
	select {
	case result := <-call:
		token, _ := result.Val.(auth.AccessToken)
		return token, result.Err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// fetch requests a token from the provider. It is to be replaced before its own end and before the end of the
// caller's token.
func (c *Client) fetch(ctx context.Context, s subject) (issued issuedToken, err error) {
	grant, err := c.grant(s)
	if err != nil {
		return issued, unavailable(err)
	}
	requested := c.config.Now()
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, c.client))
	switch {
	case err != nil:
		return issued, c.tokenError(s, err)
	case token.Type() != "Bearer":
		return issued, errors.New("the provider issued a token that is not a bearer token")
	case token.AccessToken == string(s.token):
		return issued, errors.New("the provider returned the caller's own token")
	}
	until := requested.Add(time.Until(token.Expiry)) // x/oauth2 uses the wall clock, and zero for never
	if s.token != "" && s.until.Before(until) {
		until = s.until
	}
	return issuedToken{auth.AccessToken(token.AccessToken), until.Add(-margin)}, nil
}

// grant returns the request for a token. Both kinds use the client credentials of x/oauth2, which accepts another
// grant type: in an exchange, too, the client authenticates itself.
func (c *Client) grant(s subject) (*clientcredentials.Config, error) {
	endpoint, known := c.provider.Endpoint()
	if !known {
		return nil, errors.New("the provider's metadata was not fetched yet")
	}
	if err := auth.CheckEndpoint(endpoint.TokenURL); err != nil {
		return nil, fmt.Errorf("token_endpoint: %w", err)
	}
	parameters := url.Values{}
	if s.token != "" {
		maps.Copy(parameters, c.config.OnBehalfOf(s.token))
		if !parameters.Has("grant_type") { // the token would be for this API itself
			return nil, errors.New("OnBehalfOf returns no grant_type")
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
