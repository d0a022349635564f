package auth

import (
	"context"
	"slices"
)

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

// LimitOf returns what limits the checks of credentials in a context: that of [LimitSignatures], or no limit.
func LimitOf(ctx context.Context) SignatureLimit {
	if l, ok := ctx.Value(signatureLimitKey{}).(SignatureLimit); ok {
		return l
	}
	return unlimited{}
}

type acceptedKey struct{}

// Accepting returns a context for [Schemes.Authenticate] in which these kinds of credentials are accepted. Without any,
// and in any other context, tokens are.
func Accepting(ctx context.Context, accepted []Credential) context.Context {
	if accepted == nil {
		return ctx
	}
	return context.WithValue(ctx, acceptedKey{}, accepted)
}

// Accepts reports whether a kind of credentials is accepted in a context.
func Accepts(ctx context.Context, name Credential) bool {
	accepted, _ := ctx.Value(acceptedKey{}).([]Credential)
	return isAccepted(accepted, name)
}

func isAccepted(accepted []Credential, name Credential) bool {
	if accepted == nil {
		return name == Token
	}
	return slices.Contains(accepted, name)
}

type freshKey struct{}

// Fresh returns a context for [Verifier.Authenticate] and [Verifier.Verify] in which the provider is asked anew about every
// token, whatever it said before, if it is asked at all.
func Fresh(ctx context.Context) context.Context { return context.WithValue(ctx, freshKey{}, true) }

// IsFresh reports whether a context is one of [Fresh], for schemes that cache.
func IsFresh(ctx context.Context) bool { return ctx.Value(freshKey{}) != nil }
