package auth

import (
	"cmp"
	"errors"
	"fmt"

	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
)

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
