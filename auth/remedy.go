package auth

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// remedy returns what to do about a check that failed, if what was seen has a name.
func (t *trial) remedy(c *Check, m members) string {
	switch c.Name {
	case "typ", "kind":
		return t.kindRemedy(m)
	case "key":
		return t.keyRemedy(c, m)
	case "signature":
		return t.strangerRemedy()
	case "iss":
		return t.issuerRemedy()
	case "aud":
		return audienceRemedy(t.config.Audience, t.Audience)
	case "exp", "nbf", "iat":
		return t.dateRemedy(c.Name)
	case "client_id":
		return t.clientRemedy()
	case "jti":
		return t.lenientRemedy(t.ID.state == absent, "The provider writes no jti")
	case "cnf":
		return "The token is bound to its holder's key: switch off sender constraining (DPoP, mTLS) for this client at the provider."
	}
	return ""
}

// formRemedy knows what is sent in a token's place, by who builds the header with a program.
func formRemedy(token string) string {
	switch {
	case slices.Contains([]string{"undefined", "null", "None", "nil", "false"}, token):
		return "A program sent the word " + token + ": it had no token when it made the header."
	case strings.HasPrefix(token, "[object"):
		return "A program sent an object where the token belongs: wait for the token, and take it out of the response."
	case strings.HasPrefix(token, "$") || strings.HasPrefix(token, "{{") || strings.HasPrefix(token, "<"):
		return "This is a placeholder: put the token in its place."
	case len(token) > 7 && strings.EqualFold(token[:7], "Bearer "):
		return "The word Bearer stands there twice: send it once."
	case strings.HasPrefix(token, "access_token="):
		return "This is a part of a form: send what stands behind access_token=."
	case strings.HasPrefix(token, "{"):
		return "This is a whole token response: send the value of its access_token."
	case strings.ContainsAny(token, `"'`):
		return "There are quotes around the token, or within it: send it without."
	case strings.ContainsAny(token, " \t\r\n"):
		return "There are spaces or line breaks in the token: send it in one piece."
	case strings.Contains(token, "%"):
		return "The token was escaped for an address: send it as the provider wrote it."
	case !strings.Contains(token, "."):
		return "This is no JWT: let the client ask for this API (resource or audience), so that the provider issues one for it."
	}
	return ""
}

func (t *trial) kindRemedy(m members) string {
	switch kind := t.kind(); {
	case kind == "an ID token":
		return "The token is an ID token: send access_token, not id_token."
	case kind != "an access token":
		return "The token is " + kind + ": send the access token."
	case t.ours() && (m.typ.state == absent || strings.EqualFold(m.typ.value, "JWT")):
		return "The provider does not follow RFC 9068: set TOKEN_PROFILE=jwt, or switch it to at+jwt access tokens."
	}
	return ""
}

// developmentKey is how the development provider begins the names of its keys.
const developmentKey = "dev-"

func (t *trial) keyRemedy(c *Check, m members) string {
	development := strings.HasPrefix(m.keyID.value, developmentKey)
	switch {
	case c.Code == problem.AuthUnavailable.Code:
		return "The token was not judged: the log has what the provider answered, or see whether OIDC_ISSUER is right."
	case c.Code == problem.AlgorithmNotAllowed.Code:
		return ""
	case development && t.Issuer.value == t.config.Issuer:
		return "The token was signed by another key of the development provider, which was started anew: sign in again."
	case development:
		return "The token was signed by a key of the development provider: get one from " + t.config.Issuer + "."
	}
	if remedy := t.strangerRemedy(); remedy != "" {
		return remedy
	}
	return "The provider has withdrawn this key, or never had it: get a new token."
}

// strangerRemedy is about a token that does not even claim to be from the issuer.
func (t *trial) strangerRemedy() string {
	if t.Issuer.state != valid || t.Issuer.value == t.config.Issuer {
		return ""
	}
	return fmt.Sprintf("The token says that it is from %q, and this API trusts %q.", t.Issuer.value, t.config.Issuer)
}

func (t *trial) issuerRemedy() string {
	want, got := t.config.Issuer, t.Issuer
	switch {
	case got.state != valid:
		return ""
	case t.ours():
		return fmt.Sprintf("The issuers differ only by a trailing slash: set OIDC_ISSUER=%s.", got.value)
	case strings.EqualFold(want, got.value):
		return fmt.Sprintf("The issuers differ only by upper and lower case: set OIDC_ISSUER=%s.", got.value)
	case strings.HasPrefix(got.value, "https://sts.windows.net/") && !slices.Contains(t.Audience.values, microsoftGraph):
		return "The token has a v1 issuer of Entra ID: set requestedAccessTokenVersion to 2 in the API's manifest."
	}
	return addressRemedy(want, got.value, "issuers")
}

func audienceRemedy(want []string, got texts) string {
	switch {
	case got.state == absent:
		return "The token has no aud: let the client ask for this API (resource or audience), or add an audience mapper at Keycloak."
	case got.state != valid:
		return ""
	case slices.Contains(got.values, "account"):
		return "aud is account: add an audience mapper at Keycloak, to the client or to a client scope."
	case slices.Contains(got.values, microsoftGraph):
		return "The token is for Microsoft Graph: let the client ask for a scope of this API, such as api://ID/NAME."
	}
	for _, w := range want {
		for _, g := range got.values {
			if strings.TrimSuffix(w, "/") == strings.TrimSuffix(g, "/") {
				return fmt.Sprintf("The audiences differ only by a trailing slash: set OIDC_AUDIENCE=%s, or change it at the provider.", g)
			}
			if strings.TrimPrefix(w, "api://") == strings.TrimPrefix(g, "api://") {
				return fmt.Sprintf("The audiences differ only by api://: set OIDC_AUDIENCE=%s, or change it at the provider.", g)
			}
			if remedy := addressRemedy(w, g, "audiences"); remedy != "" {
				return remedy
			}
		}
	}
	return "The token is for another API: let the client ask for this one (resource or audience). If aud is a name of this one, add it to OIDC_AUDIENCE."
}

// microsoftGraph is who tokens of Entra ID are for that were asked for without a scope of an API.
const microsoftGraph = "00000003-0000-0000-c000-000000000000"

// addressRemedy knows two names of one address.
func addressRemedy(want, got, what string) string {
	w, wantErr := url.Parse(want)
	g, gotErr := url.Parse(got)
	if wantErr != nil || gotErr != nil || w.Host == "" || g.Host == "" {
		return ""
	}
	sameHost := w.Hostname() == g.Hostname()
	switch {
	case !sameHost && Loopback(w.Hostname()) && Loopback(g.Hostname()):
		return fmt.Sprintf("The %s differ by %s against %s: use one name for this machine everywhere.", what, g.Hostname(), w.Hostname())
	case sameHost && w.Scheme != g.Scheme && w.Path == g.Path:
		return fmt.Sprintf("The %s differ by %s against %s: one side does not know of the proxy in front of it.", what, g.Scheme, w.Scheme)
	}
	return ""
}

// dateRemedy says how much is missing, and whether a clock may be why: one that is ahead makes tokens
// expire early, and one that is behind has them come from the future.
func (t *trial) dateRemedy(check string) string {
	claim := map[string]date{"exp": t.Expiry, "nbf": t.NotBefore, "iat": t.IssuedAt}[check]
	if claim.state != valid {
		return ""
	}
	off, direction := t.provider.clockOffset(), "ahead of"
	ago := t.now.Sub(claim.time).Round(time.Second)
	told := fmt.Sprintf("It expired %s ago, and CLOCK_SKEW is %s.", ago, t.config.Leeway)
	if check != "exp" {
		told = fmt.Sprintf("It is dated %s from now, and CLOCK_SKEW is %s.", -ago, t.config.Leeway)
		off, direction = -off, "behind"
	}
	if off > maxOffset {
		told += fmt.Sprintf(" This clock is %s %s the provider's: synchronise it.", off, direction)
	}
	return told
}

// maxOffset is how far apart two clocks are that nobody has to look at: a Date has whole seconds.
const maxOffset = 2 * time.Second

func (t *trial) clientRemedy() string {
	elsewhere := t.Party.state == valid || t.OktaID.state == valid
	return t.lenientRemedy(t.ClientID.state == absent && elsewhere, "The client stands in azp or cid")
}

// lenientRemedy is about an access token as the lenient profile would have accepted it. To be told so of
// another kind of token, or of another issuer's, would loosen the API for nothing.
func (t *trial) lenientRemedy(applies bool, what string) string {
	if !applies || t.kind() != "an access token" || !t.ours() {
		return ""
	}
	return what + ": the provider does not follow RFC 9068, set TOKEN_PROFILE=jwt."
}

// ours reports whether the token says that it is from the issuer, give or take a slash.
func (t *trial) ours() bool {
	return strings.TrimSuffix(t.Issuer.value, "/") == strings.TrimSuffix(t.config.Issuer, "/")
}
