package problem

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// A Variant is what a problem of its type says when this was observed. Code, status and page are those of the type.
// Texts are constants. A slot, as {claim}, takes a [Fact] or what is [Published], and nothing else.
//
// The files variants_*.go are the table of all variants. A Variant is an error, as a [Type] is.
type Variant struct {
	*Type   `json:"-"`
	Name    string `json:"variant" example:"refresh"` // unique within the type; empty for what any problem of the type says
	Detail  string `json:"detail" example:"The access token expired at {expired_at}."`
	Hint    string `json:"hint" example:"Refresh it and retry once."`
	AtFault Party  `json:"at_fault" swaggertype:"string" enums:"client,provider,operator,server" example:"client"`
	Cause   Cause  `json:"cause"` // a request that gets it
	Genuine bool   `json:"-"`     // only the holder of a genuine token gets it
}

// A Party is who can fix a problem.
type Party string

// The parties.
const (
	Client   Party = "client"   // the program that sent the request, or its user
	Provider Party = "provider" // how the identity provider is configured
	Operator Party = "operator" // how this API is configured
	Server   Party = "server"   // a failure that passes
)

// genuineSlots are those for facts about claims.
var genuineSlots = []string{"claim", "form", "settings", "expired_at", "not_before", "seconds"}

// variant declares a variant of the type.
func (t *Type) variant(name string, cause Cause, detail, hint string) *Variant {
	of := func(slot string) bool { return strings.Contains(detail+hint, "{"+slot+"}") }
	v := &Variant{t, name, detail, hint, t.AtFault, cause, t.Genuine || slices.ContainsFunc(genuineSlots, of)}
	t.variants = append(t.variants, v)
	return v
}

// by sets who can fix it, where that is another party than for the other variants of the type.
func (v *Variant) by(p Party) *Variant {
	v.AtFault = p
	return v
}

// general returns what any problem of the type says.
func (t *Type) general() *Variant {
	return &Variant{Type: t, Detail: t.Detail, Hint: t.Hint, AtFault: t.AtFault}
}

// Variants returns the variants of the type, in the order of their declaration.
func (t *Type) Variants() []*Variant { return slices.Clone(t.variants) }

// Example returns the variant that stands for the type in examples: the first one.
func (t *Type) Example() *Variant {
	if len(t.variants) == 0 {
		return t.general()
	}
	return t.variants[0]
}

// Error returns code and name, for the log.
func (v *Variant) Error() string { return v.Code + ": " + v.Name }

// Unwrap returns the type, so that errors.Is finds it.
func (v *Variant) Unwrap() error { return v.Type }

// VariantOf returns the variant that an error is, and the facts for its slots. An error without one says what any
// problem of its type says.
func VariantOf(err error) (*Variant, []Fact) {
	t := Of(err)
	v, ok := errors.AsType[*Variant](err)
	if !ok || v.Type != t { // it is that of a cause
		return t.general(), nil
	}
	if with, ok := errors.AsType[factualError](err); ok {
		return v, with.Facts()
	}
	return v, nil
}

// Texts returns detail and hint, with what is published and the facts in their slots.
func (v *Variant) Texts(p *Published, facts ...Fact) (detail, hint string) {
	return fill(v.Detail, p, facts), Suffixed(fill(v.Hint, p, facts), p.Suffix)
}

// slot is a slot of a text, and quotedSlot one of a text that is quoted for a regular expression.
var slot, quotedSlot = regexp.MustCompile(`\{[a-z_]+\}`), regexp.MustCompile(`\\\{[a-z_]+\\\}`)

// Matches reports whether detail and hint are the texts of the variant, with anything in their slots.
func (v *Variant) Matches(detail, hint string) bool {
	matches := func(text, filled string) bool {
		pattern := quotedSlot.ReplaceAllString(Suffixed(regexp.QuoteMeta(text), "(_[2-9])?"), ".*")
		matched, err := regexp.MatchString("^(?s)"+pattern+"$", filled)
		return matched && err == nil
	}
	return matches(v.Detail, detail) && matches(v.Hint, hint)
}

// Find returns the variant whose texts these are, or nil.
func (t *Type) Find(detail, hint string) *Variant {
	for _, v := range append([]*Variant{t.general()}, t.variants...) {
		if v.Matches(detail, hint) {
			return v
		}
	}
	return nil
}

// A factualError has the facts for the slots of its variant.
type factualError interface {
	error
	Facts() []Fact
}

// A Cause is a request that is rejected with a variant, as the difference from one that is accepted. The page of the
// type shows both, and a test sends it.
type Cause struct {
	Line          string   `json:"request,omitempty" example:"GET /me"`                         // empty for any operation that requires a token
	Anonymous     bool     `json:"anonymous,omitempty" example:"false"`                         // it has no Authorization header
	Authorization []string `json:"authorization,omitempty" example:"Bearer undefined"`          // {token} stands for an access token; empty means Bearer {token}
	Header        []string `json:"headers,omitempty" example:"Content-Type: text/plain"`        // beside Authorization
	Body          string   `json:"body,omitempty" example:"name=a"`                             // of the request
	Token         string   `json:"token,omitempty" example:"{\"header\": {\"alg\": \"none\"}}"` // how the token differs; {now+60} stands for a time
	While         string   `json:"while,omitempty" example:"the provider does not respond"`     // what else must hold
}

// tokenWith returns the cause that is an access token with other members.
func tokenWith(difference string) Cause { return Cause{Token: difference} }

// sent returns the cause that is the value of an Authorization header.
func sent(authorization ...string) Cause { return Cause{Authorization: authorization} }

// while returns the cause that is a situation.
func while(situation string) Cause { return Cause{While: situation} }

// issuerVariable is the name of a variable that there is for each issuer.
var issuerVariable = regexp.MustCompile(`\b(OIDC_(ISSUER|AUDIENCE|CLIENTS|DISCOVERY_URL|TENANTS|AUTHORIZE_PARAMS)|TOKEN_PROFILE|` +
	`ROLES_CLAIM|SCOPES_CLAIM|SCOPE_PREFIX|REQUIRED_CLAIMS|MAX_TOKEN_SIZE|DOCS_CLIENT_ID|INTROSPECTION(_URL|_CLIENT_ID|_CLIENT_SECRET|_CACHE)?|TOKEN_CLIENT_ID|TOKEN_CLIENT_SECRET)(?P<file>_FILE)?\b`)

// Suffixed returns a text in which the variables of an issuer have its suffix: OIDC_CLIENTS_2 in place of OIDC_CLIENTS.
func Suffixed(text, suffix string) string {
	if suffix == "" {
		return text
	}
	return issuerVariable.ReplaceAllString(text, "${1}"+suffix+"${file}")
}
