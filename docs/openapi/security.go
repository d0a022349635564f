package openapi

import (
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"golang.org/x/oauth2"
)

// known reports whether the endpoints of the provider with this number are, and are written.
func (b *builder) known(number int) bool {
	return !b.BearerOnly && number < len(b.endpoints) && b.endpoints[number].AuthURL != ""
}

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
	q := route.Requirement
	for i, issuer := range b.Issuers {
		if q.Accepts(auth.Token) && b.known(i) {
			alternatives = append(alternatives, object{"oauth2" + issuer.Suffix: append([]string{}, issuer.ScopePrefix.Add(q.Scopes)...)})
		}
	}
	if q.Accepts(auth.Token) {
		// Roles are allowed in schemes other than OAuth 2.0 (OpenAPI 3.1.1, section 4.8.30).
		scopes := append([]string{}, b.Issuers[0].ScopePrefix.Add(q.Scopes)...)
		alternatives = append(alternatives, object{"bearer": append(scopes, q.Roles...)})
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
	schemes := object{}
	for i, issuer := range b.Issuers {
		if b.known(i) {
			b.addProvider(schemes, issuer, b.endpoints[i])
		}
	}
	schemes["bearer"] = object{
		"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
		"description": "An access token of " + b.IssuerNames() + ", however it was obtained.",
	}
	return schemes
}

// addProvider adds the ways to authenticate at one provider.
func (b *builder) addProvider(schemes object, issuer Issuer, endpoint oauth2.Endpoint) {
	scopes := object{}
	for _, s := range b.Scopes {
		scopes[issuer.ScopePrefix.Add([]string{s.Name})[0]] = s.Description
	}
	schemes["oauth2"+issuer.Suffix] = object{
		"type":        "oauth2",
		"description": "Sign in at " + issuer.URL + ".",
		"flows": object{"authorizationCode": object{
			"authorizationUrl": endpoint.AuthURL,
			"tokenUrl":         endpoint.TokenURL,
			"refreshUrl":       endpoint.TokenURL,
			"scopes":           scopes,
		}},
	}
	schemes["openIdConnect"+issuer.Suffix] = object{
		"type": "openIdConnect", "openIdConnectUrl": issuer.Discovery(),
		"description": "The metadata of " + issuer.URL + ".",
	}
}

// IssuerNames returns all issuers, for people.
func (c *Config) IssuerNames() string {
	var all []string
	for _, issuer := range c.Issuers {
		all = append(all, issuer.URL)
	}
	return strings.Join(all, " or ")
}

// Discovery returns the address of the first provider's metadata.
func (c *Config) Discovery() string { return c.Issuers[0].Discovery() }

// Discovery returns the address of the provider's metadata (OpenID Connect Discovery 1.0, section 4).
func (i Issuer) Discovery() string { return auth.DiscoveryURL(i.URL, i.DiscoveryURL) }
