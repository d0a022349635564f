package apikey

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

// A Scheme reads keys that follow Bearer and, if it has one, in a header of their own.
type Scheme struct {
	*Verifier
	Header string // such as X-API-Key; empty for none
}

// Name implements [auth.Scheme].
func (Scheme) Name() auth.Credential { return auth.Key }

// Forms implements [auth.Scheme]. Clients made from the form of the type http write Bearer before the key.
func (s Scheme) Forms() []auth.Form {
	forms := []auth.Form{{ID: "apiKey", Type: "http", Scheme: "bearer", Header: "Authorization", Noun: "an API key",
		Way: "Authorization: Bearer <API key>", Description: "An API key, as POST /keys returned it. It begins with " + s.Format().Prefix()}}
	if s.Header != "" {
		forms = append(forms, auth.Form{ID: "apiKeyHeader", Type: "apiKey", Header: s.Header, Noun: "an API key", Description: "An API key in a header of its own."})
	}
	return forms
}

// Problems implements [auth.Scheme].
func (Scheme) Problems() []*problem.Type {
	return []*problem.Type{problem.APIKeyInvalid, problem.APIKeyExpired, problem.APIKeyRevoked}
}

// Challenge implements [auth.Scheme]. No metadata leads to a key, and its scopes are those of this API, as routes name them.
func (Scheme) Challenge(c *auth.Challenger, t *problem.Type, detail string, required auth.Requirement) string {
	own := auth.Challenger{Realm: c.Realm}
	return own.Bearer(t, detail, required, "")
}

// Read implements [auth.Scheme]. What begins with the prefix of keys is a key, wherever it is.
func (s Scheme) Read(r *http.Request) (sent string, err error) {
	own, authorization := r.Header[s.canonicalHeader()], r.Header["Authorization"]
	switch {
	case s.inQuery(r.URL.RawQuery) && len(own)+len(authorization) > 0:
		return "", auth.Reject(keyInQueryToo, errors.New("a key in the query, beside a header"))
	case s.inQuery(r.URL.RawQuery):
		return "", auth.Reject(keyInQuery, errors.New("a key in the query"))
	case len(own) > 1 || len(own) == 1 && len(authorization) > 0:
		return "", auth.Reject(keyTwice, nil)
	case len(own) == 1 && own[0] == "":
		return "", auth.Reject(keyEmpty, nil)
	case len(own) == 1:
		return own[0], alone(r)
	}
	scheme, rest := auth.Authorization(r)
	switch begins := s.Format().Begins(strings.TrimLeft(rest, " ")); {
	case begins && strings.EqualFold(scheme, "Bearer"):
		token, err := auth.BearerToken(r)
		return string(token), err
	case begins, s.Format().Begins(scheme):
		return "", auth.Reject(keyScheme, nil)
	}
	return "", nil
}

// canonicalHeader returns the name of the header as net/http has it, or a name that no header has.
func (s Scheme) canonicalHeader() string { return http.CanonicalHeaderKey(s.Header) }

// alone returns an error if a request has a token in its query beside a key in its own header.
func alone(r *http.Request) error {
	if _, err := auth.BearerToken(r); errors.Is(err, problem.OnlyQuery) {
		return auth.Reject(keyTwice, nil)
	}
	return nil
}

// inQuery reports whether a parameter of a query, whatever its name, is a key, or has one as its name. It also finds keys
// in a query that is not well formed, as with semicolons between parameters, and in quotes or after Bearer.
func (s Scheme) inQuery(query string) bool {
	name := strings.TrimSuffix(s.Format().Prefix(), "_")
	if !strings.Contains(query, name) && !strings.Contains(query, "%") {
		return false
	}
	for part := range strings.FieldsFuncSeq(query, func(c rune) bool { return strings.ContainsRune("&;=", c) }) {
		text, err := url.QueryUnescape(part)
		if err != nil {
			text = part
		}
		if fields := strings.Fields(text); len(fields) > 0 && s.Format().Begins(strings.TrimLeft(fields[len(fields)-1], "\"'")) {
			return true
		}
	}
	return false
}
