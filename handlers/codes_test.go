package handlers_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

// A cause is a request that is refused for a reason.
type cause struct {
	change  func(*handlers.Config) // of the API; nil for none
	line    string
	headers []string // each a name and a value
	body    string
	before  int           // how often the same is asked before
	counted *problem.Type // what log and metrics say, if it is more than the caller is told
}

// TestEveryCodeIsTheSameEverywhere produces every code of the registry over HTTP, and compares what
// body, challenge, page, log, record and metrics say of it. Nowhere may a credential be repeated.
func TestEveryCodeIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	issuer := authtest.Start(t, origin)
	shared := newDesk(t, issuer, nil)
	causes := causesOf(issuer)
	for _, reason := range problem.Types() {
		t.Run(reason.Code, func(t *testing.T) {
			c, ok := causes[reason]
			if !ok {
				t.Fatal("no request is refused with this code")
			}
			d := shared
			if c.change != nil {
				d = newDesk(t, issuer, c.change)
			}
			for range c.before {
				d.send(t, c)
			}
			d.check(t, reason, c)
		})
	}
}

// causesOf returns a request for every reason.
func causesOf(i *authtest.Issuer) map[*problem.Type]cause {
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	claiming := func(changes authtest.Claims) cause { return cause{line: "GET /me", headers: bearer(i.Token(changes))} }
	header := func(values ...string) cause { return cause{line: "GET /me", headers: values} }
	token := func(text string) cause { return header(bearer(text)...) }
	reader, writer := i.Token(authtest.Claims{"scope": "items:read"}), i.Token(authtest.Claims{"scope": "items:read items:write"})
	post := func(body string) cause {
		return cause{line: "POST /items", headers: append(bearer(writer), "Content-Type", "application/json"), body: body}
	}
	failing := func(err error) func(*handlers.Config) {
		return func(c *handlers.Config) { c.Store = broken{c.Store, func() error { return err }} }
	}
	item := cause{line: "GET /items/1", headers: bearer(reader)}
	with := func(c cause, change func(*handlers.Config)) cause { c.change = change; return c }
	stranger := authtest.NewKey("ES256")
	namesake := &authtest.Key{ID: i.Key().ID, Algorithm: "ES256", Private: stranger.Private}
	accessToken := map[string]any{"typ": "at+jwt"}

	throttled := with(token("opaque-opaque-opaque"), func(c *handlers.Config) { c.FailureLimit = 1 })
	throttled.before = 1
	kept := with(token("opaque-opaque-opaque"), func(c *handlers.Config) { c.Minimal = true })
	kept.counted = problem.TokenMalformed
	return map[*problem.Type]cause{
		problem.CredentialsMissing:   header(),
		problem.SchemeUnsupported:    header("Authorization", "Basic YWxpY2U6b3BlbiBzZXNhbWU="),
		problem.CredentialsMalformed: header("Authorization", `Bearer "`+reader+`"`),
		problem.CredentialsMultiple:  header(append(bearer(reader), bearer(writer)...)...),
		problem.CredentialsTooLarge:  token(i.Token(authtest.Claims{"groups": strings.Repeat("group ", 2000)})),
		problem.TokenMalformed:       token("opaque-opaque-opaque"),
		problem.TokenEncrypted:       token(reader + ".c29tZXRoaW5n.c29tZXRoaW5n"),
		problem.AlgorithmNotAllowed:  token(i.Sign(map[string]any{"typ": "at+jwt", "alg": "HS256"}, i.Claims())),
		problem.KeyUnknown:           token(stranger.Sign(accessToken, i.Claims())),
		problem.SignatureInvalid:     token(namesake.Sign(accessToken, i.Claims())),
		problem.IssuerWrong:          claiming(authtest.Claims{"iss": "https://other.example.com"}),
		problem.TokenTypeWrong:       token(i.IDToken()),
		problem.AudienceWrong:        claiming(authtest.Claims{"aud": "account"}),
		problem.TokenExpired:         claiming(authtest.Claims{"exp": time.Now().Add(-time.Hour).Unix()}),
		problem.TokenNotYetValid:     claiming(authtest.Claims{"nbf": time.Now().Add(time.Hour).Unix()}),
		problem.ClaimMissing:         claiming(authtest.Claims{"jti": nil}),
		problem.ClaimInvalid:         claiming(authtest.Claims{"scope": 5}),
		problem.TokenInactive:        {line: "GET /me/profile", headers: bearer(i.Token(authtest.Claims{"scope": "openid", "sub": "revoked"}))},
		problem.BindingInvalid:       claiming(authtest.Claims{"cnf": map[string]any{"jkt": "x"}}),
		problem.TokenInvalid:         kept,
		problem.ScopeInsufficient:    {line: "GET /items", headers: bearer(i.Token())},
		problem.AccessDenied:         {line: "GET /admin/items", headers: bearer(reader)},
		problem.StepUpRequired:       with(item, failing(&auth.Error{Type: problem.StepUpRequired, Required: auth.Requirement{ACR: []string{"gold"}}})),
		problem.TooManyFailures:      throttled,
		problem.AuthUnavailable:      with(token(reader), func(c *handlers.Config) { c.Verifier = nil }),

		problem.NotFound:             {line: "GET /nowhere", headers: bearer(reader)},
		problem.MethodNotAllowed:     {line: "DELETE /healthz", headers: bearer(reader)},
		problem.BodyMalformed:        post(`{`),
		problem.MemberUnknown:        post(`{"name":"a","owner":"mallory"}`),
		problem.MemberTypeWrong:      post(`{"name":5}`),
		problem.ParameterInvalid:     {line: "GET /items?limit=0", headers: bearer(reader)},
		problem.LimitReached:         with(post(named("a")), func(c *handlers.Config) { c.Store = full{c.Store} }),
		problem.PreconditionFailed:   with(item, failing(problem.PreconditionFailed)),
		problem.RequestTimeout:       with(item, failing(problem.RequestTimeout)),
		problem.BodyTooLarge:         post(`{"name":"` + strings.Repeat("a", 64<<10) + `"}`),
		problem.MediaTypeUnsupported: {line: "POST /items", headers: bearer(writer), body: "name=a"},
		problem.ValidationFailed:     post(`{"name":""}`),
		problem.PreconditionRequired: with(item, failing(problem.PreconditionRequired)),
		problem.Internal:             with(item, failing(io.ErrUnexpectedEOF)),
		problem.DatabaseUnavailable:  with(item, failing(problem.DatabaseUnavailable)),
	}
}

// A desk is an API under observation: its answers, its log, its metrics and its inspector.
type desk struct {
	*server
	metrics *handlers.Metrics
}

// newDesk starts one. A change that takes the verifier away gets one whose issuer does not answer.
func newDesk(t *testing.T, issuer *authtest.Issuer, change func(*handlers.Config)) *desk {
	t.Helper()
	issuer.Break(issuer.On("/userinfo", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	d := &desk{server: &server{issuer: issuer, log: &logbook{}}}
	verifier := connect(t, auth.Config{Issuer: issuer.URL, Audience: []string{origin}})
	api := newAPI(t, verifier, issuer, d.log, documentedForDevelopers, func(c *handlers.Config) {
		if change != nil {
			change(c)
		}
		if c.Verifier == nil {
			c.Verifier, _ = unreached(t)
		}
		c.Metrics = handlers.NewMetrics(c.Verifier)
		d.metrics = c.Metrics
	})
	d.Server = httptest.NewServer(api)
	t.Cleanup(d.Close)
	return d
}

func (d *desk) send(t *testing.T, c cause) answer {
	t.Helper()
	r := d.request(t, "", c.line, strings.NewReader(c.body))
	for i := 0; i < len(c.headers); i += 2 {
		r.Header.Add(c.headers[i], c.headers[i+1])
	}
	return send(t, r)
}

// check makes a request, and looks for what it should leave everywhere.
func (d *desk) check(t *testing.T, reason *problem.Type, c cause) {
	t.Helper()
	counted := reason
	if c.counted != nil {
		counted = c.counted
	}
	before := d.counts(t)
	r := d.send(t, c)
	after := d.counts(t)
	d.checkAnswer(t, reason, r)
	d.checkPage(t, reason)
	for code, n := range after {
		if want := before[code]; code == counted.Code && n != want+1 || code != counted.Code && n != want {
			t.Errorf("the metrics count %d of %s after %d", n, code, want)
		}
	}
	id := r.header.Get("X-Request-Id")
	logged := d.logged(t, id)
	if len(logged) != 1 || logged[0]["code"] != counted.Code || logged[0]["status"] != float64(counted.Status) {
		t.Errorf("the log has %v", logged)
	}
	record := d.call(t, "", "POST /docs/inspect", `{"instance":"urn:uuid:`+id+`"}`)
	if got := decode[map[string]any](t, record.body); got["code"] != counted.Code || got["instance"] != "urn:uuid:"+id {
		t.Errorf("the inspector says %s", record.body)
	}
	d.checkSecrets(t, c, r.body, fmt.Sprint(r.header), d.log.String(), record.body, d.exposition(t))
}

// checkAnswer compares body and challenge with the reason.
func (d *desk) checkAnswer(t *testing.T, reason *problem.Type, r answer) {
	t.Helper()
	p := decode[handlers.Problem](t, r.body)
	if r.status != reason.Status || p.Code != reason.Code || p.Status != reason.Status || p.Title != reason.Title ||
		p.Detail != reason.Detail || p.Hint != reason.Hint || p.Type != origin+"/problems/"+reason.Code {
		t.Errorf("answers %d %s", r.status, r.body)
	}
	challenge := r.header.Get("WWW-Authenticate")
	want := fmt.Sprintf(`Bearer realm="gatehouse", error=%q, error_description=%q, `, reason.OAuth, reason.Detail)
	switch {
	case reason.OAuth != "" && !strings.HasPrefix(challenge, want),
		reason.OAuth == "" && reason.Status == 401 && !strings.HasPrefix(challenge, `Bearer realm="gatehouse", resource_metadata=`),
		reason.OAuth == "" && reason.Status != 401 && challenge != "":
		t.Errorf("the challenge is %s", challenge)
	}
}

// checkPage compares the page that the problem's type names with the reason.
func (d *desk) checkPage(t *testing.T, reason *problem.Type) {
	t.Helper()
	page := decode[docs.ProblemType](t, d.call(t, "", "GET /problems/"+reason.Code, "").body)
	if page.Code != reason.Code || page.Status != reason.Status || page.OAuth != reason.OAuth || page.Title != reason.Title ||
		page.Detail != reason.Detail || page.Hint != reason.Hint || len(page.Causes) == 0 || page.Operator == "" {
		t.Errorf("its page has %+v", page)
	}
}

// checkSecrets looks for ten characters of a credential that was sent.
func (d *desk) checkSecrets(t *testing.T, c cause, texts ...string) {
	t.Helper()
	var sent grams
	for i := 0; i < len(c.headers); i += 2 {
		if c.headers[i] == "Authorization" {
			_, credential, _ := strings.Cut(c.headers[i+1], " ")
			sent.add(credential)
		}
	}
	for _, text := range texts {
		if gram := sent.in(text); gram != "" {
			t.Errorf("%s of a credential stands in %.500s", gram, text)
		}
	}
}

// logged returns the records of one refused request.
func (d *desk) logged(t *testing.T, id string) (found []map[string]any) {
	t.Helper()
	for line := range strings.Lines(d.log.String()) {
		if record := decode[map[string]any](t, line); record["msg"] == "request refused" && record["request_id"] == id {
			found = append(found, record)
		}
	}
	return found
}

// A full store has no room.
type full struct{ handlers.Store }

func (full) Create(context.Context, handlers.Item) (handlers.Item, error) {
	return handlers.Item{}, problem.LimitReached
}
