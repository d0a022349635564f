package devidp

import (
	"net/http"
	"slices"
	"strings"
)

// userClaims is the userinfo response (OpenID Connect Core, sections 5.1 and 5.4).
type userClaims struct {
	Subject           string `json:"sub"`
	Name              string `json:"name,omitempty"`
	PreferredUsername string `json:"preferred_username,omitempty"`
	Email             string `json:"email,omitempty"`
	EmailVerified     bool   `json:"email_verified,omitempty"`
}

// userinfo tells about the user whom an access token stands for, as far as its scopes reach. A token
// for the API will do: whoever holds it was given the scope openid by the same user.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, err := bearer(r)
	if err != nil {
		p.writeError(w, r, err)
		return
	}
	c, ok := p.active(token)
	if !ok {
		p.writeError(w, r, challenge(http.StatusUnauthorized, "invalid_token",
			"The access token is not this provider's, expired or revoked."))
		return
	}
	user, scopes := p.user(c.Subject), strings.Fields(c.Scope)
	if user == nil || !slices.Contains(scopes, "openid") {
		p.writeError(w, r, challenge(http.StatusForbidden, "insufficient_scope",
			"This needs a user's access token with the scope openid."))
		return
	}
	info := userClaims{Subject: user.Subject}
	if slices.Contains(scopes, "profile") {
		info.Name, info.PreferredUsername = user.Name, user.Subject
	}
	if slices.Contains(scopes, "email") {
		info.Email, info.EmailVerified = user.Email, user.Email != ""
	}
	writeJSON(w, http.StatusOK, info)
}

// bearer returns the token of the Authorization header (RFC 6750, section 2.1), the one place where
// it is looked for.
func bearer(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		// Whoever sends no credentials is told how to, but of no error (section 3.1).
		return "", &refusal{status: http.StatusUnauthorized,
			description: "An access token is needed.", challenge: `Bearer realm="devidp"`}
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", challenge(http.StatusBadRequest, "invalid_request",
			"The Authorization header must be Bearer, a space and a token, once.")
	}
	return token, nil
}

// challenge is a refusal in the form of RFC 6750, section 3.
func challenge(status int, code, description string) error {
	header := `Bearer realm="devidp", error="` + code + `", error_description="` + description + `"`
	if code == "insufficient_scope" {
		header += `, scope="openid"`
	}
	return &refusal{status: status, code: code, description: description, challenge: header}
}
