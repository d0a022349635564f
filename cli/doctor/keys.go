package doctor

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"example.com/gatehouse/auth"
)

// keys judges the key set, and what it and the provider sign with.
func (e *examination) keys(ctx context.Context, m *metadata) {
	const check = "jwks_uri"
	if err := auth.CheckEndpoint(m.KeySet); err != nil {
		e.found(failure, check, "Correct it at the provider.", "%v", err)
		return
	}
	answer, err := e.get(ctx, m.KeySet)
	switch {
	case err != nil:
		e.found(failure, check, "Look at the provider, and at the network in between.", "%s does not answer: %v", m.KeySet, err)
		return
	case answer.status != http.StatusOK:
		e.found(failure, check, "Look at the provider.", "%s answers %d%s", m.KeySet, answer.status, answer.elsewhere())
		return
	}
	keys, err := auth.InspectKeySet(answer.body)
	if err != nil {
		e.found(failure, check, "Look at the provider.", "%s is not a key set", m.KeySet)
		return
	}
	e.ok(check, "%s answers with a key set", m.KeySet)
	e.algorithms(m, e.usable(keys))
}

// usable judges every key, and returns the algorithms of the good ones.
func (e *examination) usable(keys []auth.KeyInfo) []string {
	var algorithms []string
	good := 0
	for i, key := range keys {
		switch {
		case errors.Is(key.Err, auth.ErrOtherUse): // is as it should be
		case key.Err != nil:
			e.found(warning, "key", "If tokens are signed with it, give the provider another.", "number %d, %.40q, cannot be used: %v", i+1, key.ID, key.Err)
		default:
			good++
			algorithms = append(algorithms, key.Algorithms...)
		}
	}
	if good == 0 {
		e.found(failure, "keys", "Give the provider an RSA key of 2048 bits or an EC key of P-256.", "none of %d can verify a token", len(keys))
		return nil
	}
	e.ok("keys", "%d of %d can verify tokens", good, len(keys))
	slices.Sort(algorithms)
	return slices.Compact(algorithms)
}

// algorithms compares what the provider says it signs with, for which ID tokens stand, with what its
// keys can verify.
func (e *examination) algorithms(m *metadata, verifiable []string) {
	const check = "algorithms"
	common := slices.DeleteFunc(slices.Clone(m.Algorithms), func(name string) bool { return !slices.Contains(verifiable, name) })
	switch {
	case verifiable == nil: // is reported by usable
	case len(m.Algorithms) == 0:
		e.ok(check, "tokens may be signed with any of %q", verifiable)
	case len(common) == 0:
		e.found(failure, check, "Let the provider sign with one of these, better with RS256 or ES256.", "the provider signs with %q, and its keys are for %q", m.Algorithms, verifiable)
	default:
		e.ok(check, "tokens may be signed with any of %q", common)
	}
}
