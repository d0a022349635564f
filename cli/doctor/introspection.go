package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"example.com/gatehouse/auth"
)

// Tokens that no provider has issued: an opaque one, and one with the form of a JWT.
const (
	unknownToken = "doctor-0123456789abcdef"
	unknownJWT   = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJkb2N0b3IifQ.AAAA"
)

// introspection asks the provider about a token that it has not issued, as the API asks about the tokens of callers.
func (r *report) introspection(ctx context.Context, metadata []byte) {
	const check = "introspection"
	if !r.Introspects() {
		if r.IntrospectionClientID != "" || r.IntrospectionURL != "" {
			r.warn("INTROSPECTION", "Set INTROSPECTION=opaque or always, or remove the others.", "it is off, and INTROSPECTION_CLIENT_ID or INTROSPECTION_URL is set")
		}
		return
	}
	err := r.introspect(ctx, metadata, unknownToken)
	status, answered := errors.AsType[*introspectionStatus](err)
	switch {
	case answered && (status.code == http.StatusUnauthorized || status.code == http.StatusForbidden):
		r.fail(check, "Set INTROSPECTION_CLIENT_ID and INTROSPECTION_CLIENT_SECRET to those of a client that may introspect tokens at the provider.", "%v", err)
		return
	case err != nil:
		r.fail(check, "Set INTROSPECTION_URL, or check the provider and the network in between.", "%v", err)
		return
	}
	r.ok(check, "the provider accepts the client %q, and answers that a made-up token is not active", r.IntrospectionClientID)
	if r.Introspection != auth.IntrospectAllTokens {
		return
	}
	if err := r.introspect(ctx, metadata, unknownJWT); err != nil {
		r.fail("INTROSPECTION", "Set INTROSPECTION=opaque, or let the provider introspect JWTs.", "with always, JWTs are introspected, and for one %v", err)
	}
}

// An introspectionStatus is the status of a response that is no answer.
type introspectionStatus struct {
	address string
	code    int
}

func (e *introspectionStatus) Error() string { return fmt.Sprintf("%s returns %d", e.address, e.code) }

// introspect returns why there is no answer about a token, or one that says that it is active.
func (r *report) introspect(ctx context.Context, metadata []byte, token auth.AccessToken) error {
	var m auth.IntrospectionMetadata
	if err := json.Unmarshal(metadata, &m); err != nil {
		return err
	}
	request, err := m.Request(ctx, r.Introspecting(), token)
	if err != nil {
		return err
	}
	address := request.URL.Redacted()
	response, err := r.console.HTTPClient().Do(request)
	if err != nil {
		return fmt.Errorf("%s does not respond: %w", address, errors.Unwrap(err)) // which repeats the address
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return &introspectionStatus{address, response.StatusCode}
	}
	body, err := io.ReadAll(response.Body)
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); err == nil && kind == "application/token-introspection+jwt" {
		return nil // its signature is checked with a token of a caller
	}
	var answer struct {
		Active *bool `json:"active"`
	}
	switch {
	case err != nil || json.Unmarshal(body, &answer) != nil || answer.Active == nil:
		return fmt.Errorf("%s returns no answer of introspection", address)
	case *answer.Active:
		return fmt.Errorf("%s answers that a made-up token is active", address)
	}
	return nil
}
