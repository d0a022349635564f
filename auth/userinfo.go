package auth

import (
	"context"
	"fmt"
	"net/http"

	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// UserInfo asks the provider about the caller of a token (OpenID Connect Core, section 5.3). The token is sent to
// its own issuer only. The error is an [Error]: TokenInactive if the provider does not accept the token any more,
// AuthUnavailable if it does not respond. A response about another subject is an error without a problem type.
func (p *Provider) UserInfo(ctx context.Context, token AccessToken, caller *Principal) (*oidc.UserInfo, error) {
	current, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	if err := CheckEndpoint(current.oidc.UserInfoEndpoint()); err != nil {
		return nil, newError(problem.NoUserInfo, "userinfo_endpoint of %s: %w", p.config.Issuer, briefly(err))
	}
	recorder := &statusRecorder{next: p.client.Transport}
	client := *p.client
	client.Transport = recorder
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: string(token)})
	info, err := current.oidc.UserInfo(oidc.ClientContext(ctx, &client), source)
	switch {
	case recorder.status == http.StatusUnauthorized:
		return nil, newError(problem.TokenInactive, "userinfo of %s responded 401", p.config.Issuer)
	case err != nil:
		return nil, newError(problem.NoUserInfo, "userinfo of %s: %w", p.config.Issuer, briefly(err))
	case info.Subject != caller.Subject:
		return nil, fmt.Errorf("userinfo of %s is about another subject", p.config.Issuer)
	}
	return info, nil
}

// A statusRecorder stores the status of the latest response, which go-oidc returns only as text.
type statusRecorder struct {
	next   http.RoundTripper
	status int
}

// RoundTrip implements [http.RoundTripper].
func (s *statusRecorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(request)
	if err == nil {
		s.status = response.StatusCode
	}
	return response, err
}
