package auth

import "context"

// A SignatureLimit limits what the tokens of one client may cost.
type SignatureLimit interface {
	// Acquire returns when one token's signature may be checked with so many keys, and a function to call after that,
	// which says whether the signature is valid. The error takes the place of the token's.
	Acquire(ctx context.Context, keys int) (release func(genuine bool), err error)
	// Exceeded reports whether the client used up its limit, so that its tokens do not wait for unknown keys.
	Exceeded() bool
}

type signatureLimitKey struct{}

// LimitSignatures returns a context for [Verifier.Authenticate] and [Verifier.Verify] in which l limits the checks of
// signatures. Tokens that are rejected without such a check, or accepted from the cache, do not count.
func LimitSignatures(ctx context.Context, l SignatureLimit) context.Context {
	return context.WithValue(ctx, signatureLimitKey{}, l)
}

// unlimited is the SignatureLimit of a context without one.
type unlimited struct{}

func (unlimited) Acquire(context.Context, int) (func(bool), error) { return func(bool) {}, nil }
func (unlimited) Exceeded() bool                                   { return false }

// signatureLimit returns the limit of ctx.
func signatureLimit(ctx context.Context) SignatureLimit {
	if l, ok := ctx.Value(signatureLimitKey{}).(SignatureLimit); ok {
		return l
	}
	return unlimited{}
}
