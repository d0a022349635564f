package auth

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// remedy returns what to do about a check that failed, if what was seen has a name.
func (t *trial) remedy(check string, m members) string {
	switch check {
	case "typ", "kind":
		return t.kindRemedy(m)
	case "key":
		return t.keyRemedy(m)
	case "iss":
		return issuerRemedy(t.config.Issuer, t.Issuer)
	case "aud":
		return audienceRemedy(t.config.Audience, t.Audience)
	case "exp", "nbf", "iat":
		return t.dateRemedy(check)
	case "client_id":
		return t.clientRemedy()
	case "jti":
		return t.lenientRemedy(t.ID.state == absent, "The provider writes no jti")
	case "cnf":
		return "The token is bound to its holder's key: switch off sender constraining (DPoP, mTLS) for this client at the provider."
	}
	return ""
}

func (t *trial) kindRemedy(m members) string {
	switch kind := t.kind(); {
	case kind == "an ID token":
		return "The token is an ID token: send access_token, not id_token."
	case kind != "an access token":
		return "The token is " + kind + ": send the access token."
	case m.typ.state == absent || strings.EqualFold(m.typ.value, "JWT"):
		return "The provider does not follow RFC 9068: set TOKEN_PROFILE=jwt, or switch it to at+jwt access tokens."
	}
	return ""
}

// developmentKey is how the development provider begins the names of its keys.
const developmentKey = "dev-"

func (t *trial) keyRemedy(m members) string {
	switch {
	case strings.HasPrefix(m.keyID.value, developmentKey) && !strings.HasPrefix(t.config.Issuer, "http://"):
		return "The token was signed by a key of the development provider: get one from " + t.config.Issuer + "."
	case strings.HasPrefix(m.keyID.value, developmentKey):
		return "The token was signed by another key of the development provider, which was started anew: sign in again."
	case t.Issuer.state == valid && t.Issuer.value != t.config.Issuer:
		return fmt.Sprintf("The token says that it is from %q, and this API trusts %q.", t.Issuer.value, t.config.Issuer)
	}
	return "The provider has withdrawn this key, or never had it: get a new token."
}

func issuerRemedy(want string, got text) string {
	switch {
	case got.state != valid:
		return ""
	case strings.TrimSuffix(want, "/") == strings.TrimSuffix(got.value, "/"):
		return fmt.Sprintf("The issuers differ only by a trailing slash: set OIDC_ISSUER=%s.", got.value)
	case strings.EqualFold(want, got.value):
		return fmt.Sprintf("The issuers differ only by upper and lower case: set OIDC_ISSUER=%s.", got.value)
	case strings.HasPrefix(got.value, "https://sts.windows.net/"):
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
	}
	for _, w := range want {
		for _, g := range got.values {
			if strings.TrimSuffix(w, "/") == strings.TrimSuffix(g, "/") {
				return fmt.Sprintf("The audiences differ only by a trailing slash: set OIDC_AUDIENCE=%s, or change it at the provider.", g)
			}
			if remedy := addressRemedy(w, g, "audiences"); remedy != "" {
				return remedy
			}
		}
	}
	return ""
}

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
		return fmt.Sprintf("The %s differ by %s against %s: is there a proxy that the provider does not know of?", what, g.Scheme, w.Scheme)
	}
	return ""
}

func (t *trial) dateRemedy(check string) string {
	var told []string
	if check == "exp" && t.Expiry.state == valid {
		ago := t.now.Sub(t.Expiry.time).Round(time.Second)
		told = append(told, fmt.Sprintf("It expired %s ago, and CLOCK_SKEW is %s.", ago, t.config.Leeway))
	}
	if off := t.provider.clockOffset(); off.Abs() > 2*time.Second {
		direction := "ahead of"
		if off < 0 {
			direction = "behind"
		}
		told = append(told, fmt.Sprintf("This clock is %s %s the provider's: synchronise it.", off.Abs().Round(time.Second), direction))
	}
	return strings.Join(told, " ")
}

func (t *trial) clientRemedy() string {
	elsewhere := t.Party.state == valid || t.OktaID.state == valid
	return t.lenientRemedy(t.client().state == absent && elsewhere, "The client stands in azp or cid")
}

func (t *trial) lenientRemedy(applies bool, what string) string {
	if !applies || t.config.Profile.lenient {
		return ""
	}
	return what + ": the provider does not follow RFC 9068, set TOKEN_PROFILE=jwt."
}
