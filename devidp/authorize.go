package devidp

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An authorization is a client's request to act for a user (RFC 6749, section 4.1.1). After the user
// agreed, it is what the code stands for.
type authorization struct {
	grant       *grant
	redirectURI string
	state       string
	challenge   string
	expires     time.Time
}

// authorize responds to a valid request with the login page. There are no sessions: the user signs in
// every time, which satisfies any prompt but none, any max_age and any login_hint.
func (p *Provider) authorize(w http.ResponseWriter, q url.Values) error {
	a, err := p.authorization(q)
	if err != nil {
		return p.respondError(w, a, err)
	}
	p.showLogin(w, a.grant, loginPage{Action: "/login", Field: "request", Value: q.Encode()})
	return nil
}

// authorization reads the request in q. It returns nil with an error until the redirect URI is known to
// be the client's: a redirect would make this an open redirector, and could send the response to an
// attacker (RFC 6749, section 4.1.2.1).
func (p *Provider) authorization(q url.Values) (*authorization, error) {
	client := p.clients[q.Get("client_id")]
	if client == nil || len(q["client_id"]) > 1 {
		return nil, newError("invalid_request", "The client_id is missing or unknown.")
	}
	uri := q.Get("redirect_uri")
	if !client.redirects(uri) || len(q["redirect_uri"]) > 1 {
		return nil, newError("invalid_request", "The redirect_uri is not registered for this client. "+
			"It must be exactly one of: "+strings.Join(client.RedirectURIs, " "))
	}
	requested, err := p.requestedGrant(client, q)
	return &authorization{grant: requested, redirectURI: uri, state: q.Get("state"), challenge: q.Get("code_challenge")}, err
}

// requestedGrant returns what the client requests, if the request is valid.
func (p *Provider) requestedGrant(c *Client, q url.Values) (*grant, error) {
	if err := cmp.Or(checkRepeated(q), checkFlow(c, q), checkPrompt(q)); err != nil {
		return nil, err
	}
	g, err := p.readGrant(c, q)
	if err != nil {
		return nil, err
	}
	g.nonce = q.Get("nonce")
	// acr_values are in order of preference (OpenID Connect Core, section 3.1.2.1). One click may count
	// as any of them.
	g.acr = append(strings.Fields(q.Get("acr_values")), "1")[0]
	return g, nil
}

// checkFlow accepts the authorization code flow with PKCE and S256 only, which RFC 9700 (sections 2.1.1
// and 2.1.2) recommends for every kind of client.
func checkFlow(c *Client, q url.Values) error {
	switch {
	case q.Has("request"):
		return newError("request_not_supported", "Request objects are not supported.")
	case q.Has("request_uri"):
		return newError("request_uri_not_supported", "Request objects are not supported.")
	case q.Get("response_type") == "":
		return newError("invalid_request", "The response_type is missing.")
	case q.Get("response_type") != "code":
		return newError("unsupported_response_type", "The response_type must be code.")
	case q.Get("response_mode") != "" && q.Get("response_mode") != "query":
		return newError("invalid_request", "The response_mode must be query.")
	case !c.may(AuthorizationCode):
		return newError("unauthorized_client", "The client may not use the authorization code flow.")
	case q.Get("code_challenge_method") != "S256" || !s256.MatchString(q.Get("code_challenge")):
		return newError("invalid_request", "PKCE is required: a code_challenge, and code_challenge_method S256.")
	}
	return nil
}

// s256 matches a SHA-256 hash in base64url.
var s256 = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// checkPrompt checks how the user is to be authenticated (OpenID Connect Core, section 3.1.2.1).
func checkPrompt(q url.Values) error {
	if age := q.Get("max_age"); age != "" {
		if _, err := strconv.ParseUint(age, 10, 32); err != nil {
			return newError("invalid_request", "The max_age must be a number of seconds.")
		}
	}
	prompts := strings.Fields(q.Get("prompt"))
	switch {
	case !slices.Contains(prompts, "none"):
		return nil
	case len(prompts) > 1:
		return newError("invalid_request", "The prompt none cannot be combined with others.")
	}
	return newError("login_required", "There is no session: the user must log in.")
}
