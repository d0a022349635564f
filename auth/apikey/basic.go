package apikey

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

// A BasicScheme reads the id and the secret of a key as a user and a password (RFC 7617), for clients that can do nothing
// else. Routes that do not accept it reject it like every scheme that this API does not know.
type BasicScheme struct {
	*Verifier
	PublicURL string // of the API; without https, only callers on this machine are accepted
}

// Name implements [auth.Scheme].
func (BasicScheme) Name() auth.Credential { return auth.Basic }

// Forms implements [auth.Scheme].
func (BasicScheme) Forms() []auth.Form {
	return []auth.Form{{ID: "basic", Type: "http", Scheme: "basic", Header: "Authorization", Noun: "the id and the secret of an API key",
		Way: "Authorization: Basic <id:secret of an API key, in base64>", Description: "The id of an API key as the user, and what follows the id in the key as the password."}}
}

// Problems implements [auth.Scheme].
func (BasicScheme) Problems() []*problem.Type {
	return []*problem.Type{problem.CredentialsIncorrect, problem.APIKeyExpired, problem.APIKeyRevoked}
}

// Challenge implements [auth.Scheme] (RFC 7617, section 2.1).
func (BasicScheme) Challenge(c *auth.Challenger, t *problem.Type, _ string, _ auth.Requirement) string {
	if t.Status != http.StatusUnauthorized {
		return ""
	}
	return `Basic realm="` + c.Realm + `", charset="UTF-8"`
}

// Read implements [auth.Scheme]. It returns user and password as one text, with the colon between.
func (s BasicScheme) Read(r *http.Request) (sent string, err error) {
	scheme, rest := auth.Authorization(r)
	if !auth.Accepts(r.Context(), auth.Basic) || !strings.EqualFold(scheme, "Basic") {
		return "", nil
	}
	if !s.private(r) {
		return "", auth.Reject(notEncrypted, errors.New("Basic without https"))
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimLeft(rest, " "))
	if err != nil || !bytes.Contains(pair, []byte(":")) {
		return "", auth.Reject(notAPair, nil)
	}
	return string(pair), nil
}

// private reports whether the password cannot be read on its way: the request was encrypted, or did not leave this machine.
func (s BasicScheme) private(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return strings.HasPrefix(s.PublicURL, "https://") || err == nil && auth.Loopback(host) && !forwarded(r)
}

// forwarded reports whether a proxy on this machine, trusted or not, says that it forwards for another one.
func forwarded(r *http.Request) bool {
	for member := range strings.SplitSeq(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",") {
		if member = strings.TrimSpace(member); member != "" && !auth.Loopback(member) {
			return true
		}
	}
	return false
}

// Verify implements [auth.Scheme].
func (s BasicScheme) Verify(ctx context.Context, sent string) (*auth.Principal, error) {
	user, password, _ := strings.Cut(sent, ":")
	id, secret, err := s.Format().ParsePair(user, password)
	if err != nil {
		return nil, auth.Reject(problem.CredentialsIncorrect, describe(sent, err))
	}
	caller, err := s.Verifier.verify(ctx, proof{id, secret.Hash()})
	if rejected, ok := errors.AsType[*auth.Error](err); ok && rejected.Type == problem.APIKeyInvalid {
		return nil, auth.Reject(problem.CredentialsIncorrect, rejected.Err)
	}
	return caller, err
}
