package problem

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Fact fills one slot of a variant. The functions that make one are the rule of disclosure (SECURITY.md): there is
// none for a text that was sent, except a plain name of an algorithm, and none for a setting of the server.
type Fact struct {
	slot   string
	text   string
	list   []string
	time   time.Time
	number int
}

// A Constant is a text of the program's code. A test fails for code that makes one from another text.
type Constant string

// What may be repeated of the name of an algorithm, and of a claim, which is printable and needs no escape in quotes.
var algorithmName, claimName = regexp.MustCompile(`^[A-Za-z0-9-]{1,16}$`), regexp.MustCompile(`^[ !#-\[\]-~]{1,64}$`)

// Algorithm returns the fact of which algorithm a header names, if its name is short and plain.
func Algorithm(name string) Fact {
	return Fact{slot: "algorithm", text: algorithmName.FindString(name)}
}

// Claim returns the fact of which claim of a genuine token is meant. The name comes from the code, the configuration or
// the token, whose holder receives it.
func Claim(name string) Fact {
	return Fact{slot: "claim", text: claimName.FindString(name)}
}

// Form returns the fact of which form a claim must have.
func Form(form Constant) Fact { return Fact{slot: "form", text: string(form)} }

// Advice returns the fact of how the provider is asked for what was missing.
func Advice(advice Constant) Fact { return Fact{slot: "advice", text: string(advice)} }

// Settings returns the fact of what the operator can set so that a genuine token is accepted: a profile unless it is nil, and
// other settings.
func Settings(profile fmt.Stringer, others Constant) Fact {
	text := string(others)
	switch {
	case profile != nil && text != "":
		text = "TOKEN_PROFILE=" + profile.String() + " and " + text
	case profile != nil:
		text = "TOKEN_PROFILE=" + profile.String()
	}
	return Fact{slot: "settings", text: text}
}

// ExpiredAt returns the fact of when a genuine token expired.
func ExpiredAt(t time.Time) Fact { return Fact{slot: "expired_at", time: t} }

// NotBefore returns the fact of when a genuine token becomes valid.
func NotBefore(t time.Time) Fact { return Fact{slot: "not_before", time: t} }

// Seconds returns the fact of how far a genuine token is from being valid, or for how long a caller is to wait.
func Seconds(d time.Duration) Fact {
	return Fact{slot: "seconds", number: int(d.Round(time.Second) / time.Second)}
}

// Size returns the fact of how many bytes something had that was sent.
func Size(bytes int) Fact { return Fact{slot: "size", number: bytes} }

// Limit returns the fact of how many bytes are accepted.
func Limit(bytes int) Fact { return Fact{slot: "limit", number: bytes} }

// Scopes returns the fact of which scopes of the route's requirement are missing.
func Scopes(names []string) Fact { return Fact{slot: "scopes", list: names} }

// Roles returns the fact of which roles of the route's requirement are missing.
func Roles(names []string) Fact { return Fact{slot: "roles", list: names} }

// Kind returns the fact of which kind of credentials was sent: an API key.
func Kind(noun Constant) Fact { return Fact{slot: "kind", text: string(noun)} }

// Accepted returns the fact of how credentials are sent that the operation accepts.
func Accepted(ways []Constant) Fact {
	var text string
	for i, way := range ways {
		if i > 0 {
			text += " or "
		}
		text += string(way)
	}
	return Fact{slot: "accepted", text: text}
}

// Published is what the metadata of the API or its provider, or another header of the response, says.
type Published struct {
	Issuer        string
	Suffix        string // of the variables of the issuer, in hints to the operator
	Audience      []string
	TokenEndpoint string
	Methods       string                  // of the path, as Allow lists them
	Wait          time.Duration           // before the next request
	Scopes        func([]string) []string // returns scopes as clients have to ask for them; nil for as they are
}

// facts returns a fact for each slot.
func (p *Published) facts() []Fact {
	return []Fact{
		{slot: "issuer", text: p.Issuer}, {slot: "audience", text: strings.Join(p.Audience, " or ")},
		{slot: "token_endpoint", text: p.TokenEndpoint}, {slot: "methods", text: p.Methods},
		{slot: "wait", number: int(p.Wait / time.Second)},
	}
}

// unknown are what stands in a slot without a fact.
var unknown = map[string]string{
	"algorithm": "another algorithm", "claim": "a claim", "form": "of its type", "audience": "this API",
	"token_endpoint": "the token endpoint of the provider", "methods": "other methods", "issuer": "the provider of this API",
	"advice": "Let the client ask for this API (resource or audience).", "settings": "TOKEN_PROFILE to that of the provider",
	"scopes": "that the operation requires", "roles": "that the operation requires",
	"expired_at": "its exp", "not_before": "its nbf", "seconds": "some", "kind": "this kind of credentials", "accepted": "credentials that the operation accepts", "size": "too many", "limit": "fewer", "wait": "some",
}

// Samples returns facts for an example of a body: one for each slot, with the scopes and roles of a requirement.
func Samples(scopes, roles []string) []Fact {
	at := time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)
	return []Fact{
		Algorithm("HS256"), Claim("exp"), Form("a number: seconds since 1970"), ExpiredAt(at), NotBefore(at), Seconds(time.Minute),
		Size(9000), Limit(8192), Scopes(scopes), Roles(roles), {slot: "settings", text: "TOKEN_PROFILE=jwt"},
	}
}

// format returns what stands in the slot.
func (f Fact) format(p *Published) string {
	switch {
	case !f.time.IsZero():
		return f.time.UTC().Format(time.RFC3339)
	case f.list != nil && f.slot == "scopes" && p.Scopes != nil:
		return strings.Join(p.Scopes(f.list), " ")
	case f.list != nil:
		return strings.Join(f.list, " ")
	case f.number != 0:
		return strconv.Itoa(f.number)
	case f.slot == "advice" && f.text != "":
		return fill(f.text, p, nil)
	case f.text != "":
		return f.text
	}
	return unknown[f.slot]
}

// fill returns a text with facts in its slots.
func fill(text string, p *Published, facts []Fact) string {
	return slot.ReplaceAllStringFunc(text, func(s string) string {
		name := s[1 : len(s)-1]
		for _, known := range [][]Fact{facts, p.facts()} {
			if i := slices.IndexFunc(known, func(f Fact) bool { return f.slot == name }); i >= 0 {
				return known[i].format(p)
			}
		}
		if text, ok := unknown[name]; ok {
			return text
		}
		return s
	})
}
