package cli

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
)

// explainer returns an issuer, and a shell that is configured for it.
func explainer(t *testing.T, pairs ...string) (*authtest.Issuer, *shell) {
	t.Helper()
	issuer := authtest.Start(t, apiURL)
	s := newShell(t, append([]string{"OIDC_ISSUER", issuer.URL, "OIDC_AUDIENCE", apiURL}, pairs...)...)
	return issuer, s
}

// explain runs the command with a token on standard input.
func (s *shell) explain(t *testing.T, token string, args ...string) int {
	t.Helper()
	s.in = strings.NewReader(token)
	return s.run(t, append([]string{"explain"}, args...)...)
}

func TestExplainTellsEveryCheck(t *testing.T) {
	issuer, s := explainer(t)
	read := authtest.Claims{"scope": "items:read"}
	for _, test := range []struct {
		name   string
		token  string
		args   []string
		status int
		want   []string
	}{
		{"a good token", issuer.Token(), nil, 0, []string{
			`ok    alg                "ES256"`, `ok    iss                "` + issuer.URL + `"`, `The token is accepted: it is of "alice", by "docs", until `}},
		{"one that may call the route", issuer.Token(read), []string{"-path", "/items"}, 0, []string{
			`ok    required_scope     ["items:read"]`, "GET /items would let it in."}},
		{"one that may not", issuer.Token(read), []string{"-method", "post", "-path", "/items"}, 1, []string{
			`FAIL  required_scope     ["items:read"]`, `want every one of ["items:write"]`, `The token lacks ["items:write"]`, "POST /items would answer 403: scope-insufficient."}},
		{"one that lacks the role", issuer.Token(read), []string{"-path", "/admin/items"}, 1, []string{
			"FAIL  required_role", `The caller lacks ["admin"]`, "GET /admin/items would answer 403: access-denied."}},
		{"an ID token", issuer.IDToken(), nil, 1, []string{
			`FAIL  typ                "JWT"`, `want "at+jwt"`, "send access_token, not id_token", "The token is refused: token-type-wrong."}},
		{"one of everything wrong", issuer.Token(authtest.Claims{"aud": "account", "exp": time.Now().Add(-time.Hour).Unix()}), []string{"-path", "/items"}, 1, []string{
			"FAIL  aud", "add an audience mapper at Keycloak", "FAIL  exp", "It expired 1h0m", "-     required_scope\n", "GET /items would answer 401: audience-wrong."}},
		{"a forgery", authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt", "kid": issuer.Key().ID}, issuer.Claims()), nil, 1, []string{
			"FAIL  signature", "what the token says is anybody's word", "The token is refused: signature-invalid."}},
		{"no token where none is needed", "x", []string{"-path", "/healthz"}, 0, []string{"GET /healthz would let it in."}},
		{"a bad token where none is needed, and one may come", "x", []string{"-path", "/"}, 1, []string{"GET / would answer 401: token-malformed."}},
		{"a path with an identifier and a query", issuer.Token(read), []string{"-path", "/items/5?x=/"}, 0, []string{"GET /items/{id} would let it in."}},
		{"an address", issuer.Token(read), []string{"-path", apiURL + "/items?limit=5"}, 0, []string{"GET /items would let it in."}},
		{"a path without its slash", issuer.Token(read), []string{"-path", "items"}, 0, []string{"GET /items would let it in."}},
		{"a path that is no route", issuer.Token(), []string{"-path", "/items/"}, 1, nil},
		{"a method that is no route's", issuer.Token(), []string{"-method", "TRACE", "-path", "/items"}, 1, nil},
		{"HEAD is what GET is", issuer.Token(read), []string{"-method", "HEAD", "-path", "/items"}, 0, []string{"HEAD /items would let it in."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status := s.explain(t, test.token, test.args...); status != test.status {
				t.Errorf("the status is %d, want %d, with %s", status, test.status, s.stderr)
			}
			for _, want := range test.want {
				if !strings.Contains(s.stdout.String(), want) {
					t.Errorf("there is no %q in\n%s", want, s.stdout)
				}
			}
			if len(test.want) == 0 && !strings.Contains(s.stderr.String(), "there is no route") {
				t.Errorf("there is %q", s.stderr)
			}
		})
	}
}

func TestExplainReadsATokenFromWhereNobodyElseSeesIt(t *testing.T) {
	issuer, s := explainer(t)
	token := issuer.Token()
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, token+"\n")
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
		{"a variable that is not set", "", []string{"-env", "NO_TOKEN"}, 1, "there is no token"},
		{"a file that is not there", "", []string{"-file", file + "s"}, 1, "no such file"},
		{"two places", "", []string{"-file", file, "-env", "MY_TOKEN"}, 2, "can't be used together"},
		{"an argument, which everybody on the machine sees", "", []string{token}, 2, "unexpected argument"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status := s.explain(t, test.in, test.args...); status != test.status || !strings.Contains(s.stderr.String(), test.err) {
				t.Errorf("the status is %d, want %d, with %s%s", status, test.status, s.stdout, s.stderr)
			}
			if test.status < 2 && strings.Contains(s.stdout.String()+s.stderr.String(), token[len(token)-10:]) {
				t.Error("the end of the token is printed")
			}
		})
	}
}

func TestExplainPrintsJSONForPrograms(t *testing.T) {
	issuer, s := explainer(t)
	if status := s.explain(t, issuer.Token(), "-json", "-path", "/items"); status != 1 {
		t.Fatalf("the status is %d with %s", status, s.stderr)
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
	if err := json.Unmarshal([]byte(s.stdout.String()), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Accepted || !got.Genuine || got.Claims.Sub != "alice" || len(got.Fingerprint) != 16 || len(got.Checks) < 10 {
		t.Errorf("of the token there is %+v", got)
	}
	if r := got.Route; r.Path != "/items" || r.Allowed || r.Status != 403 || r.Code != "scope-insufficient" || r.Required.Scopes[0] != "items:read" {
		t.Errorf("of the route there is %+v", r)
	}
}

func TestExplainSendsTheTokenNowhere(t *testing.T) {
	issuer, s := explainer(t)
	var paths []string
	s.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		paths = append(paths, r.Method+" "+r.URL.String())
		if r.Header.Get("Authorization") != "" || r.Body != nil && r.Body != http.NoBody {
			t.Errorf("%s has the header %q, or a body", r.URL, r.Header.Get("Authorization"))
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	if status := s.explain(t, issuer.Token(), "-path", "/me/profile"); status != 1 {
		t.Errorf("the status is %d with %s", status, s.stderr)
	}
	want := "GET " + issuer.URL + "/.well-known/openid-configuration GET " + issuer.URL + "/jwks"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("the provider is asked for %s, want %s", got, want)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestExplainSaysWhyNothingCanBeJudged(t *testing.T) {
	issuer, s := explainer(t)
	issuer.Break(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if status := s.explain(t, issuer.Token(), "-path", "/me"); status != 1 {
		t.Errorf("the status is %d", status)
	}
	for _, want := range []string{"FAIL  key                the provider's keys cannot be fetched", "the log has what the provider answered", "GET /me would answer 503: auth-unavailable."} {
		if !strings.Contains(s.stdout.String(), want) {
			t.Errorf("there is no %q in\n%s", want, s.stdout)
		}
	}
	if !strings.Contains(s.stderr.String(), "502") {
		t.Errorf("what the provider answered is not in %s", s.stderr)
	}
}

// What explain says of a token and a route is what the API answers to them.
func TestExplainAgreesWithTheAPI(t *testing.T) {
	issuer, s := explainer(t)
	cfg, err := readConfig(environmentOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	silent := slog.New(slog.DiscardHandler)
	verifier, err := auth.Connect(t.Context(), cfg.verification(silent))
	if err != nil {
		t.Fatal(err)
	}
	parts := cfg.api(verifier, silent)
	parts.FailureLimit, parts.Store = 0, handlers.NewMemory()
	api, err := handlers.New(parts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)

	rolled := issuer.Sign(map[string]any{"typ": "at+jwt", "alg": "none"}, issuer.Claims())
	for name, token := range map[string]string{
		"complete": issuer.Token(authtest.Claims{"scope": "openid items:read items:write", "roles": []string{"admin"}}),
		"bare":     issuer.Token(), "read": issuer.Token(authtest.Claims{"scope": "items:read"}), "none": rolled,
		"expired": issuer.Token(authtest.Claims{"exp": 1}), "an ID token": issuer.IDToken(),
		"foreign": issuer.Token(authtest.Claims{"iss": "https://id.example.net"}), "no subject": issuer.Token(authtest.Claims{"sub": nil}),
		"undefined": "undefined", "quoted": `"` + issuer.Token() + `"`, "encrypted": "e30.e30.e30.e30.e30",
		"too long": strings.Repeat("a", auth.MaxTokenSize+1), "bound": issuer.Token(authtest.Claims{"cnf": map[string]any{"jkt": "0"}}),
	} {
		for _, path := range []string{"/", "/healthz", "/me", "/items", "/admin/items"} {
			s.explain(t, token, "-json", "-path", path)
			var said struct{ Route verdict }
			if err := json.Unmarshal([]byte(s.stdout.String()), &said); err != nil {
				t.Fatalf("%s: %v with %s", name, err, s.stderr)
			}
			status, code := ask(t, server.URL+path, token)
			if said.Route.Allowed != (status == http.StatusOK) || said.Route.Code != code || code != "" && said.Route.Status != status {
				t.Errorf("%s at %s: explain says %+v, and the API %d %s", name, path, said.Route, status, code)
			}
		}
	}
}

// environmentOf returns the variables that a shell's commands read.
func environmentOf(t *testing.T, s *shell) func(string) string {
	t.Helper()
	getenv, err := environment(s.file)
	if err != nil {
		t.Fatal(err)
	}
	return getenv
}

// ask returns the status and the code of what a request with the token is answered.
func ask(t *testing.T, address, token string) (status int, code string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var problem struct{ Code string }
	json.Unmarshal(body, &problem) // a page that is no problem has no code
	return response.StatusCode, problem.Code
}
