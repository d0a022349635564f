package auth

import (
	"context"
	"fmt"
	"net/http"

	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// UserInfo asks the provider about the caller that a token belongs to (OpenID Connect Core, section
// 5.3). The token goes to its own issuer and nowhere else. The error is a [Error]: TokenInactive
// when the provider does not honour the token any more, AuthUnavailable when it does not answer. An
// answer about another subject is an error without a reason.
func (p *Provider) UserInfo(ctx context.Context, token Token, caller *Principal) (*oidc.UserInfo, error) {
	known, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	if err := CheckEndpoint(known.oidc.UserInfoEndpoint()); err != nil {
		return nil, unavailable(fmt.Errorf("userinfo_endpoint of %s: %w", p.issuer, err))
	}
	answer := &statusKeeper{RoundTripper: p.client.Transport}
	client := *p.client
	client.Transport = answer
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: string(token)})
	info, err := known.oidc.UserInfo(oidc.ClientContext(ctx, &client), source)
	switch {
	case answer.status == http.StatusUnauthorized:
		return nil, newError(problem.TokenInactive, "userinfo of %s answered 401", p.issuer)
	case err != nil:
		return nil, unavailable(fmt.Errorf("userinfo of %s: %w", p.issuer, err))
	case info.Subject != caller.Subject:
		return nil, fmt.Errorf("userinfo of %s is about another subject", p.issuer)
	}
	return info, nil
}

// A statusKeeper remembers the status of the latest answer, which go-oidc tells only in words.
type statusKeeper struct {
	http.RoundTripper
	status int
}

func (k *statusKeeper) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := k.RoundTripper.RoundTrip(request)
	if err == nil {
		k.status = response.StatusCode
	}
	return response, err
}
