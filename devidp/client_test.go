package devidp_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/gatehouse/devidp"
)

// basic is HTTP Basic authentication with the parts as they are.
func basic(id, secret string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))}}
}

func TestClientAuthentication(t *testing.T) {
	p := serve(t)
	grant := url.Values{"grant_type": {devidp.ClientCredentials}}
	odd := url.QueryEscape("p:s %&+")
	for _, tt := range []struct {
		name   string
		header http.Header
		q      url.Values
		status int
		code   string
	}{
		{"a secret in the body", nil, asService(), 200, ""},
		{"a secret in the header", basic("service", "service-secret"), grant, 200, ""},
		{"a secret in the header and the name in the body", basic("service", "service-secret"),
			with(grant, "client_id", "service"), 200, ""},
		{"a form-encoded name and secret", basic("web+app", odd), grant, 200, ""},
		{"nobody", nil, grant, 401, "invalid_client"},
		{"an unknown client", nil, asService("client_id", "nobody"), 401, "invalid_client"},
		{"a wrong secret in the body", nil, asService("client_secret", "guess"), 401, "invalid_client"},
		{"no secret", nil, asService("client_secret", ""), 401, "invalid_client"},
		{"a wrong secret in the header", basic("service", "guess"), grant, 401, "invalid_client"},
		{"no secret in the header", basic("service", ""), grant, 401, "invalid_client"},
		{"a secret that is not form-encoded", basic("web app", "p:s %&+"), grant, 401, "invalid_client"},
		{"a malformed secret for a public client", basic("docs", "%zz"), grant, 401, "invalid_client"},
		{"a secret for a public client", nil, asService("client_id", "docs"), 401, "invalid_client"},
		{"a header of another scheme", http.Header{"Authorization": {"Bearer x"}}, asService(), 401, "invalid_client"},
		{"a header that is not base64", http.Header{"Authorization": {"Basic %"}}, asService(), 401, "invalid_client"},
		{"a secret in both places", basic("service", "service-secret"), asService(), 400, "invalid_request"},
		{"two names", basic("service", "service-secret"), with(grant, "client_id", "docs"), 400, "invalid_request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.header == nil {
				tt.header = http.Header{}
			}
			got := p.tokenAt("/token", tt.q, tt.header)
			if tt.status == 200 {
				got.must(t)
				return
			}
			wantError(t, got, tt.status, tt.code)
			challenged := strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Basic ")
			if challenged != (tt.status == 401) {
				t.Errorf("WWW-Authenticate: got %q", got.Header.Get("WWW-Authenticate"))
			}
		})
	}
}

// Some libraries send a public client's name by Basic, with an empty secret.
func TestPublicClientMayUseBasic(t *testing.T) {
	p := serve(t)
	q := redeem(asDocs(), p.code("alice", asDocs()), "client_id", "")
	p.tokenAt("/token", q, basic("docs", "")).must(t)
}

func TestConfidentialClientsNeedTheirSecret(t *testing.T) {
	p := serve(t)
	q := asDocs("client_id", "web app", "redirect_uri", "https://app.example.com/cb?x=1")
	wantError(t, p.token(redeem(q, p.code("alice", q))), 401, "invalid_client")
	p.token(redeem(q, p.code("alice", q), "client_secret", "p:s %&+")).must(t)
}

func TestRequestsThatAreNotForms(t *testing.T) {
	p := serve(t)
	const encoded = "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		name, media, body string
		want              int
	}{
		{"JSON", "application/json", `{"grant_type":"client_credentials"}`, 400},
		{"no media type", "", asService().Encode(), 400},
		{"a bad escape", encoded, "a=%zz", 400},
		{"64 KB", encoded, asService().Encode() + "&pad=" + strings.Repeat("x", 64<<10-len(asService().Encode())-5), 200},
		{"more than 64 KB", encoded, asService().Encode() + "&pad=" + strings.Repeat("x", 64<<10), 413},
		{"a media type with a parameter", encoded + "; charset=utf-8", asService().Encode(), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.send("POST", "/token", http.Header{"Content-Type": {tt.media}}, tt.body)
			if got.StatusCode != tt.want || tt.want != 200 && !strings.Contains(got.body, "invalid_request") {
				t.Errorf("got %d %s, want %d", got.StatusCode, got.body, tt.want)
			}
		})
	}
	big := url.Values{"request": {strings.Repeat("x", 64<<10)}}
	if got := p.post("/login", big); got.StatusCode != 413 {
		t.Errorf("a large login: got %d, want 413", got.StatusCode)
	}
	if got := p.get("/authorize?" + asDocs("state", strings.Repeat("x", 64<<10)).Encode()); got.StatusCode != 414 {
		t.Errorf("a long address: got %d, want 414", got.StatusCode)
	}
}
