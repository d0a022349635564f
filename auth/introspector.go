package auth

import "context"

// An Introspector says whether and how the provider is asked about tokens: see [Introspection].
type Introspector interface {
	check(c *Config) error
	connect(ctx context.Context, c *Config, p *Provider) asker // nil if it asks about none
}

// An asker asks the provider about tokens.
type asker interface {
	// verify is Verify; jwt is that of a JWT.
	verify(ctx context.Context, token AccessToken, jwt func(context.Context, AccessToken) (*Principal, error)) (*Principal, error)
	// outage says in a sentence that is safe to publish that the provider does not answer, or nothing.
	outage() string
	// explain returns the explanation of a token with the caller or the error that Verify returned, or nil for a JWT.
	explain(v *Verifier, token AccessToken, caller *Principal, err error) *Explanation
	// addTo adds to the explanation of a JWT what its provider said, if it is asked.
	addTo(e *Explanation, of *Provider, err error)
}

// connectAsker returns nil where no token is asked about.
func (c *Config) connectAsker(ctx context.Context, p *Provider) asker {
	if c.Introspection == nil {
		return nil
	}
	return c.Introspection.connect(ctx, c, p)
}

// explainOpaque returns the explanation of a token that only the provider can read, or nil for another.
func (v *Verifier) explainOpaque(token AccessToken, caller *Principal, err error) *Explanation {
	if v.asker == nil {
		return nil
	}
	return v.asker.explain(v, token, caller, err)
}

// Introspects reports whether the provider is asked about tokens.
func (v *Verifier) Introspects() bool { return v.asker != nil }
