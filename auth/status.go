package auth

import (
	"cmp"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// A State says whether tokens can be verified.
type State string

// The three states.
const (
	Ready    State = "ready"    // keys are fresh
	Degraded State = "degraded" // keys are usable, but the latest fetch failed
	Down     State = "down"     // no usable keys: every token gets a 503
)

// A Status is the state of verification and its reason.
type Status struct {
	State   State     `json:"state"`
	Detail  string    `json:"detail"`           // for people, without addresses or errors of the provider
	Fetched time.Time `json:"fetched,omitzero"` // when the keys were fetched; zero for never
	Until   time.Time `json:"until,omitzero"`   // when they become too old; zero for never
}

// Limitations says in sentences that are safe to publish what else does not work of verification, by its name.
func (v *Verifier) Limitations() map[string]string {
	all := map[string]string{}
	if r := v.config.revocations.Load(); r != nil && (*r).Outdated() != "" {
		all["revocations"] = (*r).Outdated()
	}
	if v.asker != nil && v.asker.outage() != "" {
		all["introspection"] = v.asker.outage()
	}
	return all
}

// Status returns the current state.
func (p *Provider) Status() Status {
	s := p.status()
	if advice := p.wrongIssuer.Load(); advice != nil {
		s.Detail += ". " + *advice
	}
	return s
}

func (p *Provider) status() Status {
	current, failure := p.published.Load(), p.latest().failure
	switch {
	case current == nil && failure != nil:
		return Status{State: Down, Detail: "the provider's keys cannot be fetched"}
	case current == nil:
		return Status{State: Down, Detail: "the provider's keys have not been fetched yet"}
	}
	s := Status{State: Ready, Detail: "the provider's keys are fresh", Fetched: current.at, Until: current.at.Add(p.config.Stale)}
	if failure != nil {
		s.State, s.Detail = Degraded, "the provider does not respond; its last keys are used until "+stamp(s.Until)
	}
	if current.old(p.config.Stale) {
		s.State, s.Detail = Down, "the provider does not respond, and its last keys are too old"
	}
	return s
}

// wrongIssuerAdvice returns the sentence of the command doctor if the error of a discovery is that the metadata names another
// issuer than the configured one, or nothing. Only a change of the configuration ends that, so the sentence stands wherever
// the state of the provider does.
func (c *Config) wrongIssuerAdvice(err error) string {
	named, ok := errors.AsType[*oidc.IssuerMismatchError](err)
	if !ok {
		return ""
	}
	return c.Suffixed(cmp.Or(CompareIssuers(named.Provided, named.Discovered),
		"The provider's metadata names another issuer: set OIDC_ISSUER exactly as the provider writes it."))
}
