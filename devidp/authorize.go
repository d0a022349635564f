package devidp

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An authorization is a client's request to act for a user (RFC 6749, section 4.1.1). Once a user
// agreed to it, it is what the code stands for.
type authorization struct {
	grant       *grant
	redirectURI string
	state       string
	challenge   string
	expires     time.Time
}

// authorize answers a valid request with the login page. There is no session, so everybody logs in
// every time: any prompt but none, any max_age and any login_hint are met by that.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q, err := form(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	a, ok := p.authorization(w, r, q)
	if !ok {
		return
	}
	p.ask(w, loginPage{Action: "/login", Field: "request", Value: q.Encode(), Grant: a.grant})
}

// authorization returns the request in q, or answers it with an error. Until the redirect URI is
// known to be the client's, the error is a page: a redirect would make this an open redirector, and
// could hand a stranger the response (RFC 6749, section 4.1.2.1).
func (p *Provider) authorization(w http.ResponseWriter, r *http.Request, q url.Values) (*authorization, bool) {
	client, uri, err := p.destination(q)
	if err != nil {
		p.fail(w, r, err)
		return nil, false
	}
	a := &authorization{redirectURI: uri, state: q.Get("state"), challenge: q.Get("code_challenge")}
	if a.grant, err = p.check(client, q); err != nil {
		e := p.asRefusal(r, err)
		p.respond(w, a, url.Values{"error": {e.code}, "error_description": {e.description}})
		return nil, false
	}
	return a, true
}

// destination returns the client and the redirect URI that it is registered with.
func (p *Provider) destination(q url.Values) (*Client, string, error) {
	client := p.client(q.Get("client_id"))
	if client == nil || len(q["client_id"]) > 1 {
		return nil, "", refuse("invalid_request", "The client_id is missing or unknown.")
	}
	uri := q.Get("redirect_uri")
	if !client.redirects(uri) || len(q["redirect_uri"]) > 1 {
		return nil, "", refuse("invalid_request", "The redirect_uri is not registered for this client. "+
			"It must be exactly one of: "+strings.Join(client.RedirectURIs, " "))
	}
	return client, uri, nil
}

// check returns what the client asks for, provided that it asks in an acceptable way.
func (p *Provider) check(c *Client, q url.Values) (*grant, error) {
	if err := once(q); err != nil {
		return nil, err
	}
	if err := checkFlow(c, q); err != nil {
		return nil, err
	}
	g, err := p.request(c, q)
	if err != nil {
		return nil, err
	}
	if err := checkLogin(q); err != nil {
		return nil, err
	}
	g.nonce = q.Get("nonce")
	// acr_values are in order of preference (OpenID Connect Core, section 3.1.2.1), and a click can
	// be as strong as one likes.
	g.acr = append(strings.Fields(q.Get("acr_values")), "1")[0]
	return &g, nil
}

// checkFlow lets through the authorization code flow with PKCE and S256 alone, which RFC 9700
// (sections 2.1.1 and 2.1.2) recommends for every kind of client.
func checkFlow(c *Client, q url.Values) error {
	switch {
	case q.Has("request"):
		return refuse("request_not_supported", "Request objects are not supported.")
	case q.Has("request_uri"):
		return refuse("request_uri_not_supported", "Request objects are not supported.")
	case q.Get("response_type") == "":
		return refuse("invalid_request", "The response_type is missing.")
	case q.Get("response_type") != "code":
		return refuse("unsupported_response_type", "The response_type must be code.")
	case q.Get("response_mode") != "" && q.Get("response_mode") != "query":
		return refuse("invalid_request", "The response_mode must be query.")
	case !c.may(AuthorizationCode):
		return refuse("unauthorized_client", "The client may not use the authorization code flow.")
	case q.Get("code_challenge_method") != "S256" || !s256.MatchString(q.Get("code_challenge")):
		return refuse("invalid_request", "PKCE is required: a code_challenge, and code_challenge_method S256.")
	}
	return nil
}

// s256 is the form of a SHA-256 hash in base64url.
var s256 = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// checkLogin reads how the user is to be authenticated (OpenID Connect Core, section 3.1.2.1).
func checkLogin(q url.Values) error {
	if age := q.Get("max_age"); age != "" {
		if _, err := strconv.ParseUint(age, 10, 32); err != nil {
			return refuse("invalid_request", "The max_age must be a number of seconds.")
		}
	}
	prompts := strings.Fields(q.Get("prompt"))
	if !slices.Contains(prompts, "none") {
		return nil
	}
	if len(prompts) > 1 {
		return refuse("invalid_request", "The prompt none cannot be combined with others.")
	}
	return refuse("login_required", "There is no session: the user must log in.")
}
