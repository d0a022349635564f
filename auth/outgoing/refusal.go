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
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"golang.org/x/oauth2"
)

// A ProviderError is a provider's refusal to issue a token (RFC 6749, section 5.2), in its own words
// for the log. What could be a token or a secret is taken out of them.
type ProviderError struct{ Code, Description string }

// Error quotes the provider.
func (e *ProviderError) Error() string {
	return fmt.Sprintf("the provider says %q: %q", e.Code, e.Description)
}

// aboutCaller has the codes that say that the token of a caller is not accepted. RFC 8693, section
// 2.2.2, wants the first; Entra ID uses the second, and the last when its user has to sign in anew.
var aboutCaller = []string{"invalid_request", "invalid_grant", "invalid_token", "interaction_required"}

// refusal says what it means for the subject that x/oauth2 returned err. That itself is not passed
// on, for it may repeat the answer as a whole.
func (c *Client) refusal(s subject, err error) error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return unavailable(errors.New(c.redact(s, err.Error())))
	}
	if status := answer.Response.StatusCode; answer.ErrorCode == "" || status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return unavailable(fmt.Errorf("the provider answered %d", status))
	}
	said := &ProviderError{c.redact(s, answer.ErrorCode), c.redact(s, answer.ErrorDescription)}
	if s.token != "" && slices.Contains(aboutCaller, said.Code) {
		return &auth.Error{Type: problem.TokenInactive, Err: said}
	}
	return said
}

func unavailable(err error) error {
	return &auth.Error{Type: problem.AuthUnavailable, RetryAfter: 5 * time.Second, Err: err}
}

// long is what no word or name is, but a part of a token.
var long = regexp.MustCompile(`[\w~+=-]{40,}`)

// redact returns a provider's words without what it was sent, and without more than a log can use.
func (c *Client) redact(s subject, words string) string {
	secret := url.QueryEscape(string(c.config.ClientSecret))
	basic := url.QueryEscape(c.config.ClientID) + ":" + secret
	for _, sent := range []string{
		string(s.token), string(c.config.ClientSecret), secret, base64.StdEncoding.EncodeToString([]byte(basic)),
	} {
		if sent != "" {
			words = strings.ReplaceAll(words, sent, "REDACTED")
		}
	}
	words = long.ReplaceAllString(words, "REDACTED")
	return words[:min(len(words), 300)]
}
