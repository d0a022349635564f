package auth

import (
	"context"
	"errors"
	"net/http"

	"example.com/gatehouse/problem"
)

// notAccepted is what is said of credentials of a kind that the route does not accept.
var notAccepted = &problem.Variant{
	Type: problem.CredentialsNotAccepted, Name: "kind", AtFault: problem.Client,
	Detail: "This operation does not accept {kind}.", Hint: "Send {accepted}.",
}

// tokens are the form of access tokens.
var tokens = Form{Noun: "an access token", Way: "Authorization: Bearer <access token>"}

// otherThanToken returns the error of a request to a route that accepts no tokens, and that has nothing which another
// scheme reads.
func (s *Schemes) otherThanToken(r *http.Request) error {
	_, err := credentials(r, s.verifier.config.MaxTokenSize)
	accepted := s.accepted(r.Context())
	if err == nil {
		return rejectKind(Token, []Form{tokens}, accepted)
	}
	if t := problem.Of(err); t == problem.CredentialsMissing || t == problem.SchemeUnsupported {
		none := &problem.Variant{
			Type: t, Name: "kind", AtFault: problem.Client,
			Detail: "The request has no credentials that this operation accepts.", Hint: "Send {accepted}.",
		}
		return Reject(none, err).saying(none, accepted)
	}
	return err
}

// accepted returns how the credentials are sent that are accepted in a context.
func (s *Schemes) accepted(ctx context.Context) problem.Fact {
	var ways []problem.Constant
	if Accepts(ctx, Token) {
		ways = append(ways, tokens.Way)
	}
	for _, scheme := range s.others {
		for _, form := range scheme.Forms() {
			if form.Way != "" && Accepts(ctx, scheme.Name()) {
				ways = append(ways, form.Way)
			}
		}
	}
	return problem.Accepted(ways)
}

// rejectKind returns the error of credentials of a kind that is not accepted.
func rejectKind(name Credential, forms []Form, accepted problem.Fact) *Error {
	var noun problem.Constant // of a kind without a form in the document
	if len(forms) > 0 {
		noun = forms[0].Noun
	}
	return Reject(notAccepted, errors.New("a "+string(name))).saying(notAccepted, problem.Kind(noun), accepted)
}
