package devidp

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// form reads the parameters of a request: from the body of a POST, otherwise from the query. The
// query of a POST is ignored, since secrets and codes must not be in URLs, which are logged (RFC 6749,
// section 2.3.1).
func form(r *http.Request) (url.Values, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost && media != "application/x-www-form-urlencoded" {
		return nil, newError("invalid_request", "The body must be application/x-www-form-urlencoded.")
	}
	err := r.ParseForm()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &oauthError{http.StatusRequestEntityTooLarge, "invalid_request", "The body is too large.", ""}
	}
	if err != nil {
		return nil, newError("invalid_request", "The parameters are not well-formed.")
	}
	if r.Method == http.MethodPost {
		return r.PostForm, nil
	}
	return r.Form, nil
}

// strictForm is form for requests that may not repeat a parameter.
func strictForm(r *http.Request) (url.Values, error) {
	q, err := form(r)
	if err != nil {
		return nil, err
	}
	return q, checkRepeated(q)
}

// checkRepeated rejects repeated parameters (RFC 6749, sections 3.1 and 3.2): two readers of such a
// request could disagree about its meaning. Only resource and audience may be repeated (RFC 8707,
// section 2; RFC 8693, section 2.1).
func checkRepeated(q url.Values) error {
	for name, values := range q {
		if len(values) > 1 && name != "resource" && name != "audience" {
			return newError("invalid_request", "A parameter is repeated.")
		}
	}
	return nil
}

// valuesOf returns the values of the named parameters. One without a value counts as omitted (RFC 6749,
// section 3.1).
func valuesOf(q url.Values, names ...string) (all []string) {
	for _, name := range names {
		all = append(all, q[name]...)
	}
	return slices.DeleteFunc(all, func(value string) bool { return value == "" })
}
