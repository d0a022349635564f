package problem

// A Body is the body of every error of this API (RFC 9457).
type Body struct {
	Type           string       `json:"type" format:"uri" example:"http://localhost:8080/problems/token-expired"`      // page that explains the problem
	Title          string       `json:"title" example:"Token expired"`                                                 // the same for every problem of this type
	Status         int          `json:"status" example:"401"`                                                          // HTTP status
	Detail         string       `json:"detail" example:"The access token expired."`                                    // what is wrong
	Instance       string       `json:"instance" format:"uri" example:"urn:uuid:8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"` // names this occurrence, in X-Request-Id and the log too
	Code           string       `json:"code" example:"token-expired"`                                                  // stable name of the type, for programs
	Hint           string       `json:"hint" example:"Refresh it and retry once."`                                     // how to fix it
	RequiredScopes []string     `json:"required_scopes,omitempty" example:"items:read"`                                // what the operation asks for
	ACRValues      []string     `json:"acr_values,omitempty" example:"2"`                                              // classes of sign-in that the operation asks for
	MaxAge         int          `json:"max_age,omitempty" example:"300"`                                               // age of the sign-in that the operation allows, in seconds
	RetryAfter     int          `json:"retry_after,omitempty" example:"5"`                                             // when to try again, in seconds
	Errors         []FieldError `json:"errors,omitempty"`                                                              // what is wrong with which part of the request
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

// Body returns the body of a problem of this type. The API's URL is the one that callers see, and id is the
// identifier of the request.
func (t *Type) Body(api, id string) Body {
	return Body{
		Type: t.URL(api), Title: t.Title, Status: t.Status, Detail: t.Detail,
		Instance: "urn:uuid:" + id, Code: t.Code, Hint: t.Hint,
	}
}
