package devidp_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"example.com/gatehouse/devidp"
)

// with returns a copy of q with the pairs set; an empty value removes the name.
func with(q url.Values, pairs ...string) url.Values {
	q = maps.Clone(q)
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return q
}

// asDocs is an authorization request of Swagger UI's client, changed by pairs.
func asDocs(pairs ...string) url.Values {
	return with(url.Values{"client_id": {"docs"}, "redirect_uri": {callback}, "response_type": {"code"},
		"scope": {"openid items:read"}, "state": {"st&te"}, "nonce": {"n1"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}}, pairs...)
}

// asCLI is the same for the command line client.
func asCLI(pairs ...string) url.Values {
	return with(asDocs("client_id", "cli", "redirect_uri", loop), pairs...)
}

var (
	action = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	button = regexp.MustCompile(`<button[^>]* name="([^"]*)" value="([^"]*)">`)
)

// click submits the form of the page as a browser would, by the button with the value.
func (p *provider) click(page reply, value string) reply {
	p.t.Helper()
	if page.StatusCode != 200 {
		p.t.Fatalf("got %d %s, want a login page", page.StatusCode, page.body)
	}
	q := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		q.Add(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range button.FindAllStringSubmatch(page.body, -1) {
		if m[2] == value {
			q.Add(m[1], value)
			return p.postWith(action.FindStringSubmatch(page.body)[1], q,
				http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {p.url}})
		}
	}
	p.t.Fatalf("no button %q in %s", value, page.body)
	return reply{}
}

// location returns where a reply redirects to, without its query, and the query.
func (p *provider) location(r reply) (string, url.Values) {
	p.t.Helper()
	u, err := url.Parse(r.Header.Get("Location"))
	if err != nil || r.StatusCode != 303 {
		p.t.Fatalf("got %d %q %s, want a redirect", r.StatusCode, r.Header.Get("Location"), r.body)
	}
	q := u.Query()
	u.RawQuery = ""
	return u.String(), q
}

// code logs the user in for the authorization request, and returns the code.
func (p *provider) code(user string, q url.Values) string {
	p.t.Helper()
	_, answer := p.location(p.click(p.get("/authorize?"+q.Encode()), user))
	if answer.Get("code") == "" {
		p.t.Fatalf("got %v, want a code", answer)
	}
	return answer.Get("code")
}

// redeem is the token request that follows the authorization request, changed by pairs.
func redeem(q url.Values, code string, pairs ...string) url.Values {
	return with(url.Values{"grant_type": {devidp.AuthorizationCode}, "client_id": {q.Get("client_id")},
		"redirect_uri": {q.Get("redirect_uri")}, "code": {code}, "code_verifier": {verifier}}, pairs...)
}

// login goes through a whole code flow.
func (p *provider) login(user string, q url.Values) tokenReply {
	p.t.Helper()
	return p.token(redeem(q, p.code(user, q))).must(p.t)
}

// refreshing is a refresh request of the client, changed by pairs.
func refreshing(client, token string, pairs ...string) url.Values {
	return with(url.Values{"grant_type": {devidp.RefreshToken}, "client_id": {client}, "refresh_token": {token}}, pairs...)
}

// asService is a client credentials request, changed by pairs.
func asService(pairs ...string) url.Values {
	return with(url.Values{"grant_type": {devidp.ClientCredentials}, "client_id": {"service"},
		"client_secret": {"service-secret"}}, pairs...)
}

// active reports whether introspection returns that a token is active.
func (p *provider) active(token string) bool {
	p.t.Helper()
	answer := p.post("/introspect", asService("grant_type", "", "token", token))
	if answer.StatusCode != 200 {
		p.t.Fatalf("introspection answered %d %s", answer.StatusCode, answer.body)
	}
	return strings.Contains(answer.body, `"active":true`)
}
