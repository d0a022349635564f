package auth

import "time"

// A State says how well tokens can be verified.
type State string

// The three states.
const (
	Ready    State = "ready"    // keys are fresh
	Degraded State = "degraded" // keys serve, but the latest fetch failed
	Down     State = "down"     // no usable keys: every token is answered with 503
)

// A Status is the state of verification and its reason.
type Status struct {
	State   State     `json:"state"`
	Detail  string    `json:"detail"`           // for a person, without addresses or errors of the provider
	Fetched time.Time `json:"fetched,omitzero"` // when the keys were fetched; zero for never
	Until   time.Time `json:"until,omitzero"`   // how long they serve; zero for never
}

// Status returns the present state.
func (p *Provider) Status() Status {
	known, failure := p.known.Load(), p.lastFailure()
	switch {
	case known == nil && failure != nil:
		return Status{State: Down, Detail: "the provider's keys cannot be fetched"}
	case known == nil:
		return Status{State: Down, Detail: "the provider's keys have not been fetched yet"}
	}
	s := Status{State: Ready, Detail: "the provider's keys are fresh", Fetched: known.at, Until: known.at.Add(p.stale)}
	if failure != nil {
		s.State, s.Detail = Degraded, "the provider does not answer; its last keys serve until "+stamp(s.Until)
	}
	if known.keys == nil || time.Now().After(s.Until) {
		s.State, s.Detail = Down, "the provider's keys are too old, and it does not answer"
	}
	return s
}
