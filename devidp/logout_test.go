package devidp_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestEndSession(t *testing.T) {
	p := serve(t)
	const home = api + "/docs/"
	login := p.login("alice", asDocs())
	cli := p.login("alice", asCLI()).IDToken
	for _, tt := range []struct {
		name  string
		pairs []string
		wait  time.Duration
		want  string
	}{
		{"with an ID token", []string{"id_token_hint", login.IDToken}, 0, home},
		{"with the client's name", []string{"client_id", "docs"}, 0, home},
		{"with both", []string{"id_token_hint", login.IDToken, "client_id", "docs"}, 0, home},
		{"with a state", []string{"client_id", "docs", "state", "a b"}, 0, home + "?state=a+b"},
		{"with an ID token of another client", []string{"id_token_hint", login.IDToken, "client_id", "cli"}, 0, ""},
		{"with an ID token of a client without such an address", []string{"id_token_hint", cli}, 0, ""},
		{"with an access token", []string{"id_token_hint", login.AccessToken}, 0, ""},
		{"with noise", []string{"id_token_hint", "noise", "client_id", "docs"}, 0, ""},
		{"with an unknown client", []string{"client_id", "nobody"}, 0, ""},
		{"without a client", nil, 0, ""},
		{"to another address", []string{"client_id", "docs", "post_logout_redirect_uri", home + "x"}, 0, ""},
		{"to no address", []string{"client_id", "docs", "post_logout_redirect_uri", ""}, 0, ""},
		{"with an ID token that expired", []string{"id_token_hint", login.IDToken}, time.Hour, home},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.clock.Advance(tt.wait)
			q := with(url.Values{"post_logout_redirect_uri": {home}}, tt.pairs...)
			for _, got := range []reply{p.get("/end_session?" + q.Encode()), p.post("/end_session", q)} {
				if got.Header.Get("Location") != tt.want {
					t.Errorf("redirects to %q, want %q", got.Header.Get("Location"), tt.want)
				}
				if tt.want == "" && (got.StatusCode != 200 || !strings.Contains(got.body, "<h1>Signed out</h1>")) {
					t.Errorf("got %d %s, want the signed-out page", got.StatusCode, got.body)
				}
			}
		})
	}
	if got := p.get("/end_session?state=a&state=b"); got.StatusCode != 400 {
		t.Errorf("a repeated parameter: got %d, want 400", got.StatusCode)
	}
}
