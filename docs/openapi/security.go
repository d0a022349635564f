package openapi

import (
	"slices"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
)

// known reports whether the provider's endpoints are, and are written.
func (b *builder) known() bool { return b.endpoint.AuthURL != "" && !b.BearerOnly }

// security returns the alternatives by which a caller can be accepted. The empty alternative needs no
// credentials. A list of scopes can be empty, never null. OpenID Connect is no alternative: it leads to the same
// token as OAuth 2.0, and clients made by openapi-generator cannot be called with it.
func (b *builder) security(route ginauth.Route) []any {
	alternatives := []any{}
	if route.Access == ginauth.Public {
		return alternatives
	}
	if route.Access == ginauth.Optional {
		alternatives = append(alternatives, object{})
	}
	// Roles are allowed in schemes other than OAuth 2.0 (OpenAPI 3.1.1, section 4.8.30).
	q := route.Requirement
	scopes := append([]string{}, b.ScopePrefix.Add(q.Scopes)...)
	if q.Accepts(auth.Token) && b.known() {
		alternatives = append(alternatives, object{"oauth2": scopes})
	}
	if q.Accepts(auth.Token) {
		alternatives = append(alternatives, object{"bearer": append(slices.Clone(scopes), q.Roles...)})
	}
	for _, form := range b.forms(q) {
		alternatives = append(alternatives, object{form.ID: slices.Concat([]string{}, q.Scopes, q.Roles)})
	}
	return alternatives
}

// forms returns those of the credentials beside tokens that are accepted.
func (c *Config) forms(q auth.Requirement) (all []auth.Form) {
	for _, scheme := range c.Challenger.Schemes.Others() {
		if q.Accepts(scheme.Name()) && !(c.BearerOnly && q.Accepts(auth.Token)) {
			all = append(all, scheme.Forms()...)
		}
	}
	return all
}

// addSchemes adds the credentials beside tokens that an operation accepts to the ways to authenticate.
func (b *builder) addSchemes(q auth.Requirement) {
	schemes := child(b.components, "securitySchemes")
	for _, form := range b.forms(q) {
		scheme := object{"type": form.Type, "description": form.Description}
		if form.Type == "apiKey" {
			scheme["in"], scheme["name"] = "header", form.Header
		} else {
			scheme["scheme"] = form.Scheme
		}
		schemes[form.ID] = scheme
	}
}

// schemes returns the ways to authenticate, which all end in the same token. Those of the provider are among them
// once its endpoints are known. OpenID Connect is for machine readers: docs/ui/signin.js removes it for Swagger UI,
// which would list it once for every grant type of the provider.
func (b *builder) schemes() object {
	schemes := object{"bearer": object{
		"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
		"description": "An access token of " + b.Issuer + ", however it was obtained.",
	}}
	if !b.known() {
		return schemes
	}
	scopes := object{}
	for _, s := range b.Scopes {
		scopes[b.ScopePrefix.Add([]string{s.Name})[0]] = s.Description
	}
	schemes["oauth2"] = object{
		"type":        "oauth2",
		"description": "Sign in at " + b.Issuer + ".",
		"flows": object{"authorizationCode": object{
			"authorizationUrl": b.endpoint.AuthURL,
			"tokenUrl":         b.endpoint.TokenURL,
			"refreshUrl":       b.endpoint.TokenURL,
			"scopes":           scopes,
		}},
	}
	schemes["openIdConnect"] = object{
		"type": "openIdConnect", "openIdConnectUrl": b.Discovery(),
		"description": "The metadata of " + b.Issuer + ".",
	}
	return schemes
}

// Discovery returns the address of the provider's metadata (OpenID Connect Discovery 1.0, section 4).
func (c *Config) Discovery() string {
	return auth.DiscoveryURL(c.Issuer, c.DiscoveryURL)
}
