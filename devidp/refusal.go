package devidp

import (
	"encoding/json"
	"errors"
	"net/http"
)

// A refusal is an error that the caller is told (RFC 6749, sections 4.1.2.1 and 5.2). Descriptions
// are constant, or made of configured values: they never repeat what a request said.
type refusal struct {
	status      int
	code        string
	description string
	challenge   string // the WWW-Authenticate header, when there is one
}

func (e *refusal) Error() string { return e.code + ": " + e.description }

func refuse(code, description string) error {
	return &refusal{status: http.StatusBadRequest, code: code, description: description}
}

// asRefusal finds the refusal in err. Any other error is a fault of ours: it is logged, not told.
func (p *Provider) asRefusal(r *http.Request, err error) *refusal {
	if e, ok := errors.AsType[*refusal](err); ok {
		p.log.Debug("refused", "path", r.URL.Path, "error", e.code, "description", e.description)
		return e
	}
	p.log.Error("request failed", "path", r.URL.Path, "err", err)
	return &refusal{status: http.StatusInternalServerError, code: "server_error",
		description: "The provider failed; its log says why."}
}

// writeError answers a client with an error.
func (p *Provider) writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := p.asRefusal(r, err)
	if e.challenge != "" {
		w.Header().Set("WWW-Authenticate", e.challenge)
	}
	writeJSON(w, e.status, struct {
		Error       string `json:"error,omitempty"`
		Description string `json:"error_description"`
	}{e.code, e.description})
}

// writeJSON writes a response without a body when there is none to write.
func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // fails only when the caller has gone
}
