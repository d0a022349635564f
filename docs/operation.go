package docs

import (
	"strings"

	"example.com/gatehouse/auth/ginauth"
	"golang.org/x/oauth2"
)

// A merger writes into one document.
type merger struct {
	*Config
	components object
	endpoint   oauth2.Endpoint
	known      bool // whether endpoint is
}

// newMerger returns what writes into doc.
func newMerger(c *Config, doc object) *merger {
	m := &merger{Config: c, components: child(doc, "components")}
	m.endpoint, m.known = c.Endpoint()
	return m
}

// operation writes into an operation what its route asks for and how it refuses.
func (m *merger) operation(op object, route ginauth.Route) {
	op["security"] = m.security(route)
	if s := demand(route); s != "" {
		text, _ := op["description"].(string)
		op["description"] = strings.TrimSpace(text + "\n\n" + s)
	}
	m.refusals(op, route)
	for _, response := range child(op, "responses") {
		if r := response.(object); r["$ref"] == nil { // what is shared has it
			m.identify(r)
		}
	}
}

// security returns the alternatives by which a caller may be let in. An empty requirement means
// that none is needed; every list is there, if only empty, because null is not a list of scopes.
func (m *merger) security(route ginauth.Route) []any {
	alternatives := []any{}
	if route.Access == ginauth.Public {
		return alternatives
	}
	if route.Access == ginauth.Optional {
		alternatives = append(alternatives, object{})
	}
	scopes := append([]string{}, route.Requirement.Scopes...)
	if m.known {
		alternatives = append(alternatives, object{"oauth2": scopes})
	}
	// Beside the scopes, OpenAPI 3.1 allows the names of roles in schemes other than OAuth 2.0.
	roles := append(append([]string{}, scopes...), route.Requirement.Roles...)
	return append(alternatives, object{"bearer": roles}, object{"openIdConnect": scopes})
}

// demand says in a sentence what a route asks for, or returns the empty string for a public one.
func demand(route ginauth.Route) string {
	switch route.Access {
	case ginauth.Public:
		return ""
	case ginauth.Optional:
		return "Access: anybody, with a token or without."
	}
	q := route.Requirement
	var parts []string
	if len(q.Scopes) > 0 {
		parts = append(parts, count("scope", q.Scopes))
	}
	if len(q.Roles) > 0 {
		parts = append(parts, count("role", q.Roles))
	}
	if len(q.ACR) > 0 {
		parts = append(parts, "a sign-in of the class "+strings.Join(code(q.ACR), " or "))
	}
	if q.MaxAge > 0 {
		parts = append(parts, "a sign-in that is at most "+q.MaxAge.String()+" old")
	}
	if len(parts) == 0 {
		return "Access: any valid token."
	}
	return "Access: a token with " + and(parts) + "."
}

// count returns a noun phrase: the scope `a`, the scopes `a` and `b`.
func count(noun string, names []string) string {
	if len(names) > 1 {
		noun += "s"
	}
	return "the " + noun + " " + and(code(names))
}

// and joins the parts of a sentence.
func and(parts []string) string {
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// code marks each name as code in Markdown.
func code(names []string) []string {
	marked := make([]string, len(names))
	for i, name := range names {
		marked[i] = "`" + name + "`"
	}
	return marked
}

// schemes returns the ways of authenticating, which all end in the same token. OAuth 2.0 is among them
// once the provider's endpoints are known: the document must not invent addresses. OpenID Connect is for
// machine readers; Swagger UI, which would offer it once more for every grant type of the provider, is
// kept from it by docs/ui/init.js.
func (m *merger) schemes() object {
	schemes := object{
		"bearer": object{
			"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
			"description": "An access token of " + m.Issuer + ", however it was obtained.",
		},
		"openIdConnect": object{
			"type": "openIdConnect", "openIdConnectUrl": m.discovery(),
			"description": "What " + m.Issuer + " says of itself.",
		},
	}
	if !m.known {
		return schemes
	}
	scopes := object{}
	for _, s := range m.Scopes {
		scopes[s.Name] = s.Description
	}
	schemes["oauth2"] = object{
		"type":        "oauth2",
		"description": "Sign in at " + m.Issuer + ".",
		"flows": object{"authorizationCode": object{
			"authorizationUrl": m.endpoint.AuthURL,
			"tokenUrl":         m.endpoint.TokenURL,
			"refreshUrl":       m.endpoint.TokenURL,
			"scopes":           scopes,
		}},
	}
	return schemes
}
