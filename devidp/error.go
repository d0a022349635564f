package devidp

import (
	"encoding/json"
	"errors"
	"net/http"
)

// An oauthError is an error that the caller may see (RFC 6749, sections 4.1.2.1 and 5.2). Descriptions
// are constant or made of configured values: they never repeat a part of the request.
type oauthError struct {
	status      int
	code        string
	description string
	challenge   string // the WWW-Authenticate header, if there is one
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

func newError(code, description string) error {
	return &oauthError{http.StatusBadRequest, code, description, ""}
}

// report logs err and returns what the caller may see of it. An error that is no oauthError is a fault
// of the provider, with details for the log only.
func (p *Provider) report(err error) *oauthError {
	if e, ok := errors.AsType[*oauthError](err); ok {
		p.log.Debug("request rejected", "error", e.code, "description", e.description)
		return e
	}
	p.log.Error("request failed", "err", err)
	return &oauthError{http.StatusInternalServerError, "server_error", "The provider failed; see its log.", ""}
}

// json returns the handler of an endpoint for programs: its result and its errors are JSON.
func (p *Provider) json(endpoint func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := endpoint(r)
		if err != nil {
			p.writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, body)
	})
}

// writeError responds to a client with an error.
func (p *Provider) writeError(w http.ResponseWriter, err error) {
	e := p.report(err)
	if e.challenge != "" {
		w.Header().Set("WWW-Authenticate", e.challenge)
	}
	writeJSON(w, e.status, struct {
		Error       string `json:"error,omitempty"`
		Description string `json:"error_description"`
	}{e.code, e.description})
}

// writeJSON responds with body, or without one if it is nil.
func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // fails only when the client has gone
}
