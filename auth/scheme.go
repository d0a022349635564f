package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"example.com/gatehouse/problem"
)

// A Credential is a kind of credentials. It is what routes accept, and what logs and metrics call it.
type Credential string

// Token is an access token of the provider, which routes accept that do not say anything else.
const Token Credential = "token"

// A Scheme reads and verifies credentials of one kind beside access tokens.
type Scheme interface {
	// Name returns what routes accept it by.
	Name() Credential
	// Forms returns its forms in the OpenAPI document.
	Forms() []Form
	// Problems returns the types that are about these credentials alone.
	Problems() []*problem.Type
	// Challenge returns the challenge of a problem (RFC 9110, section 11.6.1), or the empty string for none.
	Challenge(c *Challenger, t *problem.Type, detail string, required Requirement) string
	// Read returns what a request has of this kind, or the empty string for nothing. The error is about where it is, such
	// as CredentialsMultiple.
	Read(r *http.Request) (sent string, err error)
	// Verify returns the caller that was read.
	Verify(ctx context.Context, sent string) (*Principal, error)
}

// A Form is a security scheme of the OpenAPI document (OpenAPI 3.1.1, section 4.8.27).
type Form struct {
	ID          string           // names it in the document
	Type        string           // http or apiKey
	Scheme      string           // of the type http
	Header      string           // that the credentials are in
	Noun        problem.Constant // what is sent, in a sentence: an API key
	Way         problem.Constant // how, in a hint: Authorization: Bearer <API key>; empty for a second form
	Description string
}

// Schemes are all kinds of credentials that an API reads.
type Schemes struct {
	verifier *Verifier
	others   []Scheme
}

// NewSchemes returns the schemes of an API. Tokens are what no other scheme reads.
func NewSchemes(verifier *Verifier, others ...Scheme) *Schemes { return &Schemes{verifier, others} }

// Others returns the schemes beside tokens.
func (s *Schemes) Others() []Scheme {
	if s == nil {
		return nil
	}
	return s.others
}

// Names returns the kinds of credentials.
func (s *Schemes) Names() []Credential {
	names := []Credential{Token}
	for _, scheme := range s.others {
		names = append(names, scheme.Name())
	}
	return names
}

// Headers returns the names of the headers that credentials beside tokens are in.
func (s *Schemes) Headers() (names []string) {
	for _, scheme := range s.others {
		for _, form := range scheme.Forms() {
			names = append(names, form.Header)
		}
	}
	return names
}

// Authenticate returns the caller of a request whose context says what is accepted: see [Accepting]. An error of another
// scheme than that of tokens is an [Error] with its name.
func (s *Schemes) Authenticate(r *http.Request) (*Principal, error) {
	for _, scheme := range s.others {
		sent, err := scheme.Read(r)
		if err == nil && sent == "" {
			continue
		}
		caller, err := s.authenticate(r.Context(), scheme, sent, err)
		return caller, withScheme(err, scheme.Name())
	}
	if !Accepts(r.Context(), Token) {
		return nil, s.otherThanToken(r)
	}
	return s.verifier.Authenticate(r)
}

func (s *Schemes) authenticate(ctx context.Context, scheme Scheme, sent string, err error) (*Principal, error) {
	switch {
	case err != nil:
		return nil, err
	case !Accepts(ctx, scheme.Name()):
		return nil, rejectKind(scheme.Name(), scheme.Forms(), s.accepted(ctx))
	}
	caller, err := scheme.Verify(ctx, sent)
	if err != nil {
		return nil, err
	}
	return caller.as(scheme.Name()), nil
}

// withScheme adds to an error the scheme that it is of.
func withScheme(err error, name Credential) error {
	switch failed := err.(type) {
	case *Error:
		failed.scheme = name
	case *problem.Type:
		return &Error{Type: failed, scheme: name}
	}
	return err
}

// as returns a caller who authenticated with a kind of credentials. It copies one of another kind, which is shared.
func (p *Principal) as(name Credential) *Principal {
	if p.Scheme() == name {
		return p
	}
	q := *p
	q.scheme = name
	return &q
}

// Scheme returns the kind of credentials that the caller authenticated with.
func (p *Principal) Scheme() Credential { return cmp.Or(p.scheme, Token) }

// SchemeOf returns the kind of credentials that a caller has or, if they were rejected, that the error is about.
func SchemeOf(caller *Principal, err error) Credential {
	rejected, ok := errors.AsType[*Error](err)
	switch {
	case caller != nil:
		return caller.Scheme()
	case !ok:
		return Token
	case rejected.scheme == "" && rejected.Type == problem.TooManyFailures: // which takes the place of another error
		return SchemeOf(nil, rejected.Err)
	}
	return cmp.Or(rejected.scheme, Token)
}

// Authorization returns the name of the scheme that a request's one Authorization header begins with, and what follows
// it, or empty strings.
func Authorization(r *http.Request) (scheme, rest string) {
	fields := r.Header["Authorization"]
	if len(fields) != 1 {
		return "", ""
	}
	return cutScheme(fields[0])
}

// Explain is [Verifier.Explain] for credentials of any kind, as they follow Bearer.
func (s *Schemes) Explain(ctx context.Context, sent AccessToken) *Explanation {
	r := (&http.Request{Header: http.Header{"Authorization": {"Bearer " + string(sent)}}, URL: &url.URL{}}).WithContext(ctx)
	for _, scheme := range s.others {
		if text, err := scheme.Read(r); err == nil && text != "" {
			caller, err := scheme.Verify(ctx, text)
			return ExplainScheme(scheme.Name(), caller, err)
		}
	}
	return s.verifier.Explain(ctx, sent)
}

// ExplainScheme explains credentials of another kind than tokens, of which there is one check. It has no part of them.
func ExplainScheme(name Credential, caller *Principal, err error) *Explanation {
	e := &Explanation{Caller: caller, Genuine: caller != nil}
	const expected = "known to this API, with the right secret, and neither expired nor revoked"
	switch {
	case caller != nil:
		e.add(string(name), nil, expected, fmt.Sprintf("%s of %s", caller.ClientID, quote(caller.Subject)))
		return e
	case err == nil: // they were not read
		e.skip(string(name))
		return e
	}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	rejected, _ := errors.AsType[*Error](err)
	e.Genuine = rejected != nil && rejected.Genuine()
	e.add(string(name), err, expected, Brief(err.Error()))
	e.Detail, e.Hint = textsOf(err, &problem.Published{})
	e.Checks[0].Advice = e.Hint
	return e
}
