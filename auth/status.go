package auth

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"example.com/gatehouse/problem"
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

// A wrongIssuer says that the provider's metadata names another issuer than the configured one. Only a change of the
// configuration ends that, so its advice stands wherever the state of the provider does.
type wrongIssuer struct {
	named  *oidc.IssuerMismatchError
	suffix string // of the variables of the issuer
}

// findWrongIssuer returns what is wrong with the issuer, or nil if the error of a discovery is another one.
func findWrongIssuer(err error, suffix string) *wrongIssuer {
	if named, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return &wrongIssuer{named, suffix}
	}
	return nil
}

// advice returns the sentence of the command doctor.
func (w *wrongIssuer) advice() string {
	return problem.Suffixed(cmp.Or(CompareIssuers(w.named.Provided, w.named.Discovered),
		"The provider's metadata names another issuer: set OIDC_ISSUER exactly as the provider writes it."), w.suffix)
}

// Error returns the advice and both issuers.
func (w *wrongIssuer) Error() string { return fmt.Sprintf("%s (%v)", w.advice(), w.named) }
