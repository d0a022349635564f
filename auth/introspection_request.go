package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// An IntrospectionMetadata is what the metadata of a provider says of introspection (RFC 8414, section 2).
type IntrospectionMetadata struct {
	Endpoint     string   `json:"introspection_endpoint"`
	Methods      []string `json:"introspection_endpoint_auth_methods_supported"`
	TokenMethods []string `json:"token_endpoint_auth_methods_supported"`
}

// posts reports whether the client's secret is sent in the form: Basic is what every provider must support (RFC 6749,
// section 2.3.1), unless its metadata names only the other.
func (m *IntrospectionMetadata) posts() bool {
	methods := m.Methods
	if methods == nil {
		methods = m.TokenMethods
	}
	return slices.Contains(methods, "client_secret_post") && !slices.Contains(methods, "client_secret_basic")
}

// Request returns a request about a token (RFC 7662, section 2.1), with the secret of the client in its header, encoded as
// section 2.3.1 of RFC 6749 says, or in its form. The error says why the endpoint cannot be used.
func (m *IntrospectionMetadata) Request(ctx context.Context, of Introspection, token Token) (*http.Request, error) {
	endpoint := cmp.Or(of.URL, m.Endpoint)
	if endpoint == "" {
		return nil, errors.New("the provider's metadata has no introspection_endpoint: INTROSPECTION_URL can name it")
	}
	if err := CheckEndpoint(endpoint); err != nil {
		return nil, fmt.Errorf("introspection_endpoint: %w", err)
	}
	form := url.Values{"token": {string(token)}, "token_type_hint": {"access_token"}}
	if m.posts() {
		form.Set("client_id", of.ClientID)
		form.Set("client_secret", string(of.ClientSecret))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/"+signedAnswer+", application/json;q=0.9")
	if !m.posts() {
		request.SetBasicAuth(url.QueryEscape(of.ClientID), url.QueryEscape(string(of.ClientSecret)))
	}
	return request, nil
}

// request returns a request about a token. With a configured address it needs no metadata.
func (i *introspector) request(ctx context.Context, token Token) (*http.Request, error) {
	current, err := i.provider.published.Load(), error(nil)
	if current == nil && i.settings.URL == "" {
		if current, err = i.provider.current(ctx); err != nil {
			return nil, err
		}
	}
	var m IntrospectionMetadata
	if current != nil {
		if err := current.oidc.Claims(&m); err != nil {
			return nil, unusable(false, "metadata: %w", briefly(err))
		}
	}
	request, err := m.Request(ctx, i.settings, token)
	if err != nil {
		return nil, unusable(false, "%w", err)
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
