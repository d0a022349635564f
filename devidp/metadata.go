package devidp

import "net/http"

// metadata returns the endpoints and the features of the provider. OpenID Connect Discovery 1.0 (section
// 3) and RFC 8414 (section 2) use the same members, so one document serves both.
func (p *Provider) metadata(w http.ResponseWriter, _ *http.Request) {
	issuer := p.cfg.Issuer
	secrets := []string{"client_secret_basic", "client_secret_post"}
	methods := append([]string{"none"}, secrets...)
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                        issuer,
		"authorization_endpoint":        issuer + "/authorize",
		"token_endpoint":                issuer + "/token",
		"userinfo_endpoint":             issuer + "/userinfo",
		"jwks_uri":                      issuer + "/jwks",
		"introspection_endpoint":        issuer + "/introspect",
		"revocation_endpoint":           issuer + "/revoke",
		"device_authorization_endpoint": issuer + "/device_authorization",
		"end_session_endpoint":          issuer + "/end_session",

		"scopes_supported": []string{"openid", "profile", "email", "offline_access"},
		"claims_supported": []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "nonce", "at_hash",
			"name", "preferred_username", "email", "email_verified"},
		"grant_types_supported":                 grantTypes,
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"code_challenge_methods_supported":      []string{"S256"},

		"token_endpoint_auth_methods_supported":         methods,
		"revocation_endpoint_auth_methods_supported":    methods,
		"introspection_endpoint_auth_methods_supported": secrets,

		"authorization_response_iss_parameter_supported": true, // RFC 9207
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false, // if absent, clients assume true
	})
}
