package auth

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// An introspectionMetadata is what metadata says of introspection (RFC 8414, section 2).
type introspectionMetadata struct {
	Endpoint     string   `json:"introspection_endpoint"`
	Methods      []string `json:"introspection_endpoint_auth_methods_supported"`
	TokenMethods []string `json:"token_endpoint_auth_methods_supported"`
}

// posts reports whether the client's secret is sent in the form: Basic is what every provider must support (RFC 6749,
// section 2.3.1), unless its metadata names only the other.
func (m *introspectionMetadata) posts() bool {
	methods := m.Methods
	if methods == nil {
		methods = m.TokenMethods
	}
	return slices.Contains(methods, "client_secret_post") && !slices.Contains(methods, "client_secret_basic")
}

// metadata returns where and how the provider is asked. A configured address needs no metadata.
func (i *introspector) metadata(ctx context.Context) (m introspectionMetadata, err error) {
	current := i.provider.published.Load()
	if current == nil && i.config.Introspection.URL == "" {
		if current, err = i.provider.current(ctx); err != nil {
			return m, err
		}
	}
	if current != nil {
		if err := current.oidc.Claims(&m); err != nil {
			return m, unusable(false, "metadata: %w", briefly(err))
		}
	}
	if i.config.Introspection.URL != "" {
		m.Endpoint = i.config.Introspection.URL
	}
	if err := CheckEndpoint(m.Endpoint); err != nil {
		return m, unusable(false, "introspection_endpoint: %w", err)
	}
	return m, nil
}

// request returns a request about a token (RFC 7662, section 2.1).
func (i *introspector) request(ctx context.Context, token Token) (*http.Request, error) {
	m, err := i.metadata(ctx)
	if err != nil {
		return nil, err
	}
	return NewIntrospectionRequest(ctx, &i.config.Introspection, m.Endpoint, m.posts(), token)
}

// NewIntrospectionRequest returns a request about a token to an endpoint, with the secret of the client in its form or, as
// section 2.3.1 of RFC 6749 encodes it, in its header.
func NewIntrospectionRequest(ctx context.Context, of *Introspection, endpoint string, posts bool, token Token) (*http.Request, error) {
	form := url.Values{"token": {string(token)}, "token_type_hint": {"access_token"}}
	if posts {
		form.Set("client_id", of.ClientID)
		form.Set("client_secret", string(of.ClientSecret))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/"+signedAnswer+", application/json;q=0.9")
	if !posts {
		request.SetBasicAuth(url.QueryEscape(of.ClientID), url.QueryEscape(string(of.ClientSecret)))
	}
	return request, nil
}

// fetch returns the answer about a token, and whether it is signed.
func (i *introspector) fetch(ctx context.Context, token Token) (body []byte, signed bool, err error) {
	request, err := i.request(ctx, token)
	if err != nil {
		return nil, false, err
	}
	response, err := i.client.Do(request)
	if err != nil {
		return nil, false, unusable(true, "%w", withoutURL(err))
	}
	defer response.Body.Close()
	switch status := response.StatusCode; {
	case status == http.StatusOK:
	case status == http.StatusUnauthorized:
		return nil, false, unusable(true, "the provider responded 401: check INTROSPECTION_CLIENT_ID and INTROSPECTION_CLIENT_SECRET")
	default:
		return nil, false, unusable(status >= 500 || status == http.StatusTooManyRequests, "the provider responded %d", status)
	}
	if body, err = io.ReadAll(response.Body); err != nil {
		return nil, false, unusable(false, "the answer: %w", err)
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return body, mediaType(kind) == signedAnswer, nil
}

// withoutURL returns what an error of a client wraps: the address may have a query.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// isUnavailable reports whether an error is AuthUnavailable, and whether the same is expected for other tokens.
func isUnavailable(err error) (unavailable, outage bool) {
	if !errors.Is(err, problem.AuthUnavailable) {
		return false, false
	}
	why, ok := errors.AsType[*unusableAnswer](err)
	return true, ok && why.outage
}
