package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/auth/ginauth"
)

// authorization makes the request with which Swagger UI sends users to the provider. Without a session of a user, the
// provider responds with its page of sign-in, or with an error: it compares client, redirect URI and scopes first.
func (r *report) authorization(ctx context.Context, m *metadata) {
	const check = "authorization"
	answer, err := r.authorize(ctx, m)
	rejected, isRejected := errors.AsType[*rejectedRequest](err)
	switch {
	case isRejected:
		r.warn(check, rejected.advice(r), "the provider rejects the request of the client %q: %.300q", r.DocsClientID, rejected.reason)
	case err != nil:
		r.warn(check, "Check the provider, and the network in between.", "%v", err)
	default:
		r.ok(check, "the provider %s", answer)
	}
}

// authorizationURL returns the address of the request (RFC 6749, section 4.1.1; RFC 7636, section 4.3).
func (r *report) authorizationURL(m *metadata) string {
	query := r.AuthorizeParams()
	for name, value := range map[string]string{
		"response_type": "code", "client_id": r.DocsClientID, "redirect_uri": r.RedirectURI(), "scope": strings.Join(r.scopes(), " "),
		"state": "doctor", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
	} {
		query.Set(name, value)
	}
	mark := "?"
	if strings.Contains(m.Authorization, "?") {
		mark = "&"
	}
	return m.Authorization + mark + query.Encode()
}

// scopes returns those that routes require, as clients ask for them.
func (r *report) scopes() []string {
	table, _ := r.console.Routes(r.Config) // an error is that of the start
	scopes := append(ginauth.RequiredBy(table).Scopes, "openid")
	slices.Sort(scopes)
	return r.Scopes().Add(slices.Compact(scopes))
}

// A rejectedRequest is the error of an authorization request.
type rejectedRequest struct{ reason string }

func (e *rejectedRequest) Error() string { return e.reason }

// advice returns what to change for the error that the provider names, as far as it names one.
func (e *rejectedRequest) advice(r *report) string {
	switch {
	case strings.Contains(e.reason, "invalid_scope"):
		return fmt.Sprintf("Define the scopes %q at the provider and allow them for the client, or set SCOPE_PREFIX.", r.scopes())
	case strings.Contains(e.reason, "invalid_target"), strings.Contains(e.reason, "audience"):
		return "The provider does not know the API by this name: define it there, or set OIDC_AUTHORIZE_PARAMS."
	}
	return fmt.Sprintf("Register %s as the redirect URI of a public client (single-page application) %q, or set DOCS_CLIENT_ID.", r.RedirectURI(), r.DocsClientID)
}

// authorize returns what the provider does with the request of a user without a session, or a [rejectedRequest].
func (r *report) authorize(ctx context.Context, m *metadata) (answer string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.authorizationURL(m), nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Accept", "text/html")
	response, err := r.console.HTTPClient().Do(request)
	if err != nil {
		return "", fmt.Errorf("%s does not respond: %w", m.Authorization, errors.Unwrap(err)) // which repeats the address
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	location := request.URL
	if relative, err := url.Parse(response.Header.Get("Location")); err == nil {
		location = location.ResolveReference(relative)
		location.Path = pathParameter.ReplaceAllString(location.Path, "")
	}
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return "sends users to " + location.Host + location.Path, redirectError(location)
	case response.StatusCode >= 500:
		return "", fmt.Errorf("%s returns %d", m.Authorization, response.StatusCode)
	case response.StatusCode >= 400:
		return "", &rejectedRequest{strings.TrimSpace(fmt.Sprintf("%d %s", response.StatusCode, summary(page)))}
	case err == nil && errorPage.Match(page):
		return "", &rejectedRequest{string(errorPage.Find(page))}
	}
	return "shows its page of sign-in", err
}

// redirectError returns the error that an address has (RFC 6749, section 4.1.2.1): that of the client, or of a page of
// the provider.
func redirectError(address *url.URL) error {
	for _, query := range []string{address.RawQuery, address.Fragment} {
		values, _ := url.ParseQuery(query) // what can be read of it
		for _, name := range []string{"error", "authError", "errorCode"} {
			if values.Has(name) {
				return &rejectedRequest{strings.TrimSpace(values.Get(name) + " " + values.Get("error_description"))}
			}
		}
	}
	if strings.HasSuffix(address.Path, "/error") {
		return &rejectedRequest{"it leads to " + address.Path}
	}
	return nil
}

var (
	pathParameter = regexp.MustCompile(`;[^/]*`) // of a segment (RFC 3986, section 3.3): servers write sessions there

	errorPage = regexp.MustCompile(`AADSTS[0-9]+[^"<]{0,200}|(?i:<title>[^<]*\berror\b[^<]*)`) // with status 200, as Entra ID has it
	pageError = regexp.MustCompile(`(?i)[^<>\n]{0,60}(redirect[_ -]?uri|client[_ ]id|client not found|unknown client|invalid_[a-z]+|unauthorized_client)[^<>\n]{0,100}`)
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>([^<]*)`)
)

// summary returns what a page of an error says: the error, as far as it is known, or its title, or its text.
func summary(page []byte) string {
	if found := pageError.Find(page); found != nil {
		return strings.TrimSpace(string(found))
	}
	if found := pageTitle.FindSubmatch(page); found != nil {
		return strings.TrimSpace(string(found[1]))
	}
	return strings.TrimSpace(string(page[:min(len(page), 200)]))
}
