package auth

import "time"

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
	if wrong := p.wrongIssuer.Load(); wrong != nil {
		s.Detail += ". " + wrong.advice()
	}
	return s
}

func (p *Provider) status() Status {
	current, failure := p.published.Load(), p.lastFailure()
	switch {
	case current == nil && failure != nil:
		return Status{State: Down, Detail: "the provider's keys cannot be fetched"}
	case current == nil:
		return Status{State: Down, Detail: "the provider's keys have not been fetched yet"}
	}
	s := Status{State: Ready, Detail: "the provider's keys are fresh", Fetched: current.at, Until: current.at.Add(p.stale)}
	if failure != nil {
		s.State, s.Detail = Degraded, "the provider does not respond; its last keys are used until "+stamp(s.Until)
	}
	if current.old(p.stale) {
		s.State, s.Detail = Down, "the provider does not respond, and its last keys are too old"
	}
	return s
}
