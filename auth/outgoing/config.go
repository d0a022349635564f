package outgoing

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.com/gatehouse/auth"
	"golang.org/x/oauth2"
)

// A Config says which API is called, and with which client. Origin, ClientID, ClientSecret and one of Resource,
// Audience and Scopes are required.
type Config struct {
	Origin       string   // of the other API; https unless on a loopback address
	ClientID     string   // of this API at the provider
	ClientSecret Secret   // of that client
	Resource     string   // the API that tokens are for: a URI (RFC 8707, section 2)
	Audience     string   // the same as a name (RFC 8693, section 2.1): at Keycloak the other API's client
	Scopes       []string // of the tokens

	OnBehalfOf Grant            // how tokens on behalf of callers are requested; nil means TokenExchange
	AuthStyle  oauth2.AuthStyle // where ClientSecret is sent; zero means by Basic (RFC 6749, section 2.3.1)

	Tokens    int               // how many of up to 8 KiB are cached; zero means 10,000
	Timeout   time.Duration     // of one call, including its body and its token; zero means 10 seconds
	MaxBody   int64             // bytes of a response beyond which reading it fails; zero means 10 MiB
	Transport http.RoundTripper // reaches the provider and the other API; nil means http.DefaultTransport
	Now       func() time.Time  // the clock for the expiry of tokens; nil means time.Now
}

// check sets the defaults and returns the origin, or everything that is wrong.
func (c *Config) check() (*url.URL, error) {
	var wrong []error
	origin, _ := url.Parse(c.Origin)
	if err := auth.CheckURL(c.Origin); err != nil {
		wrong = append(wrong, fmt.Errorf("origin: %w", err))
	} else if origin.Path != "" {
		wrong = append(wrong, fmt.Errorf("origin: %q has a path", c.Origin))
	}
	if c.ClientID == "" || c.ClientSecret == "" {
		wrong = append(wrong, errors.New("client: id and secret are required"))
	}
	if c.Resource == "" && c.Audience == "" && len(c.Scopes) == 0 {
		wrong = append(wrong, errors.New("resource, audience, scopes: one of them is required, to say which API tokens are for"))
	}
	if c.Tokens < 0 || c.Timeout < 0 || c.MaxBody < 0 {
		wrong = append(wrong, errors.New("tokens, timeout, body: must not be negative"))
	}
	if c.OnBehalfOf == nil {
		c.OnBehalfOf = TokenExchange
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.AuthStyle = cmp.Or(c.AuthStyle, oauth2.AuthStyleInHeader)
	c.Tokens = cmp.Or(c.Tokens, 10_000)
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.MaxBody = cmp.Or(c.MaxBody, 10<<20)
	return origin, errors.Join(wrong...)
}

// A Secret is a client's secret. It prints and logs as REDACTED.
type Secret = auth.Secret

// A Grant returns the parameters of a token request on behalf of a caller. Client, target and scopes are added to them.
type Grant func(caller auth.Token) url.Values

// TokenExchange is RFC 8693, section 2.1.
func TokenExchange(caller auth.Token) url.Values {
	return url.Values{
		"grant_type":           {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"subject_token":        {string(caller)},
		"subject_token_type":   {"urn:ietf:params:oauth:token-type:access_token"},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
	}
}

// EntraOnBehalfOf is the grant of Microsoft Entra ID, which has an extension of RFC 7523 instead of RFC 8693. Select the
// other API by its scopes, "api://ID/.default" for example, and leave Resource and Audience empty.
func EntraOnBehalfOf(caller auth.Token) url.Values {
	return url.Values{
		"grant_type":          {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":           {string(caller)},
		"requested_token_use": {"on_behalf_of"},
	}
}
