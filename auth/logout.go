package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/gatehouse/problem"
)

// logoutAge is how old a logout token may be: it is sent as soon as it is made, and its identifier is stored for so long.
const logoutAge = 5 * time.Minute

// logoutEvent is the name of the event of logout tokens.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// A Logout is what a logout token says.
type Logout struct {
	Issuer   string
	ID       string // jti: a token must be used once
	Subject  string // who signed out; empty if the token does not say
	Session  string // the session that ended; empty for all of the subject
	Client   string // that the token is for
	IssuedAt time.Time
	Until    time.Time // when the token is rejected for its age
}

// Revocations returns what the logout revokes, of tokens that live no longer than life: the tokens of the session and, of a
// subject with a session, those that do not name theirs; or else all tokens of the subject. The instant is by the
// provider's clock, as iat of its access tokens is.
func (l *Logout) Revocations(now time.Time, life time.Duration) (all []Revocation) {
	add := func(kind RevocationKind, value string) {
		all = append(all, Revocation{kind, l.Issuer, value, l.IssuedAt, now.Add(life + MaxLeeway)})
	}
	switch {
	case l.Session == "":
		add(RevokeSubject, l.Subject)
	case l.Subject == "":
		add(RevokeSession, l.Session)
	default:
		add(RevokeSession, l.Session)
		add(RevokeSessionless, l.Subject)
	}
	return all
}

// VerifyLogout verifies a logout token for one of the clients (OpenID Connect Back-Channel Logout 1.0, section 2.6), except
// that it is not used twice. genuine says whether its signature is valid.
func (v *Verifier) VerifyLogout(ctx context.Context, token string, clients []string) (l *Logout, genuine bool, err error) {
	j, err := parseJWS(token, nil)
	if err != nil {
		return nil, false, fmt.Errorf("logout token: %w", err)
	}
	v = v.named(j.payload)
	c := &candidate{config: &v.config, rules: v.config.rules, provider: v.provider, now: v.config.Now()}
	if err := parseHeader(j.header, v.config.Algorithms, &c.header); err != nil {
		return nil, false, fmt.Errorf("logout token: %w", err)
	}
	if typ := c.header.typ; typ.state != absent && mediaType(typ.value) != "logout+jwt" {
		return nil, false, fmt.Errorf("logout token: typ: want logout+jwt, got %s", typ)
	}
	if err := c.parse(j.payload); err != nil {
		return nil, false, fmt.Errorf("logout token: claims: %w", briefly(err))
	}
	if c.foreign() {
		return nil, false, fmt.Errorf("logout token: iss: %w: %s", problem.IssuerWrong, c.claims.Issuer)
	}
	if c.key, err = v.provider.check(ctx, j, &c.header); err != nil {
		return nil, false, fmt.Errorf("logout token: %w", err)
	}
	for _, check := range logoutChecks {
		if !check.holds(c, clients) {
			return nil, true, fmt.Errorf("logout token: %s", check.wrong)
		}
	}
	return c.logout(clients), true, nil
}

// logout returns what a valid logout token says.
func (c *candidate) logout(clients []string) *Logout {
	l := &Logout{
		Issuer: c.config.revocationIssuer(c.claims.Issuer.value), ID: c.claims.ID.value, Subject: c.claims.Subject.value, Session: c.session(),
		IssuedAt: c.claims.IssuedAt.time, Until: c.claims.IssuedAt.time.Add(logoutAge + 2*MaxLeeway),
	}
	for _, client := range clients {
		if slices.Contains(c.claims.Audience.values, client) {
			l.Client = client
		}
	}
	return l
}

// logoutChecks are those of section 2.6, for a token whose signature is valid.
var logoutChecks = []struct {
	wrong string
	holds func(c *candidate, clients []string) bool
}{
	{"iss: it is of another issuer", func(c *candidate, _ []string) bool { return checkIssuer(c) == nil }},
	{"aud: it is for another client", func(c *candidate, clients []string) bool {
		return slices.ContainsFunc(c.claims.Audience.values, func(one string) bool { return slices.Contains(clients, one) })
	}},
	{"iat: it is missing, in the future or too old", func(c *candidate, _ []string) bool {
		iat := c.claims.IssuedAt
		return c.checkPast("iat", iat, problem.IssuedLater) == nil && c.now.Before(iat.time.Add(logoutAge+c.config.Leeway))
	}},
	{"exp: it has expired", func(c *candidate, _ []string) bool {
		return c.claims.Expiry.state == absent || checkExpiry(c) == nil
	}},
	{"nbf: it is in the future", func(c *candidate, _ []string) bool { return checkNotBefore(c) == nil }},
	{"jti: it is missing", func(c *candidate, _ []string) bool { return checkRequired(c.claims.ID) == nil }},
	{"events: there is no logout", func(c *candidate, _ []string) bool {
		return c.claims.member("events").member(logoutEvent).kind() == '{'
	}},
	{"nonce: it is there, as in an ID token", func(c *candidate, _ []string) bool { return !c.claims.has("nonce") }},
	{"sub and sid: one is needed, and each is a text", func(c *candidate, _ []string) bool {
		sid := c.claims.member("sid").string()
		subject := c.claims.Subject.state == absent || checkRequired(c.claims.Subject) == nil
		session := sid.state == absent || checkRequired(sid) == nil
		return subject && session && (c.claims.Subject.state == valid || sid.state == valid)
	}},
}
