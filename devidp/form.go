package devidp

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// form reads the parameters of a request: from the body of a POST, otherwise from the query. The
// query of a POST is not read, since secrets and codes do not belong in addresses, which are logged
// (RFC 6749, section 2.3.1).
func form(r *http.Request) (url.Values, error) {
	if r.Method != http.MethodPost {
		return parse(r.URL.RawQuery)
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" {
		return nil, refuse("invalid_request", "The body must be application/x-www-form-urlencoded.")
	}
	body, err := io.ReadAll(r.Body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, code: "invalid_request",
			description: "The body is too large."}
	}
	if err != nil {
		return nil, refuse("invalid_request", "The body broke off.")
	}
	return parse(string(body))
}

// strictForm is form for requests that may repeat no parameter.
func strictForm(r *http.Request) (url.Values, error) {
	q, err := form(r)
	if err != nil {
		return nil, err
	}
	return q, once(q)
}

func parse(encoded string) (url.Values, error) {
	q, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, refuse("invalid_request", "The parameters are not well-formed.")
	}
	return q, nil
}

// once refuses repeated parameters (RFC 6749, sections 3.1 and 3.2): two readers of such a request
// could disagree about what it says. Only resource and audience may be repeated (RFC 8707, section 2;
// RFC 8693, section 2.1).
func once(q url.Values) error {
	for name, values := range q {
		if len(values) > 1 && name != "resource" && name != "audience" {
			return refuse("invalid_request", "A parameter is repeated.")
		}
	}
	return nil
}

// resources returns the resource parameters. One without a value counts as omitted (RFC 6749,
// section 3.1).
func resources(q url.Values) []string {
	return slices.DeleteFunc(slices.Clone(q["resource"]), func(uri string) bool { return uri == "" })
}
