package handlers_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func startLogout(t *testing.T, options ...apitest.Option) *apitest.API {
	t.Helper()
	return apitest.New(t, append([]apitest.Option{apitest.Env("BACKCHANNEL_LOGOUT=docs,web", "TOKEN_PROFILE=jwt")}, options...)...)
}

// sendLogout sends a logout token as a provider does, and checks what every response has.
func sendLogout(t *testing.T, api *apitest.API, token string, want int) {
	t.Helper()
	r := api.Call(t, "", "POST /backchannel-logout", url.Values{"logout_token": {token}}.Encode(), "Content-Type: application/x-www-form-urlencoded")
	if cache := r.Header.Get("Cache-Control"); r.Status != want || cache != "no-store" {
		t.Errorf("got %d %s and %q, want %d and no-store", r.Status, r.Body, cache, want)
	}
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// TestLogoutTokensAreChecked changes one thing of a valid logout token at a time.
func TestLogoutTokensAreChecked(t *testing.T) {
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for _, test := range []struct {
		name   string
		header map[string]any
		claims authtest.Claims
		want   int
	}{
		{"a valid one", nil, nil, 200},
		{"without typ", map[string]any{"typ": nil}, nil, 200},
		{"with the whole media type", map[string]any{"typ": "application/logout+JWT"}, nil, 200},
		{"of another typ", map[string]any{"typ": "JWT"}, nil, 400},
		{"with the typ of access tokens", map[string]any{"typ": "at+jwt"}, nil, 400},
		{"with an empty typ", map[string]any{"typ": ""}, nil, 400},
		{"unsigned", map[string]any{"alg": "none"}, nil, 400},
		{"of an unknown key", map[string]any{"kid": "other"}, nil, 400},
		{"of another issuer", nil, authtest.Claims{"iss": "https://other.example.com"}, 400},
		{"without an issuer", nil, authtest.Claims{"iss": nil}, 400},
		{"for the other client", nil, authtest.Claims{"aud": "web"}, 200},
		{"for several clients", nil, authtest.Claims{"aud": []string{"x", "docs"}}, 200},
		{"for another client", nil, authtest.Claims{"aud": "other"}, 400},
		{"for the API", nil, authtest.Claims{"aud": apitest.PublicURL}, 400},
		{"for no one", nil, authtest.Claims{"aud": nil}, 400},
		{"without iat", nil, authtest.Claims{"iat": nil}, 400},
		{"issued in the future", nil, authtest.Claims{"iat": in(time.Minute), "exp": in(time.Hour)}, 400},
		{"issued long ago", nil, authtest.Claims{"iat": in(-6 * time.Minute)}, 400},
		{"issued as a text", nil, authtest.Claims{"iat": "now"}, 400},
		{"without exp", nil, authtest.Claims{"exp": nil}, 200},
		{"that expired", nil, authtest.Claims{"exp": in(-time.Minute)}, 400},
		{"that is not valid yet", nil, authtest.Claims{"nbf": in(time.Minute)}, 400},
		{"without jti", nil, authtest.Claims{"jti": nil}, 400},
		{"with an empty jti", nil, authtest.Claims{"jti": ""}, 400},
		{"without events", nil, authtest.Claims{"events": nil}, 400},
		{"with another event", nil, authtest.Claims{"events": map[string]any{"urn:other": map[string]any{}}}, 400},
		{"with an event that is no object", nil, authtest.Claims{"events": map[string]any{logoutEvent: true}}, 400},
		{"with a list of events", nil, authtest.Claims{"events": []string{logoutEvent}}, 400},
		{"with a nonce", nil, authtest.Claims{"nonce": "n"}, 400},
		{"with a nonce that is null", nil, authtest.Claims{"nonce": authtest.Claims(nil)}, 400},
		{"with sub alone", nil, authtest.Claims{"sid": nil}, 200},
		{"with sid alone", nil, authtest.Claims{"sub": nil}, 200},
		{"with neither", nil, authtest.Claims{"sub": nil, "sid": nil}, 400},
		{"with an empty sid", nil, authtest.Claims{"sid": ""}, 400},
		{"with a sid that is a number", nil, authtest.Claims{"sid": 5}, 400},
		{"with an empty sub", nil, authtest.Claims{"sub": ""}, 400},
		{"with a long sid", nil, authtest.Claims{"sid": strings.Repeat("s", 3000)}, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := startLogout(t)
			session := api.Issuer.Token(authtest.Claims{"sid": "session-1"})
			api.Call(t, session, "GET /me", "").WantStatus(t, 200)
			header := map[string]any{"typ": "logout+jwt"}
			for name, value := range test.header {
				header[name] = value
			}
			claims := authtest.Claims{
				"aud": "docs", "client_id": nil, "sid": "session-1", "events": map[string]any{logoutEvent: map[string]any{}},
			}
			sendLogout(t, api, api.Issuer.Sign(header, api.Issuer.Claims(claims, test.claims)), test.want)
			r := api.Call(t, session, "GET /me", "")
			if ended := r.Status == 401; ended != (test.want == 200) {
				t.Errorf("the session ended: %t, after %d: %s", ended, test.want, r.Body)
			}
		})
	}
}

// TestOtherTokensDoNotLogOut sends what the issuer signs beside logout tokens, and a token of another key.
func TestOtherTokensDoNotLogOut(t *testing.T) {
	api := startLogout(t)
	forged := &authtest.Key{ID: api.Issuer.Key().ID, Algorithm: "ES256", Private: authtest.NewKey("ES256").Private}
	genuine := api.Issuer.LogoutToken()
	for name, token := range map[string]string{
		"an access token": api.Issuer.Token(authtest.Claims{"aud": "docs"}), "an ID token": api.Issuer.IDToken(), "nothing": "", "garbage": "a.b.c",
		"a forged one":  forged.Sign(map[string]any{"typ": "logout+jwt"}, api.Issuer.Claims(authtest.Claims{"aud": "docs", "sid": "s", "events": map[string]any{logoutEvent: map[string]any{}}})),
		"a changed one": genuine[:len(genuine)-4] + "AAAA", "one without a signature": genuine[:strings.LastIndexByte(genuine, '.')+1],
	} {
		t.Run(name, func(t *testing.T) { sendLogout(t, api, token, 400) })
	}
}

// TestLogoutRevokesWhatItNames has the tokens of alice, who has two sessions, and of bob.
func TestLogoutRevokesWhatItNames(t *testing.T) {
	claims := map[string]authtest.Claims{
		"session 1": {"sid": "session-1"}, "session 2": {"sid": "session-2"}, "no session": nil,
		"another subject": {"sub": "bob"}, "another subject in session 1": {"sub": "bob", "sid": "session-1"},
		"issued later": {"iat": time.Now().Add(20 * time.Second).Unix()},
	}
	for _, test := range []struct {
		name   string
		logout authtest.Claims
		want   map[string]error
	}{
		{"a subject", authtest.Claims{"sid": nil}, map[string]error{
			"session 1": problem.SubjectRevoked, "session 2": problem.SubjectRevoked, "no session": problem.SubjectRevoked}},
		{"a session", authtest.Claims{"sub": nil}, map[string]error{
			"session 1": problem.SessionEnded, "another subject in session 1": problem.SessionEnded}},
		{"a session of a subject", nil, map[string]error{
			"session 1": problem.SessionEnded, "no session": problem.SessionEnded, "another subject in session 1": problem.SessionEnded}},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := startLogout(t)
			tokens := map[string]string{}
			for name, changes := range claims {
				tokens[name] = api.Issuer.Token(changes)
				api.Call(t, tokens[name], "GET /me", "").WantStatus(t, 200)
			}
			sendLogout(t, api, api.Issuer.LogoutToken(test.logout), 200)
			for name, token := range tokens {
				if r := api.Call(t, token, "GET /me", ""); test.want[name] != nil {
					r.WantProblem(t, test.want[name])
				} else if r.Status != 200 {
					t.Errorf("%s: got %s", name, r.Body)
				}
			}
		})
	}
}

// TestALogoutTokenIsUsedOnce sends one to two instances with one database, one after the other and at once.
func TestALogoutTokenIsUsedOnce(t *testing.T) {
	shared := &revocationDatabase{}
	here := startLogout(t, withRevocations(shared))
	there := startLogout(t, withRevocations(shared))
	there.Issuer.Swap(here.Issuer.Key())
	token := here.Issuer.LogoutToken()
	sendLogout(t, here, token, 200)
	sendLogout(t, here, token, 400)
	sendLogout(t, there, token, 400)

	token = here.Issuer.LogoutToken()
	form := url.Values{"logout_token": {token}}.Encode()
	var accepted sync.Map
	var senders sync.WaitGroup
	for i := range 8 {
		senders.Go(func() {
			if r := here.Call(t, "", "POST /backchannel-logout", form, "Content-Type: application/x-www-form-urlencoded"); r.Status == 200 {
				accepted.Store(i, true)
			}
		})
	}
	senders.Wait()
	count := 0
	accepted.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("the token was used %d times", count)
	}
}

// TestLogoutLastsAsLongAsTokens has a token that lives for 26 hours, which the API has verified.
func TestLogoutLastsAsLongAsTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := startLogout(t)
		token := api.Issuer.Token(authtest.Claims{"sid": "session-1", "exp": time.Now().Add(26 * time.Hour).Unix()})
		api.Call(t, token, "GET /me", "").WantStatus(t, 200)
		sendLogout(t, api, api.Issuer.LogoutToken(), 200)
		time.Sleep(25*time.Hour + 30*time.Minute)
		api.Call(t, token, "GET /me", "").WantProblem(t, problem.SessionEnded)
	})
}

func TestLogoutRequestsAreForms(t *testing.T) {
	api := startLogout(t)
	form := "Content-Type: application/x-www-form-urlencoded"
	for _, test := range []struct{ name, line, body, header string }{
		{"JSON", "POST /backchannel-logout", `{"logout_token":"a"}`, "Content-Type: application/json"},
		{"nothing", "POST /backchannel-logout", "", form},
		{"two tokens", "POST /backchannel-logout", "logout_token=" + api.Issuer.LogoutToken() + "&logout_token=" + api.Issuer.LogoutToken(), form},
		{"a token in the query", "POST /backchannel-logout?logout_token=" + api.Issuer.LogoutToken(), "", form},
		{"a large body", "POST /backchannel-logout", "logout_token=" + api.Issuer.LogoutToken() + "&a=" + strings.Repeat("a", 70_000), form},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := api.Call(t, "", test.line, test.body, test.header)
			if r.Status != 400 || r.Header.Get("Cache-Control") != "no-store" || !strings.Contains(r.Body, `"error":"invalid_request"`) {
				t.Errorf("got %d %s %v", r.Status, r.Body, r.Header)
			}
		})
	}
}

// TestLogoutIsOffByDefault names no clients.
func TestLogoutIsOffByDefault(t *testing.T) {
	api := apitest.New(t)
	body := url.Values{"logout_token": {api.Issuer.LogoutToken()}}.Encode()
	api.Call(t, "", "POST /backchannel-logout", body, "Content-Type: application/x-www-form-urlencoded").WantStatus(t, 404)
}

// TestALogoutThatFailsIs400 has a provider that is down, and a database.
func TestALogoutThatFailsIs400(t *testing.T) {
	db := &revocationDatabase{}
	stored := startLogout(t, withRevocations(db))
	db.broken.Store(true)
	known := startLogout(t, apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
	for code, api := range map[string]*apitest.API{"database-unavailable": stored, "auth-unavailable": known} {
		token := api.Issuer.LogoutToken()
		sendLogout(t, api, token, 400)
		records := api.Log.Records(t, "request rejected")
		if len(records) != 1 || records[0]["code"] != code || strings.Contains(api.Log.String(), token) {
			t.Errorf("%s: logged %v", code, records)
		}
	}
	db.broken.Store(false)
	sendLogout(t, stored, stored.Issuer.LogoutToken(), 200)
}

// TestForgedLogoutTokensAreFailures exceeds the limit of failures with logout tokens.
func TestForgedLogoutTokensAreFailures(t *testing.T) {
	api := startLogout(t, apitest.Env("FAILURE_LIMIT=2"))
	api.Call(t, api.Token("alice", ""), "GET /me", "").WantStatus(t, 200)
	for range 3 {
		sendLogout(t, api, authtest.NewKey("ES256").Sign(nil, api.Issuer.Claims(authtest.Claims{"aud": "docs"})), 400)
	}
	api.Call(t, "a.b.c", "GET /me", "").WantStatus(t, 429)
	sendLogout(t, api, api.Issuer.LogoutToken(), 200)
}
