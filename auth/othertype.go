package auth

import (
	"context"

	"example.com/gatehouse/problem"
)

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
	rejected := newError(problem.TokenTypeWrong, "typ: want %s, got %s", c.rules.describeTypes(), c.header.typ).afterSignature(c.now)
	variant := problem.TypeOther
	if c.kind() != accessToken && c.kind() != unmarked {
		variant = c.kindVariant()
	}
	return c.withSettingsHint(rejected.saying(variant, problem.Claim(c.idMark())))
}

// knownSigner returns the key that signed a token, if it is one of those that were fetched before.
func (p *Provider) knownSigner(ctx context.Context, j jws, h *header) *key {
	current := p.published.Load()
	if current == nil || current.old(p.stale) || h.hasKey {
		return nil
	}
	keys, failed := current.keys.candidates(h, j.signature)
	if failed != nil {
		return nil
	}
	release, err := signatureLimit(ctx).Acquire(ctx, len(keys))
	if err != nil {
		return nil
	}
	k := signer(keys, j, algorithmByName(h.algorithm.value))
	release(k != nil)
	return k
}
