package devidp

import (
	"net/http"
	"slices"
	"strings"
)

// userinfo returns the claims about the user of an access token that its scopes allow (OpenID Connect
// Core, sections 5.1 and 5.4). Tokens for any audience are accepted: the user granted openid to each.
func (p *Provider) userinfo(r *http.Request) (any, error) {
	token, err := bearerToken(r)
	if err != nil {
		return nil, err
	}
	c, ok := p.active(token)
	if !ok {
		return nil, bearerError(http.StatusUnauthorized, "invalid_token",
			"The access token is not this provider's, expired or revoked.")
	}
	user, scopes := p.users[c.Subject], strings.Fields(c.Scope)
	if user == nil || !slices.Contains(scopes, "openid") {
		return nil, bearerError(http.StatusForbidden, "insufficient_scope",
			"This needs a user's access token with the scope openid.")
	}
	info := map[string]any{"sub": user.Subject}
	if slices.Contains(scopes, "profile") {
		info["name"], info["preferred_username"] = user.Name, user.Subject
	}
	if slices.Contains(scopes, "email") && user.Email != "" {
		info["email"], info["email_verified"] = user.Email, true
	}
	return info, nil
}

// bearerToken returns the token of the Authorization header (RFC 6750, section 2.1), the only place where
// it is accepted.
func bearerToken(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		// A request without credentials gets a challenge without an error (section 3.1).
		return "", &oauthError{http.StatusUnauthorized, "", "An access token is needed.", `Bearer realm="devidp"`}
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", bearerError(http.StatusBadRequest, "invalid_request",
			"The Authorization header must be Bearer, a space and a token, once.")
	}
	return token, nil
}

// bearerError is an error with the challenge of RFC 6750, section 3.
func bearerError(status int, code, description string) error {
	challenge := `Bearer realm="devidp", error="` + code + `", error_description="` + description + `"`
	if code == "insufficient_scope" {
		challenge += `, scope="openid"`
	}
	return &oauthError{status, code, description, challenge}
}
