package handlers_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry/metrics"
)

// TestEveryCodeIsTheSameEverywhere produces every problem type over HTTP, and compares body, challenge, page,
// log, inspector and metrics. None of them may repeat a credential.
func TestEveryCodeIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	requests := failingRequests()
	for _, typ := range problem.Types() {
		if typ.Particular && requests[typ].line == "" { // no route of this API rejects a request with it
			requests[typ] = failingRequest{
				line: "GET /items/1", option: onGet(func(context.Context) error { return typ }),
				headers: func(i *authtest.Issuer) []string {
					return []string{bearer(i.Token(authtest.Claims{"scope": "items:read"}))}
				},
			}
		}
	}
	maps.Copy(requests, keyRequests()) // part:keys
	for _, typ := range problem.Types() {
		t.Run(typ.Code, func(t *testing.T) {
			request, ok := requests[typ]
			if !ok {
				t.Fatal("no request is rejected with this code")
			}
			request.check(t, typ)
		})
	}
}

// A failingRequest is a request that is rejected with a problem.
type failingRequest struct {
	line, body string
	headers    func(*authtest.Issuer) []string
	option     apitest.Option // of the API; nil for none
	repeat     int            // how often it is sent before
	logged     *problem.Type  // what log and metrics say, where callers learn less
}

// failingRequests returns a request for every problem type.
func failingRequests() map[*problem.Type]failingRequest {
	me := func(token func(*authtest.Issuer) string) failingRequest {
		return failingRequest{line: "GET /me", headers: func(i *authtest.Issuer) []string { return []string{bearer(token(i))} }}
	}
	text := func(token string) failingRequest { return me(func(*authtest.Issuer) string { return token }) }
	claims := func(changes authtest.Claims) failingRequest {
		return me(func(i *authtest.Issuer) string { return i.Token(changes) })
	}
	with := func(line, scope string) failingRequest {
		r := claims(authtest.Claims{"scope": scope})
		r.line = line
		return r
	}
	post := func(body string) failingRequest {
		r := with("POST /samples", "samples:write")
		r.body = body
		return r
	}
	item := func(err error) failingRequest {
		r := with("GET /items/1", "items:read")
		r.option = onGet(func(context.Context) error { return err })
		return r
	}
	option := func(r failingRequest, option apitest.Option) failingRequest { r.option = option; return r }
	headers := func(lines ...string) failingRequest {
		return failingRequest{line: "GET /me", headers: func(*authtest.Issuer) []string { return lines }}
	}
	unknown, accessToken := authtest.NewKey("ES256"), map[string]any{"typ": "at+jwt"}
	ended := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }

	throttled := option(text("opaque-opaque-opaque"), apitest.Env("FAILURE_LIMIT=1"))
	throttled.repeat = 1
	limited := option(claims(authtest.Claims{}), apitest.Env("RATE_LIMIT=1"))
	limited.repeat = 1
	minimal := option(text("opaque-opaque-opaque"), apitest.Env("ERROR_DETAIL=minimal"))
	minimal.logged = problem.TokenMalformed
	untyped := post("name=a")
	untyped.headers = func(i *authtest.Issuer) []string {
		return []string{bearer(i.Token(authtest.Claims{"scope": "samples:write"})), "Content-Type: text/plain"}
	}
	return map[*problem.Type]failingRequest{
		problem.CredentialsMissing:   headers(),
		problem.SchemeUnsupported:    headers("Authorization: Basic YWxpY2U6b3BlbiBzZXNhbWU="),
		problem.CredentialsMalformed: headers(`Authorization: Bearer "quoted-quoted-quoted"`),
		problem.CredentialsMultiple:  headers(bearer("first-first-first"), bearer("second-second-second")),
		problem.CredentialsTooLarge:  claims(authtest.Claims{"groups": strings.Repeat("group ", 2000)}),
		problem.TokenMalformed:       text("opaque-opaque-opaque"),
		problem.TokenEncrypted:       me(func(i *authtest.Issuer) string { return i.Token() + ".c29tZXRoaW5n.c29tZXRoaW5n" }),
		problem.AlgorithmNotAllowed: me(func(i *authtest.Issuer) string {
			return i.Sign(map[string]any{"typ": "at+jwt", "alg": "HS256"}, i.Claims())
		}),
		problem.KeyUnknown: me(func(i *authtest.Issuer) string { return unknown.Sign(accessToken, i.Claims()) }),
		problem.SignatureInvalid: me(func(i *authtest.Issuer) string {
			forged := authtest.Key{ID: i.Key().ID, Algorithm: "ES256", Private: unknown.Private}
			return forged.Sign(accessToken, i.Claims())
		}),
		problem.IssuerWrong:      claims(authtest.Claims{"iss": "https://other.example.com"}),
		problem.TokenTypeWrong:   me(func(i *authtest.Issuer) string { return i.IDToken() }),
		problem.AudienceWrong:    claims(authtest.Claims{"aud": "account"}),
		problem.TokenExpired:     claims(authtest.Claims{"exp": time.Now().Add(-time.Hour).Unix()}),
		problem.TokenNotYetValid: claims(authtest.Claims{"nbf": time.Now().Add(time.Hour).Unix()}),
		problem.ClaimMissing:     claims(authtest.Claims{"exp": nil}),
		problem.ClaimInvalid:     claims(authtest.Claims{"scope": 5}),
		problem.TokenInactive: option(with("GET /me/profile", "openid"),
			apitest.Issuer(func(i *authtest.Issuer) { i.Break(i.On("/userinfo", ended)) })),
		problem.BindingInvalid:         claims(authtest.Claims{"cnf": map[string]any{"jkt": "x"}}),
		problem.TokenInvalid:           minimal,
		problem.ScopeInsufficient:      with("GET /items", "openid"),
		problem.AccessDenied:           with("GET /admin/items", "items:read"),
		problem.CredentialsNotAccepted: item(&auth.Error{Type: problem.CredentialsNotAccepted}),
		problem.StepUpRequired:         item(&auth.Error{Type: problem.StepUpRequired, Required: auth.Requirement{ACR: []string{"gold"}}}),
		problem.TooManyFailures:        throttled,
		problem.AuthUnavailable: option(claims(authtest.Claims{}),
			apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) })),

		problem.NotFound:             with("GET /nowhere", ""),
		problem.MethodNotAllowed:     with("DELETE /healthz", ""),
		problem.MethodNotImplemented: with("BREW /items", ""),
		problem.BodyMalformed:        post(`{`),
		problem.MemberUnknown:        post(`{"name":"a","owner":"mallory"}`),
		problem.MemberTypeWrong:      post(`{"name":5}`),
		problem.ParameterInvalid:     with("GET /items?limit=0", "items:read"),
		problem.LimitReached:         item(problem.LimitReached),
		problem.InUse:                item(problem.InUse),
		problem.RateLimited:          limited,
		problem.PreconditionFailed:   item(problem.PreconditionFailed),
		problem.RequestTimeout:       item(problem.RequestTimeout),
		problem.BodyTooLarge:         post(`{"name":"` + strings.Repeat("a", 64<<10) + `"}`),
		problem.MediaTypeUnsupported: untyped,
		problem.ValidationFailed:     post(`{"name":""}`),
		problem.PreconditionRequired: item(problem.PreconditionRequired),
		problem.Internal:             item(io.ErrUnexpectedEOF),
		problem.DatabaseUnavailable:  item(problem.DatabaseUnavailable),
	}
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// check sends the request, and looks for the problem in every place that shows it.
func (f failingRequest) check(t *testing.T, typ *problem.Type) {
	options := []apitest.Option{apitest.Env("DOCS=on", "DEVELOPMENT=true")}
	if f.option != nil {
		options = append(options, f.option)
	}
	counts := metrics.New()                              // part:metrics
	options = append(options, apitest.Hooks(counts.Use)) // part:metrics
	api := startSamples(t, options...)
	headers := f.headers(api.Issuer)
	for range f.repeat {
		api.Call(t, "", f.line, f.body, headers...)
	}
	before := countedProblems(t, counts) // part:metrics
	r := api.Call(t, "", f.line, f.body, headers...)
	id := r.Header.Get("X-Request-Id")
	logged := typ
	if f.logged != nil {
		logged = f.logged
	}
	checkBody(t, typ, r)
	checkPage(t, typ, api)
	// part:metrics:begin
	before[logged.Code]++
	if after := countedProblems(t, counts); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the metrics are %v, want %v", after, before)
	}
	wantNoCredentials(t, headers, exposition(counts))
	// part:metrics:end
	for _, message := range []string{"request", "request rejected"} {
		checkRecord(t, logged, api.Log.Records(t, message), id)
	}
	// part:inspector:begin
	rejection := api.Call(t, "", "POST /docs/inspect", `{"instance":"urn:uuid:`+id+`"}`)
	if got := apitest.Decode[map[string]any](t, rejection); got["code"] != logged.Code || got["instance"] != "urn:uuid:"+id {
		t.Errorf("the inspector returns %s", rejection.Body)
	}
	wantNoCredentials(t, headers, rejection.Body)
	// part:inspector:end
	wantNoCredentials(t, headers, r.Body, fmt.Sprint(r.Header), api.Log.String())
}

// wantNoCredentials fails the test if a text repeats a credential that the headers have.
func wantNoCredentials(t *testing.T, headers []string, texts ...string) {
	t.Helper()
	for _, header := range headers {
		_, credential, _ := strings.Cut(strings.TrimPrefix(header, "Authorization: "), " ")
		if strings.HasPrefix(credential, "gatehouse_") { // the id of a key is no secret
			credential = credential[strings.LastIndexByte(credential, '_'):]
		}
		for _, text := range texts {
			wantNoPart(t, credential, text)
		}
	}
}

func checkBody(t *testing.T, typ *problem.Type, r *apitest.Response) {
	t.Helper()
	body := apitest.Decode[problem.Body](t, r)
	if r.Status != typ.Status || body.Code != typ.Code || typ.Find(body.Detail, body.Hint) == nil {
		t.Errorf("got %d %s", r.Status, r.Body)
	}
	challenge, prefix := r.Header.Get("WWW-Authenticate"), ""
	switch {
	case typ.OAuth != "":
		prefix = fmt.Sprintf(`Bearer realm="gatehouse", error=%q, error_description=%q, `, typ.OAuth, body.Detail)
	case typ.Status == 401:
		prefix = `Bearer realm="gatehouse", resource_metadata=`
	}
	if !strings.HasPrefix(challenge, prefix) || prefix == "" && challenge != "" {
		t.Errorf("the challenge is %q, want %s...", challenge, prefix)
	}
}

func checkPage(t *testing.T, typ *problem.Type, api *apitest.API) {
	t.Helper()
	page := apitest.Decode[docs.ProblemType](t, api.Call(t, "", "GET /problems/"+typ.Code, ""))
	if page.Code != typ.Code || page.Status != typ.Status || page.OAuth != typ.OAuth || page.Title != typ.Title ||
		page.Detail != typ.Detail || page.Hint != typ.Hint || len(page.Causes) == 0 || page.Operator == "" {
		t.Errorf("its page has %+v", page)
	}
}

// checkRecord wants one record of the request, with the code and the status of the type.
func checkRecord(t *testing.T, typ *problem.Type, records []map[string]any, id string) {
	t.Helper()
	n := 0
	for _, record := range records {
		if record["request_id"] != id {
			continue
		}
		n++
		if record["code"] != typ.Code || record["status"] != float64(typ.Status) {
			t.Errorf("the log has %v", record)
		}
	}
	if n != 1 {
		t.Errorf("the log has %d records, want one", n)
	}
}

// part:metrics:begin

// exposition returns the metrics as Prometheus reads them.
func exposition(counts *metrics.Metrics) string {
	w := httptest.NewRecorder()
	counts.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

var countedProblem = regexp.MustCompile(`(?m)^http_problems_total\{code="([a-z-]+)"\} (\d+)$`)

// countedProblems returns how many problems of each type the metrics count.
func countedProblems(t *testing.T, m *metrics.Metrics) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, m := range countedProblem.FindAllStringSubmatch(exposition(m), -1) {
		counts[m[1]], _ = strconv.Atoi(m[2])
	}
	if len(counts) != len(problem.Types()) {
		t.Fatalf("the metrics have %d codes, and the registry %d", len(counts), len(problem.Types()))
	}
	return counts
}

// part:metrics:end

// wantNoPart fails the test if a text has ten characters of a secret in a row, which is no coincidence.
func wantNoPart(t *testing.T, secret, text string) {
	t.Helper()
	const length = 10
	for i := 0; i+length <= len(secret); i++ {
		if part := secret[i : i+length]; strings.Contains(text, part) {
			t.Errorf("%s of a secret is in %.500s", part, text)
			return
		}
	}
}
