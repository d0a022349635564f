package cli_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/test/clitest"
)

// newExplainer returns an issuer, and a terminal that is configured for it.
func newExplainer(t *testing.T) (*authtest.Issuer, *clitest.Terminal) {
	t.Helper()
	issuer := authtest.Start(t, apiURL)
	return issuer, newTerminal(t, "OIDC_ISSUER", issuer.URL, "OIDC_AUDIENCE", apiURL)
}

// explain runs the command with a token on standard input.
func explain(t *testing.T, f *clitest.Terminal, token string, args ...string) int {
	t.Helper()
	f.In = strings.NewReader(token)
	return f.Run(t, append([]string{"explain"}, args...)...)
}

func TestExplainFindsRoutesBelowThePathOfPublicURL(t *testing.T) {
	issuer := authtest.Start(t, apiURL)
	for _, test := range []struct {
		setting, path string
		status        int
	}{
		{"", "https://example.com/base/me?a", 0}, {"", "/base/me", 0}, {"", "/me", 0}, {"", "/baseX/me", 1},
		{"stripped", "https://example.com/base/me", 0}, {"stripped", "/me", 0}, {"stripped", "/base/me", 1},
	} {
		f := newTerminal(t, "OIDC_ISSUER", issuer.URL, "OIDC_AUDIENCE", apiURL, "PUBLIC_URL", "https://example.com/base", "PUBLIC_PATH", test.setting)
		if status := explain(t, f, issuer.Token(), "-path", test.path); status != test.status {
			t.Errorf("%s with PUBLIC_PATH=%s: the status is %d, want %d: %s", test.path, test.setting, status, test.status, f.Stdout)
		}
	}
}

// TestExplainNamesTheIssuer has tokens of two issuers, the second of which has settings of its own.
func TestExplainNamesTheIssuer(t *testing.T) {
	first, second := authtest.Start(t, apiURL), authtest.Start(t, apiURL)
	f := newTerminal(t, "OIDC_ISSUER", first.URL, "OIDC_AUDIENCE", apiURL, "OIDC_ISSUER_2", second.URL, "OIDC_CLIENTS_2", "spa")
	if status := explain(t, f, first.Token()); status != 0 || !strings.Contains(f.Stdout.String(), "The token was checked as one of "+first.URL+".\n") {
		t.Errorf("the status is %d with %s", status, f.Stdout)
	}
	status, out := explain(t, f, second.Token()), f.Stdout.String()
	if status != 1 || !strings.Contains(out, "as one of "+second.URL+".\n") || !strings.Contains(out, "OIDC_CLIENTS_2 does not name this client") {
		t.Errorf("the status is %d with %s", status, out)
	}
}

func TestExplainPrintsEveryCheck(t *testing.T) {
	issuer, f := newExplainer(t)
	read := authtest.Claims{"scope": "items:read"}
	for _, test := range []struct {
		name   string
		token  string
		args   []string
		status int
		want   []string
	}{
		{"a good token", issuer.Token(), nil, 0, []string{
			`ok    alg                "ES256"`, `ok    iss                "` + issuer.URL + `"`, `The token is accepted. Subject: "alice", client: "docs", valid until `}},
		{"a token that the route accepts", issuer.Token(read), []string{"-path", "/items"}, 0, []string{
			`ok    required_scope     ["items:read"]`, "GET /items would accept it."}},
		{"a token without the scope", issuer.Token(read), []string{"-method", "post", "-path", "/items"}, 1, []string{
			`FAIL  required_scope     ["items:read"]`, `want every one of ["items:write"]`, `The token lacks ["items:write"]`, "POST /items would return 403: scope-insufficient."}},
		{"a token without the role", issuer.Token(read), []string{"-path", "/admin/items"}, 1, []string{
			"FAIL  required_role", `The caller lacks ["admin"]`, "GET /admin/items would return 403: access-denied."}},
		{"an ID token", issuer.IDToken(), nil, 1, []string{
			`FAIL  typ                "JWT"`, `want "at+jwt"`, "send access_token, not id_token", "The token is rejected: token-type-wrong."}},
		{"a token with several faults", issuer.Token(authtest.Claims{"aud": "account", "exp": time.Now().Add(-time.Hour).Unix()}), []string{"-path", "/items"}, 1, []string{
			"FAIL  aud", "add an audience mapper at Keycloak", "FAIL  exp", "It expired 1h0m", "-     required_scope\n", "GET /items would return 401: audience-wrong."}},
		{"a forged signature", authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt", "kid": issuer.Key().ID}, issuer.Claims()), nil, 1, []string{
			"FAIL  signature", "the claims may be forged", "The token is rejected: signature-invalid."}},
		{"a bad token at a public route", "x", []string{"-path", "/healthz"}, 0, []string{"GET /healthz would accept it."}},
		{"a bad token at an optional route", "x", []string{"-path", "/"}, 1, []string{"GET / would return 401: token-malformed."}},
		{"a path with an identifier and a query", issuer.Token(read), []string{"-path", "/items/5?x=/"}, 0, []string{"GET /items/{id} would accept it."}},
		{"an address", issuer.Token(read), []string{"-path", apiURL + "/items?limit=5"}, 0, []string{"GET /items would accept it."}},
		{"a path without its slash", issuer.Token(read), []string{"-path", "items"}, 0, []string{"GET /items would accept it."}},
		{"a path without a route", issuer.Token(), []string{"-path", "/items/"}, 1, nil},
		{"a method without a route", issuer.Token(), []string{"-method", "TRACE", "-path", "/items"}, 1, nil},
		{"HEAD at a route for GET", issuer.Token(read), []string{"-method", "HEAD", "-path", "/items"}, 0, []string{"HEAD /items would accept it."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status := explain(t, f, test.token, test.args...); status != test.status {
				t.Errorf("the status is %d, want %d, with %s", status, test.status, f.Stderr)
			}
			for _, want := range test.want {
				if !strings.Contains(f.Stdout.String(), want) {
					t.Errorf("there is no %q in\n%s", want, f.Stdout)
				}
			}
			if len(test.want) == 0 && !strings.Contains(f.Stderr.String(), "there is no route") {
				t.Errorf("the error is %q", f.Stderr)
			}
		})
	}
}

func TestExplainReadsTheTokenFromPrivatePlaces(t *testing.T) {
	issuer := authtest.Start(t, apiURL)
	token := issuer.Token()
	f := newTerminal(t, "OIDC_ISSUER", issuer.URL, "OIDC_AUDIENCE", apiURL, "FILE_TOKEN", token)
	file := filepath.Join(t.TempDir(), "token")
	clitest.Write(t, file, token+"\n")
	empty := filepath.Join(t.TempDir(), "empty")
	clitest.Write(t, empty, "\n")
	t.Setenv("MY_TOKEN", "Bearer "+token)
	for _, test := range []struct {
		name   string
		in     string
		args   []string
		status int
		err    string
	}{
		{"standard input", token, nil, 0, ""},
		{"with the line break of echo", token + "\r\n", nil, 0, ""},
		{"as a header", "bearer  " + token, nil, 0, ""},
		{"as a whole line of a header", "Authorization: Bearer " + token + "\n", nil, 0, ""},
		{"a file", "", []string{"-file", file}, 0, ""},
		{"a variable", "", []string{"-env", "MY_TOKEN"}, 0, ""},
		{"nothing", " \n", nil, 1, "there is no token"},
		{"a variable of the file", "", []string{"-env", "FILE_TOKEN"}, 0, ""},
		{"a variable that is not set", "", []string{"-env", "NOPE"}, 1, "NOPE is not set"},
		{"a file that is empty", "", []string{"-file", empty}, 1, empty + " is empty"},
		{"a file that is not there", "", []string{"-file", file + "s"}, 1, "no such file"},
		{"two places", "", []string{"-file", file, "-env", "MY_TOKEN"}, 2, "can't be used together"},
		{"an argument, which other users can see", "", []string{token}, 2, "unexpected argument"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status := explain(t, f, test.in, test.args...); status != test.status || !strings.Contains(f.Stderr.String(), test.err) {
				t.Errorf("the status is %d, want %d, with %s%s", status, test.status, f.Stdout, f.Stderr)
			}
			if test.status < 2 && strings.Contains(f.Stdout.String()+f.Stderr.String(), token[len(token)-10:]) {
				t.Error("the end of the token is printed")
			}
		})
	}
}

func TestExplainPrintsJSON(t *testing.T) {
	issuer, f := newExplainer(t)
	if status := explain(t, f, issuer.Token(), "-json", "-path", "/items"); status != 1 {
		t.Fatalf("the status is %d with %s", status, f.Stderr)
	}
	var got struct {
		Accepted, Genuine bool
		Fingerprint       string
		Claims            struct{ Sub string }
		Checks            []auth.Check
		Route             struct {
			Path, Access, Code string
			Required           struct{ Scopes []string }
			Allowed            bool
			Status             int
		}
	}
	if err := json.Unmarshal([]byte(f.Stdout.String()), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Accepted || !got.Genuine || got.Claims.Sub != "alice" || len(got.Fingerprint) != 16 || len(got.Checks) < 10 {
		t.Errorf("the token is explained by %+v", got)
	}
	if r := got.Route; r.Path != "/items" || r.Allowed || r.Status != 403 || r.Code != "scope-insufficient" || r.Required.Scopes[0] != "items:read" {
		t.Errorf("the route is explained by %+v", r)
	}
}

func TestExplainSendsTheTokenNowhere(t *testing.T) {
	issuer, f := newExplainer(t)
	var paths []string
	f.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		paths = append(paths, r.Method+" "+r.URL.String())
		if r.Header.Get("Authorization") != "" || r.Body != nil && r.Body != http.NoBody {
			t.Errorf("%s has the header %q, or a body", r.URL, r.Header.Get("Authorization"))
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	if status := explain(t, f, issuer.Token(), "-path", "/me/profile"); status != 1 {
		t.Errorf("the status is %d with %s", status, f.Stderr)
	}
	want := "GET " + issuer.URL + "/.well-known/openid-configuration GET " + issuer.URL + "/jwks"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("the requests to the provider are %s, want %s", got, want)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestExplainReportsAProviderThatIsDown(t *testing.T) {
	issuer, f := newExplainer(t)
	issuer.Break(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if status := explain(t, f, issuer.Token(), "-path", "/me"); status != 1 {
		t.Errorf("the status is %d", status)
	}
	for _, want := range []string{"FAIL  key                the provider's keys cannot be fetched", "see the log for the provider's response", "GET /me would return 503: auth-unavailable."} {
		if !strings.Contains(f.Stdout.String(), want) {
			t.Errorf("there is no %q in\n%s", want, f.Stdout)
		}
	}
	if !strings.Contains(f.Stderr.String(), "502") {
		t.Errorf("what the provider answered is not in %s", f.Stderr)
	}
}

// TestExplainAgreesWithTheAPI compares what explain says of a token and a route with the API's response.
func TestExplainAgreesWithTheAPI(t *testing.T) {
	api := apitest.Start(t, apitest.Env("FAILURE_LIMIT=0"))
	issuer, f := api.Issuer, newTerminal(t, "OIDC_ISSUER", api.Issuer.URL, "OIDC_AUDIENCE", apitest.PublicURL)
	unsigned := issuer.Sign(map[string]any{"typ": "at+jwt", "alg": "none"}, issuer.Claims())
	for name, token := range map[string]string{
		"complete": issuer.Token(authtest.Claims{"scope": "openid items:read items:write", "roles": []string{"admin"}}),
		"bare":     issuer.Token(), "read": issuer.Token(authtest.Claims{"scope": "items:read"}), "none": unsigned,
		"expired": issuer.Token(authtest.Claims{"exp": 1}), "an ID token": issuer.IDToken(),
		"foreign": issuer.Token(authtest.Claims{"iss": "https://id.example.net"}), "no subject": issuer.Token(authtest.Claims{"sub": nil}),
		"undefined": "undefined", "quoted": `"` + issuer.Token() + `"`, "encrypted": "e30.e30.e30.e30.e30",
		"too long": strings.Repeat("a", auth.MaxTokenSize+1), "bound": issuer.Token(authtest.Claims{"cnf": map[string]any{"jkt": "0"}}),
	} {
		for _, path := range []string{"/", "/healthz", "/me", "/items", "/admin/items"} {
			explain(t, f, token, "-json", "-path", path)
			var said struct {
				Route struct {
					Allowed bool
					Code    string
					Status  int
				}
			}
			if err := json.Unmarshal([]byte(f.Stdout.String()), &said); err != nil {
				t.Fatalf("%s: %v with %s", name, err, f.Stderr)
			}
			r := api.Call(t, token, "GET "+path, "")
			code := apitest.Decode[struct{ Code string }](t, r).Code // another body has no code
			if said.Route.Allowed != (r.Status == http.StatusOK) || said.Route.Code != code || code != "" && said.Route.Status != r.Status {
				t.Errorf("%s at %s: explain says %+v, and the API %d %s", name, path, said.Route, r.Status, code)
			}
		}
	}
}
