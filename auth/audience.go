package auth

import (
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// checkAudience requires one of the API's audiences among the token's (RFC 7519, section 4.1.3). In place of an audience,
// the client tells tokens apart that are for this API: at a provider that writes no audience, and where the audience is
// the client and no other is configured. checkClient compares it.
func checkAudience(c *candidate) *problem.Variant {
	got, byClient := c.claims.Audience, len(c.config.Clients) > 0
	accepted := func(audience string) bool { return slices.Contains(c.config.Audience, audience) }
	switch {
	case slices.ContainsFunc(got.values, accepted):
		return nil
	case byClient && got.state == absent && c.rules.mayMiss("aud"):
		return nil
	case byClient && len(c.config.Audience) == 0 && c.client.state == valid && slices.Contains(got.values, c.client.value):
		return nil
	}
	return c.otherAudience()
}

// otherAudience says how the audience differs from those of the API.
func (c *candidate) otherAudience() *problem.Variant {
	got := c.claims.Audience
	switch {
	case got.state == absent:
		return problem.AudienceAbsent
	case got.state == invalid, slices.ContainsFunc(got.values, c.joinsAudiences):
		return problem.AudienceNoText
	case len(got.values) == 0:
		return problem.AudienceEmpty
	case slices.Contains(got.values, "account"):
		return problem.AudienceAccount
	case slices.Contains(got.values, microsoftGraph):
		return problem.AudienceGraph
	case slices.ContainsFunc(got.values, c.claims.namesClient):
		return problem.AudienceClient
	case c.certain() && c.compareAudiences() != "":
		return problem.AudienceForm
	}
	return problem.AudienceOther
}

// joinsAudiences reports whether a text has several audiences, or a list of them, one of which is the API's.
func (c *candidate) joinsAudiences(text string) bool {
	return slices.ContainsFunc(words(text, separators), func(one string) bool { return slices.Contains(c.config.Audience, one) })
}

// microsoftGraph is the audience of Entra ID's tokens for clients that ask for no scope of an API.
const microsoftGraph = "00000003-0000-0000-c000-000000000000"

// audienceAdvice suggests another OIDC_AUDIENCE only for what is certainly an access token: the audience of an ID token
// is its client, and an API that accepts that audience is one step from accepting ID tokens.
func (c *candidate) audienceAdvice() string {
	const (
		ask   = "let the client ask for this API (resource or audience), or add an audience mapper at Keycloak."
		other = "The token is for another API: let the client ask for this one (resource or audience)."
	)
	if advice := c.settingsAdvice("aud", "aud does not name this API"); advice != "" {
		return advice
	}
	switch observed := c.otherAudience(); {
	case observed == problem.AudienceAbsent && c.rules.mayMiss("aud"):
		return "The provider writes no aud: set OIDC_CLIENTS to the clients of this API."
	case c.rules.audience != "" && len(c.claims.Audience.values) == 0:
		return "The token is for no API. " + c.rules.expand(string(c.rules.audience))
	case observed == problem.AudienceAbsent:
		return "The token has no aud: " + ask
	case observed == problem.AudienceEmpty:
		return "aud is empty: " + ask
	case observed == problem.AudienceNoText:
		return ""
	case observed == problem.AudienceAccount:
		return "aud is account: add an audience mapper at Keycloak, to the client or to a client scope."
	case observed == problem.AudienceGraph:
		return "The token is for Microsoft Graph: let the client ask for a scope of this API, such as api://ID/NAME."
	case observed == problem.AudienceForm:
		return c.compareAudiences()
	case observed == problem.AudienceClient || !c.certain():
		return other
	}
	return other + " If aud is a name of this one, add it to OIDC_AUDIENCE."
}

// compareAudiences returns a sentence that says how an audience differs from one of the API's by its form alone, if one does.
func (c *candidate) compareAudiences() string {
	for _, want := range c.config.Audience {
		for _, got := range c.claims.Audience.values {
			if advice := compareAudiences(want, got); advice != "" {
				return advice
			}
		}
	}
	return ""
}

func compareAudiences(want, got string) string {
	fix := "set OIDC_AUDIENCE=" + Brief(got) + ", or change it at the provider"
	if strings.TrimPrefix(want, "api://") == strings.TrimPrefix(got, "api://") {
		return "The audiences differ only by api://: " + fix + "."
	}
	return compareAddresses("audiences", want, got, fix)
}

// audienceClient returns the client that is the audience: the only one, and not a name of the API, unless the token says
// or the configuration that this is a client.
func (c *candidate) audienceClient() stringClaim {
	audience := c.claims.Audience.values
	if len(audience) != 1 {
		return stringClaim{}
	}
	one := audience[0]
	if slices.Contains(c.config.Audience, one) && one != c.claims.Subject.value && !slices.Contains(c.config.Clients, one) {
		return stringClaim{}
	}
	return stringClaim{valid, one}
}
