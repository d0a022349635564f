package doctor

import (
	"context"
	"errors"
	"slices"

	"example.com/gatehouse/auth"
)

// keys checks the key set, and that the provider signs with its algorithms.
func (r *report) keys(ctx context.Context, m *metadata) {
	const check = "jwks_uri"
	if err := auth.CheckEndpoint(m.KeySet); err != nil {
		r.fail(check, "Correct it at the provider.", "%v", err)
		return
	}
	reply, err := r.get(ctx, m.KeySet)
	if err != nil {
		r.fail(check, "Check the provider, and the network in between.", "%v", err)
		return
	}
	keys, err := auth.InspectKeySet(reply.body)
	if err != nil {
		r.fail(check, "Check the provider.", "%s is not a key set", m.KeySet)
		return
	}
	r.ok(check, "%s returns a key set", m.KeySet)
	r.algorithms(m, r.usable(keys))
}

// usable checks every key, and returns the algorithms of those that can verify tokens.
func (r *report) usable(keys []auth.KeyInfo) []string {
	var algorithms []string
	good := 0
	for i, key := range keys {
		switch {
		case errors.Is(key.Err, auth.ErrOtherUse): // is intended
		case key.Err != nil:
			r.warn("key", "If tokens are signed with it, replace it at the provider.", "number %d, %.40q, cannot be used: %v", i+1, key.ID, key.Err)
		default:
			good++
			algorithms = append(algorithms, key.Algorithms...)
		}
	}
	if good == 0 {
		r.fail("keys", "Give the provider an RSA key of 2048 bits or an EC key of P-256.", "none of %d can verify a token", len(keys))
		return nil
	}
	r.ok("keys", "%d of %d can verify tokens", good, len(keys))
	slices.Sort(algorithms)
	return slices.Compact(algorithms)
}

// algorithms compares the algorithms that the provider names, which are those of ID tokens, with those of
// its keys.
func (r *report) algorithms(m *metadata, verifiable []string) {
	const check = "algorithms"
	common := slices.DeleteFunc(slices.Clone(m.Algorithms), func(name string) bool { return !slices.Contains(verifiable, name) })
	switch {
	case verifiable == nil: // is reported by usable
	case len(m.Algorithms) == 0:
		r.ok(check, "tokens may be signed with any of %q", verifiable)
	case len(common) == 0:
		r.fail(check, "Let the provider sign with one of these, better with RS256 or ES256.", "the provider signs with %q, and its keys are for %q", m.Algorithms, verifiable)
	default:
		r.ok(check, "tokens may be signed with any of %q", common)
	}
}
