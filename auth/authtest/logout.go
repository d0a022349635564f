package authtest

// LogoutToken returns a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4) for the client docs, about a
// session of alice.
func (i *Issuer) LogoutToken(changes ...Claims) string {
	claims := Claims{
		"aud": "docs", "client_id": nil, "sid": "session-1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	return i.Sign(map[string]any{"typ": "logout+jwt"}, i.Claims(append([]Claims{claims}, changes...)...))
}
