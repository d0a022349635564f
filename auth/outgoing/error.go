package outgoing

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"golang.org/x/oauth2"
)

// A ProviderError is the error with which a provider issues no token (RFC 6749, section 5.2), in the provider's words,
// for the log. Parts that could be a token or a secret are removed.
type ProviderError struct{ Code, Description string }

// Error quotes the provider.
func (e *ProviderError) Error() string {
	return fmt.Sprintf("the provider says %q: %q", e.Code, e.Description)
}

// aboutCaller are the codes for a caller's token that is not accepted. RFC 8693, section 2.2.2, requires the first;
// Entra ID uses the second, and the last when its user must sign in again.
var aboutCaller = []string{"invalid_request", "invalid_grant", "invalid_token", "interaction_required"}

// tokenError returns the error of a request for a token that x/oauth2 ended with err. It does not wrap err, which may
// repeat the whole response.
func (c *Client) tokenError(s subject, err error) error {
	response, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return unavailable(errors.New(c.redact(s, err.Error())))
	}
	if status := response.Response.StatusCode; response.ErrorCode == "" || status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return unavailable(fmt.Errorf("the provider responded %d", status))
	}
	rejected := &ProviderError{c.redact(s, response.ErrorCode), c.redact(s, response.ErrorDescription)}
	if s.token != "" && slices.Contains(aboutCaller, rejected.Code) {
		return &auth.Error{Type: problem.TokenInactive, Err: rejected}
	}
	return rejected
}

func unavailable(err error) error { return &auth.Error{Type: problem.AuthUnavailable, Err: err} }

// long matches parts of tokens: no word or name is that long.
var long = regexp.MustCompile(`[\w~+=-]{40,}`)

// redact returns a text of the provider without what was sent to it, and shortened for the log.
func (c *Client) redact(s subject, text string) string {
	secret := url.QueryEscape(string(c.config.ClientSecret))
	basic := url.QueryEscape(c.config.ClientID) + ":" + secret
	for _, sent := range []string{
		string(s.token), string(c.config.ClientSecret), secret, base64.StdEncoding.EncodeToString([]byte(basic)),
	} {
		if sent != "" {
			text = strings.ReplaceAll(text, sent, "REDACTED")
		}
	}
	return auth.Brief(long.ReplaceAllString(text, "REDACTED"))
}
