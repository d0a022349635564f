package problem

import "strings"

// A Body is the body of every error of this API (RFC 9457).
type Body struct {
	Type           string       `json:"type" format:"uri" example:"http://localhost:8080/problems/token-expired"`                         // page that explains the problem
	Title          string       `json:"title" example:"Token expired"`                                                                    // the same for every problem of this type
	Status         int          `json:"status" example:"401"`                                                                             // HTTP status
	Detail         string       `json:"detail" example:"The access token expired."`                                                       // what is wrong
	Instance       string       `json:"instance" format:"uri" example:"urn:uuid:8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"`                    // names this occurrence, in X-Request-Id and the log too
	Code           string       `json:"code" example:"token-expired"`                                                                     // stable name of the type, for programs
	Hint           string       `json:"hint" example:"Refresh it and retry once."`                                                        // how to fix it
	AtFault        Party        `json:"at_fault,omitempty" swaggertype:"string" enums:"client,provider,operator,server" example:"client"` // who can fix it
	Claim          string       `json:"claim,omitempty" example:"aud"`                                                                    // which claim of the token is wrong
	ExpiredAt      string       `json:"expired_at,omitempty" format:"date-time" example:"2026-11-23T09:05:00Z"`                           // when the token expired
	NotBefore      string       `json:"not_before,omitempty" format:"date-time" example:"2026-11-23T09:05:00Z"`                           // when the token becomes valid
	RequiredScopes []string     `json:"required_scopes,omitempty" example:"items:read"`                                                   // what the operation asks for
	RequiredRoles  []string     `json:"required_roles,omitempty" example:"admin"`                                                         // what the operation asks of its caller
	ACRValues      []string     `json:"acr_values,omitempty" example:"2"`                                                                 // classes of sign-in that the operation asks for
	MaxAge         int          `json:"max_age,omitempty" example:"300"`                                                                  // age of the sign-in that the operation allows, in seconds
	RetryAfter     int          `json:"retry_after,omitempty" example:"5"`                                                                // when to try again, in seconds
	Errors         []FieldError `json:"errors,omitempty"`                                                                                 // what is wrong with which part of the request
} // @name Problem

// A FieldError says what is wrong with one part of a request.
type FieldError struct {
	Pointer   string `json:"pointer,omitempty" example:"/name"`   // JSON Pointer into the body (RFC 6901)
	Parameter string `json:"parameter,omitempty" example:"limit"` // name of a query parameter
	Message   string `json:"message" example:"is required"`       // what is wrong with it
}

// URL returns the address of the page that explains the type, below the URL of the API. It is the type
// member of bodies.
func (t *Type) URL(api string) string { return api + "/problems/" + t.Code }

// Body returns the body of a problem of this type about which nothing more is known. The API's URL is the one that callers
// see, and id is the identifier of the request.
func (t *Type) Body(api, id string) Body { return t.general().Body(api, id, &Published{}) }

// Body returns the body of a problem, with what is published and the facts in the slots of its texts.
func (v *Variant) Body(api, id string, p *Published, facts ...Fact) Body {
	detail, hint := v.Texts(p, facts...)
	b := Body{
		Type: v.URL(api), Title: v.Title, Status: v.Status, Detail: detail,
		Instance: "urn:uuid:" + id, Code: v.Code, Hint: hint, AtFault: v.AtFault,
	}
	for _, f := range facts {
		if !strings.Contains(v.Detail, "{"+f.slot+"}") {
			continue
		}
		switch f.slot {
		case "claim":
			b.Claim = f.text
		case "expired_at":
			b.ExpiredAt = f.format(p)
		case "not_before":
			b.NotBefore = f.format(p)
		}
	}
	return b
}

// MinimalBody returns the body of a problem that tells callers the code and nothing else that was observed.
func (t *Type) MinimalBody(api, id string) Body {
	b := t.Body(api, id)
	b.AtFault = ""
	return b
}
