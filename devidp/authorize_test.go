package devidp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestLoginPageShowsTheRequest(t *testing.T) {
	p := serve(t)
	for _, page := range []reply{
		p.get("/authorize?" + asDocs().Encode()),
		p.post("/authorize", asDocs()),
	} {
		for _, want := range []string{`<strong>docs</strong>`, `<code>items:read</code>`, `<code>openid</code>`,
			`value="alice"`, `value="bob"`, `Cancel</button>`} {
			if page.StatusCode != 200 || !strings.Contains(page.body, want) {
				t.Errorf("got %d %s, want %s", page.StatusCode, page.body, want)
			}
		}
	}
}

func TestInvalidDestinationsGetNoRedirect(t *testing.T) {
	p := serve(t)
	repeated := func(name string) url.Values {
		q := asDocs()
		q.Add(name, q.Get(name))
		return q
	}
	for _, tt := range []struct {
		name string
		q    url.Values
	}{
		{"no client", asDocs("client_id", "")},
		{"an unknown client", asDocs("client_id", "nobody")},
		{"two clients", repeated("client_id")},
		{"no redirect URI", asDocs("redirect_uri", "")},
		{"two redirect URIs", repeated("redirect_uri")},
		{"another site", asDocs("redirect_uri", "https://evil.example.com/docs/oauth2-redirect.html")},
		{"a longer path", asDocs("redirect_uri", callback+"/")},
		{"an added query", asDocs("redirect_uri", callback+"?next=evil")},
		{"another port", asDocs("redirect_uri", "http://localhost:8081/docs/oauth2-redirect.html")},
		{"another case", asDocs("redirect_uri", strings.Replace(callback, "docs", "Docs", 1))},
		{"a loopback port for a client without loopback", asDocs("redirect_uri", loop)},
		{"a client without redirect URIs", asDocs("client_id", "service")},
		{"loopback with https", asCLI("redirect_uri", "https://127.0.0.1:1/cb")},
		{"loopback with a user", asCLI("redirect_uri", "http://me@127.0.0.1:1/cb")},
		{"loopback with a fragment", asCLI("redirect_uri", "http://127.0.0.1:1/cb#x")},
		{"loopback as a user name", asCLI("redirect_uri", "http://127.0.0.1:1@evil.example.com/")},
		{"loopback as the start of a name", asCLI("redirect_uri", "http://127.0.0.1.evil.example.com/")},
		{"localhost as the start of a name", asCLI("redirect_uri", "http://localhost.evil.example.com/")},
		{"a private scheme", asCLI("redirect_uri", "javascript:alert(1)")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.get("/authorize?" + tt.q.Encode())
			if got.StatusCode != 400 || got.Header.Get("Location") != "" || !strings.Contains(got.body, "<h1>") {
				t.Errorf("GET: got %d %q, want a page with 400", got.StatusCode, got.Header.Get("Location"))
			}
			got = p.post("/login", url.Values{"request": {tt.q.Encode()}, "user": {"alice"}})
			if got.StatusCode != 400 || got.Header.Get("Location") != "" {
				t.Errorf("login: got %d %q, want a page with 400", got.StatusCode, got.Header.Get("Location"))
			}
		})
	}
	if got := p.get("/authorize?client_id=%zz"); got.StatusCode != 400 {
		t.Errorf("a malformed query: got %d, want 400", got.StatusCode)
	}
	if got := p.post("/login", url.Values{"request": {"client_id=%zz"}}); got.StatusCode != 400 {
		t.Errorf("a malformed request: got %d, want 400", got.StatusCode)
	}
}

func TestLoopbackRedirects(t *testing.T) {
	p := serve(t)
	for _, uri := range []string{loop, "http://127.0.0.1/", "http://[::1]:4711/deep/path", "http://localhost:1",
		"http://localhost:8123/cb?keep=me"} {
		q := asCLI("redirect_uri", uri)
		location := p.click(p.get("/authorize?"+q.Encode()), "bob").Header.Get("Location")
		if !strings.HasPrefix(location, uri) || !strings.Contains(location, "code=") {
			t.Errorf("%s: got %q", uri, location)
		}
	}
}

func TestErrorsAreReturnedToTheClient(t *testing.T) {
	p := serve(t)
	twice := asDocs()
	twice.Add("nonce", "n2")
	repeatedState := asDocs()
	repeatedState.Add("state", "other")
	resources := asDocs()
	resources["resource"] = []string{api, "https://unknown.example.com"}
	for _, tt := range []struct {
		name string
		q    url.Values
		want string
	}{
		{"no response type", asDocs("response_type", ""), "invalid_request"},
		{"the implicit flow", asDocs("response_type", "token"), "unsupported_response_type"},
		{"the hybrid flow", asDocs("response_type", "code id_token"), "unsupported_response_type"},
		{"a response in the fragment", asDocs("response_mode", "fragment"), "invalid_request"},
		{"a request object", asDocs("request", "x"), "request_not_supported"},
		{"a request object elsewhere", asDocs("request_uri", "https://x.example.com"), "request_uri_not_supported"},
		{"no PKCE", asDocs("code_challenge", "", "code_challenge_method", ""), "invalid_request"},
		{"no challenge", asDocs("code_challenge", ""), "invalid_request"},
		{"a challenge of the wrong form", asDocs("code_challenge", "short"), "invalid_request"},
		{"PKCE plain", asDocs("code_challenge_method", "plain"), "invalid_request"},
		{"PKCE plain by default", asDocs("code_challenge_method", ""), "invalid_request"},
		{"PKCE missing for a confidential client", asDocs("client_id", "web app",
			"redirect_uri", "https://app.example.com/cb?x=1", "code_challenge", ""), "invalid_request"},
		{"a client without the grant", asDocs("client_id", "idle",
			"redirect_uri", "https://idle.example.com/cb"), "unauthorized_client"},
		{"a scope with a quote", asDocs("scope", `a"b`), "invalid_scope"},
		{"a scope with a backslash", asDocs("scope", `a\b`), "invalid_scope"},
		{"a scope with two spaces", asDocs("scope", "a  b"), "invalid_scope"},
		{"a scope beyond ASCII", asDocs("scope", "ä"), "invalid_scope"},
		{"an unknown resource", asDocs("resource", "https://unknown.example.com"), "invalid_target"},
		{"an unknown resource beside a known one", resources, "invalid_target"},
		{"a repeated nonce", twice, "invalid_request"},
		{"a repeated state", repeatedState, "invalid_request"},
		{"no login page", asDocs("prompt", "none"), "login_required"},
		{"no login page and one", asDocs("prompt", "none login"), "invalid_request"},
		{"an age that is no number", asDocs("max_age", "soon"), "invalid_request"},
		{"a negative age", asDocs("max_age", "-1"), "invalid_request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, got := range []reply{
				p.get("/authorize?" + tt.q.Encode()),
				p.post("/login", url.Values{"request": {tt.q.Encode()}, "user": {"alice"}}),
			} {
				to, answer := p.location(got)
				if want, _, _ := strings.Cut(tt.q.Get("redirect_uri"), "?"); to != want {
					t.Errorf("redirects to %q, want %q", to, want)
				}
				if answer.Get("error") != tt.want || answer.Get("error_description") == "" || answer.Has("code") {
					t.Errorf("got %v, want error %s", answer, tt.want)
				}
				if answer.Get("state") != "st&te" || answer.Get("iss") != p.url {
					t.Errorf("got state %q and iss %q", answer.Get("state"), answer.Get("iss"))
				}
			}
		})
	}
}

func TestOptionalParametersAreAccepted(t *testing.T) {
	p := serve(t)
	for _, q := range []url.Values{
		asDocs("login_hint", "bob"), asDocs("prompt", "login"), asDocs("prompt", "consent select_account"),
		asDocs("max_age", "0"), asDocs("response_mode", "query"), asDocs("ui_locales", "de"),
		asDocs("resource", api), asDocs("scope", "anything:at:all x/y?z"),
	} {
		if got := p.get("/authorize?" + q.Encode()); got.StatusCode != 200 {
			t.Errorf("%v: got %d, want the login page", q, got.StatusCode)
		}
	}
}

func TestCancelReturnsAccessDenied(t *testing.T) {
	p := serve(t)
	to, answer := p.location(p.click(p.get("/authorize?"+asDocs().Encode()), ""))
	if to != callback || answer.Get("error") != "access_denied" || answer.Get("state") != "st&te" || answer.Get("iss") != p.url {
		t.Errorf("got %s %v", to, answer)
	}
	for _, user := range []string{"", "nobody", "service"} {
		_, answer := p.location(p.post("/login", url.Values{"request": {asDocs().Encode()}, "user": {user}}))
		if answer.Get("error") != "access_denied" || answer.Has("code") {
			t.Errorf("user %q: got %v, want access_denied", user, answer)
		}
	}
}

func TestCodeIsReturnedToTheClient(t *testing.T) {
	p := serve(t)
	q := asDocs("client_id", "web app", "redirect_uri", "https://app.example.com/cb?x=1")
	to, answer := p.location(p.click(p.get("/authorize?"+q.Encode()), "alice"))
	if to != "https://app.example.com/cb" || answer.Get("x") != "1" || answer.Get("code") == "" ||
		answer.Get("state") != "st&te" || answer.Get("iss") != p.url {
		t.Errorf("got %s %v", to, answer)
	}
	_, answer = p.location(p.click(p.get("/authorize?"+asDocs("state", "").Encode()), "alice"))
	if answer.Has("state") {
		t.Errorf("got a state that was not sent: %v", answer)
	}
}

func TestClicksFromOtherSitesAreRejected(t *testing.T) {
	p := serve(t)
	device := p.tokenAt("/device_authorization", url.Values{"client_id": {"cli"}}, http.Header{}).must(t)
	for _, tt := range []struct {
		name   string
		header http.Header
		want   bool
	}{
		{"its own page", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {p.url}}, true},
		{"its own page in an old browser", http.Header{"Origin": {p.url}}, true},
		{"no browser", http.Header{}, true},
		{"another site", http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		{"another port of this host", http.Header{"Sec-Fetch-Site": {"same-site"}, "Origin": {api}}, false},
		{"another site in an old browser", http.Header{"Origin": {"https://evil.example.com"}}, false},
		{"an opaque origin in an old browser", http.Header{"Origin": {"null"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.postWith("/login", url.Values{"request": {asDocs().Encode()}, "user": {"alice"}}, tt.header.Clone())
			if allowed := got.StatusCode == 303; allowed != tt.want || !allowed && got.StatusCode != 403 {
				t.Errorf("login: got %d, want allowed %v", got.StatusCode, tt.want)
			}
			if tt.want {
				return
			}
			got = p.postWith("/device", url.Values{"user_code": {device.UserCode}, "user": {"alice"}}, tt.header.Clone())
			if got.StatusCode != 403 {
				t.Errorf("device: got %d, want 403", got.StatusCode)
			}
		})
	}
}
