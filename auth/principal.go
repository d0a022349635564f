package auth

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/go-json-experiment/json"
)

// A Principal is the caller of the API, as a verified access token describes it. Requests with the same token share it:
// do not change it.
type Principal struct {
	Issuer    string
	Subject   string    // identifies the caller at this issuer
	ClientID  string    // the application that the caller uses
	TokenID   string    // jti
	SessionID string    // sid; empty if the token has none
	Scopes    []string  // what the application may do
	Roles     []string  // what the caller may do
	IssuedAt  time.Time // zero if the token does not say
	ExpiresAt time.Time
	ACR       string    // class of the sign-in; empty if the token has none
	SignedIn  time.Time // when the user signed in; zero if the token does not say

	scheme   Credential // that the caller authenticated with; empty for a token
	caller   callerKind
	typ      string  // of the header
	config   *Config // that the token was verified with, and of whose provider it is
	provider *Provider
	payload  string
	key      *key // that verified the token
}

// A callerKind says whose token it is.
type callerKind uint8

const (
	unknown callerKind = iota // of a Principal that was not made from a token
	user
	client
)

// An Identity identifies a caller: two tokens have the same caller if their identities are equal. Names and e-mail
// addresses are reassigned; issuer and subject are not (OpenID Connect Core, section 5.7).
type Identity struct {
	Issuer  string
	Subject string
	Client  bool // an application on its own behalf, not a user with the same subject
}

// Principal returns a caller that acts for an identity with other credentials than a token. It has no roles and no claims.
func (i Identity) Principal(scheme Credential, clientID string, scopes []string, expires time.Time) *Principal {
	kind := user
	if i.Client {
		kind = client
	}
	return &Principal{Issuer: i.Issuer, Subject: i.Subject, ClientID: clientID, Scopes: scopes, ExpiresAt: expires, scheme: scheme, caller: kind}
}

// Provider returns the provider of the caller's token, or nil for a caller that was not made from a token.
func (p *Principal) Provider() *Provider { return p.provider }

// Identity returns the identity of the caller.
func (p *Principal) Identity() Identity {
	return Identity{p.Issuer, p.Subject, p.IsClient()}
}

// DatesSignIn reports whether the provider says when its users signed in.
func (p *Principal) DatesSignIn() bool { return p.config != nil && p.config.Profile.WritesAuthTime() }

// IsClient reports whether the caller is an application on its own behalf and not a user: with the client credentials
// grant, sub is the client (RFC 9068, section 2.2), or what the provider writes instead.
func (p *Principal) IsClient() bool {
	return p.caller == client || p.caller == unknown && p.Subject == p.ClientID
}

// HasScope reports whether the token has every one of the scopes.
func (p *Principal) HasScope(scopes ...string) bool { return containsAll(p.Scopes, scopes) }

// HasRole reports whether the caller has every one of the roles.
func (p *Principal) HasRole(roles ...string) bool { return containsAll(p.Roles, roles) }

// Claims decodes the token's claims into v, a pointer to a type of your own.
func (p *Principal) Claims(v any) error {
	if err := json.Unmarshal([]byte(p.payload), v); err != nil {
		return fmt.Errorf("auth: reading claims: %w", err)
	}
	return nil
}

// LogValue returns issuer, subject and client, or anonymous for nil.
func (p *Principal) LogValue() slog.Value {
	if p == nil {
		return slog.StringValue("anonymous")
	}
	return slog.GroupValue(
		slog.String("iss", p.Issuer), slog.String("sub", Brief(p.Subject)), slog.String("client_id", Brief(p.ClientID)))
}

// size returns how many bytes a principal takes: itself, its claims, which most of its texts are parts of, and its lists.
// A text with escapes is not a part of the claims, and all of them together are shorter. The allocator rounds each of
// these up, by an eighth at most.
func (p *Principal) size() int64 {
	size := int64(unsafe.Sizeof(*p)) + int64(len(p.payload)) + int64(cap(p.Scopes)+cap(p.Roles))*int64(unsafe.Sizeof(""))
	if strings.IndexByte(p.payload, '\\') >= 0 {
		size += int64(len(p.payload))
	}
	return size + size/8
}

// rolesClaim says where the roles of a caller stand.
func (p *Principal) rolesClaim() string {
	if p.config == nil {
		return "the claim roles"
	}
	return strings.Join(p.config.rules.roles, " or ")
}

// candidate returns the token of a caller, or nil for one that has none.
func (p *Principal) candidate() *candidate {
	if p.config == nil {
		return nil
	}
	c := &candidate{config: p.config, rules: p.config.rules, provider: p.provider, key: p.key, now: p.ExpiresAt.Add(-1)}
	c.header.typ = stringClaim{valid, p.typ}
	if err := c.parse([]byte(p.payload)); err != nil {
		return nil
	}
	return c
}

func containsAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(one string) bool { return !slices.Contains(have, one) })
}
