package openapi

import (
	"fmt"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
)

// operation writes into an operation what its route asks for and how it rejects requests.
func (b *builder) operation(op object, route ginauth.Route) {
	op["security"] = b.security(route)
	b.addSchemes(route.Requirement)
	for _, sentence := range b.sentences(route) {
		text, _ := op["description"].(string)
		op["description"] = strings.TrimSpace(text + "\n\n" + sentence)
	}
	b.rejections(op, route)
	b.limits(op, route)
	for _, response := range child(op, "responses") {
		if r := response.(object); r["$ref"] == nil { // a shared one has the header
			b.requestID(r)
		}
	}
}

// sentences says what a route asks for.
func (c *Config) sentences(route ginauth.Route) (all []string) {
	if access := c.access(route); access != "" {
		all = append(all, access)
	}
	if route.Requirement.Fresh {
		all = append(all, "The provider is asked with each request whether the token is active.")
	}
	if !route.Limit.Unlimited() {
		all = append(all, fmt.Sprintf("Limit: %s and caller.", route.Limit))
	}
	return all
}

// access says in a sentence what a route asks for, or returns the empty string for a public one.
func (c *Config) access(route ginauth.Route) string {
	switch route.Access {
	case ginauth.Public:
		return ""
	case ginauth.Optional:
		return "Access: with or without a token."
	}
	q := route.Requirement
	sent := c.sent(q)
	var parts []string
	for _, scope := range q.Scopes {
		parts = append(parts, "the scope `"+scope+"`")
	}
	for _, role := range q.Roles {
		parts = append(parts, "the role `"+role+"`")
	}
	if len(q.ACR) > 0 {
		parts = append(parts, "a sign-in of the class `"+strings.Join(q.ACR, "` or `")+"`")
	}
	if q.MaxAge > 0 {
		parts = append(parts, "a sign-in that is at most "+q.MaxAge.String()+" old")
	}
	if len(parts) == 0 {
		return "Access: any valid " + strings.TrimPrefix(sent, "a ") + "."
	}
	return "Access: " + sent + " with " + strings.Join(parts, " and ") + "."
}

// sent names the credentials that are accepted.
func (c *Config) sent(q auth.Requirement) string {
	var nouns []string
	if q.Accepts(auth.Token) {
		nouns = append(nouns, "a token")
	}
	for _, form := range c.forms(q) {
		if noun := string(form.Noun); !slices.Contains(nouns, noun) {
			nouns = append(nouns, noun)
		}
	}
	return strings.Join(nouns, " or ")
}
