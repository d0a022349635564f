package auth

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"example.com/gatehouse/problem"
)

// otherKind says which other kind of token than an access token it is, if it is one: an issuer signs other JWTs with the same
// keys, and the rules for each kind must exclude the other kinds (RFC 8725, section 3.12).
func (c *candidate) otherKind() *problem.Variant {
	switch kind := c.kind(); {
	case kind == accessToken:
		return nil
	case kind == refreshToken:
		return problem.RefreshToken
	case kind == logoutToken:
		return problem.LogoutToken
	case c.claims.has("htm"):
		return problem.ProofSent
	case kind == idToken && c.idMark() != "":
		return problem.IDToken
	case kind == idToken:
		return problem.IDTokenByAudience
	case kind == unmarked && c.lacksScope():
		return problem.ScopeUnmarked
	}
	return problem.Unmarked
}

// What a token looks like that was not verified, by what it would be if its marks were true: one of a shared secret, which is
// often another kind of token, and one of another typ.
var (
	looksWithSecret = map[*problem.Variant]*problem.Variant{problem.RefreshToken: problem.LooksRefresh, problem.IDToken: problem.LooksIDSecret}
	looksByMarks    = map[*problem.Variant]*problem.Variant{
		problem.RefreshToken: problem.LooksRefreshSigned, problem.LogoutToken: problem.LogoutToken,
		problem.ProofSent: problem.ProofSent, problem.IDToken: problem.LooksID,
	}
)

// lookingAt returns the error of a token whose header is rejected. The token is rejected whatever its claims say.
func (c *candidate) lookingAt(err error, payload []byte) error {
	if o, ok := errors.AsType[*observed](err); ok && c.header.symmetric() && c.parse(payload) == nil {
		o.Variant = cmp.Or(looksWithSecret[c.otherKind()], o.Variant)
	}
	return err
}

// idMark returns the claim by which a token says that it is an ID token, or nothing.
func (c *candidate) idMark() string {
	for _, name := range append([]string{"at_hash", "c_hash", "s_hash", "nonce"}, c.rules.idMarks...) {
		if c.claims.has(name) {
			return name
		}
	}
	return c.purposeClaim("id")
}

// looksLike returns what a token of another typ looks like.
func (c *candidate) looksLike() error { return cmp.Or(looksByMarks[c.otherKind()], problem.TypeOther) }

// otherType returns the error of a token whose typ the profile does not allow. If another profile allows it, the signature
// is checked before the hint is given: what a forged token says does not matter.
func (v *Verifier) otherType(ctx context.Context, c *candidate, j jws) error {
	if err := c.parse(j.payload); err != nil {
		return problem.TypeOther
	}
	if !PlainJWT().allowsType(c.header.typ.value) || c.rules.opaque != "" {
		return c.looksLike()
	}
	if c.key = v.provider.knownSigner(ctx, j, &c.header); c.key == nil {
		return c.looksLike()
	}
	c.now = v.config.Now()
	rejected := newError(problem.TokenTypeWrong, "typ: want %s, got %s", c.rules.describeTypes(), c.header.typ).AsGenuine(c.now)
	variant := problem.TypeOther
	if c.kind() != accessToken && c.kind() != unmarked {
		variant = c.otherKind()
	}
	return c.withSettingsHint(rejected.saying(variant, problem.Claim(c.idMark())))
}

// knownSigner returns the key that signed a token, if it is one of those that were fetched before.
func (p *Provider) knownSigner(ctx context.Context, j jws, h *header) *key {
	current := p.known()
	if current.old(p.config.Stale) {
		return nil
	}
	keys, failed := current.keys.candidates(h, j.signature)
	if failed != nil {
		return nil
	}
	k, _ := signer(ctx, keys, j, h) // nil if the limit is exceeded
	return k
}

// kindAdvice is about a check of typ or of the kind.
func (c *candidate) kindAdvice() string {
	switch kind := c.kind(); {
	case kind == idToken && c.looksLikeIDToken():
		return "The audience names the client, and there is no scope, as in an ID token: send access_token, not id_token, and let the client ask for a scope of this API."
	case kind == idToken:
		return "The token is an ID token: send access_token, not id_token."
	case kind == unmarked && c.lacksScope():
		return "The token has no scope, which tells the provider's access tokens from its ID tokens: send access_token, and let the client ask for a scope of this API."
	case kind != accessToken:
		return "The token is " + kind + ": send the access token."
	case c.rules.opaque != "":
		return c.rules.opaque + "."
	}
	if advice := c.settingsAdvice("kind", "The provider does not follow RFC 9068"); advice != "" {
		return strings.TrimSuffix(advice, ".") + ", or switch it to at+jwt access tokens."
	}
	return ""
}
