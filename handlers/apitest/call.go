package apitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

// Call sends a request such as "GET /items", and returns the response. An empty token is an anonymous caller.
// A body is JSON, unless a header says otherwise; headers are written as in `If-Match: "1"`.
func (a *API) Call(t testing.TB, token, line, body string, headers ...string) *Response {
	t.Helper()
	r := a.Request(t, token, line, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ":")
		r.Header.Add(name, strings.TrimSpace(value))
	}
	if body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return a.Send(t, r)
}

// Request returns a request for Send, for what Call cannot express.
func (a *API) Request(t testing.TB, token, line string, body io.Reader) *http.Request {
	t.Helper()
	method, target, _ := strings.Cut(line, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, a.URL+target, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// Send sends a request, and follows no redirect.
func (a *API) Send(t testing.TB, r *http.Request) *Response {
	t.Helper()
	response, err := a.transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &Response{response.StatusCode, response.Header, strings.TrimSuffix(string(body), "\n"), a.config.PublicURL}
}

// A handlerTransport passes requests to a handler without a network. As net/http's client does, it has the names
// of headers in their canonical form.
type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	served := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
	served.Header = r.Header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, served)
	response := w.Result()
	for name, values := range maps.Clone(response.Header) {
		delete(response.Header, name)
		response.Header[http.CanonicalHeaderKey(name)] = values
	}
	return response, nil
}

// A Response is a response that was read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   string // without the line break at its end

	publicURL string // of the API; by default PublicURL
}

// Decode returns the body, which must be JSON.
func Decode[T any](t testing.TB, r *Response) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Body), &v); err != nil {
		t.Fatalf("%v in %s", err, r.Body)
	}
	return v
}

// WantStatus fails the test unless the response has this status, and returns the response.
func (r *Response) WantStatus(t testing.TB, status int) *Response {
	t.Helper()
	if r.Status != status {
		t.Errorf("got %d %s, want %d", r.Status, r.Body, status)
	}
	return r
}

// WantJSON fails the test unless the response has this status and exactly this body.
func (r *Response) WantJSON(t testing.TB, status int, body string) {
	t.Helper()
	if kind := r.Header.Get("Content-Type"); r.Status != status || r.Body != body || kind != "application/json" {
		t.Errorf("got %d %s\n%s\nwant %d application/json\n%s", r.Status, kind, r.Body, status, body)
	}
}

// WantProblemOf is WantProblem for any texts and further members.
func (r *Response) WantProblemOf(t testing.TB, want *problem.Type) {
	t.Helper()
	if body := Decode[problem.Body](t, r); r.Status != want.Status || body.Code != want.Code {
		t.Errorf("got %d %s, want %s", r.Status, r.Body, want.Code)
	}
}

// WantProblem fails the test unless the response is a problem of this type, or of this variant of one: its status, every
// member of its body, the request's identifier as its instance, and its challenge. What a type says may be any of its
// variants. Members that only some problems have are given as JSON: `"required_scopes":["items:read"]`.
func (r *Response) WantProblem(t testing.TB, want error, members ...string) {
	t.Helper()
	of := problem.Of(want)
	got := Decode[problem.Body](t, r)
	body := of.Body(cmp.Or(r.publicURL, PublicURL), r.Header.Get("X-Request-Id"))
	if !says(want, got) {
		t.Errorf("got %s\nwhich %v does not say", r.Body, want)
	}
	body.Detail, body.Hint, body.AtFault = got.Detail, got.Hint, got.AtFault
	body.Claim, body.ExpiredAt, body.NotBefore, body.RequiredRoles = got.Claim, got.ExpiredAt, got.NotBefore, got.RequiredRoles
	object := strings.Join(append([]string{strings.TrimSuffix(encode(t, body), "}")}, members...), ",") + "}"
	if r.Status != of.Status || r.Body != object {
		t.Errorf("got %d\n%s\nwant %d\n%s", r.Status, r.Body, of.Status, object)
	}
	for name, value := range map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store"} {
		if got := r.Header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	challenge, prefix := r.Header.Get("WWW-Authenticate"), challengePrefix(of, got.Detail)
	uncalled := of.OAuth == "" && strings.Contains(challenge, "error")
	if !strings.HasPrefix(challenge, prefix) || prefix == "" && challenge != "" || uncalled {
		t.Errorf("the challenge is %q, want %s...", challenge, prefix)
	}
}

func encode(t testing.TB, body problem.Body) string {
	t.Helper()
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// says reports whether a body has the texts of a variant, or of any of a type.
func says(want error, got problem.Body) bool {
	v, _ := problem.VariantOf(want)
	return v.Matches(got.Detail, got.Hint) || v.Name == "" && v.Find(got.Detail, got.Hint) != nil
}

// challengePrefix returns how the challenge of a problem begins (RFC 6750, section 3): empty for none.
func challengePrefix(want *problem.Type, detail string) string {
	const realm = `Bearer realm="gatehouse", `
	if want.OAuth != "" {
		return fmt.Sprintf(`%serror="%s", error_description="%s", `, realm, want.OAuth, detail)
	}
	if want.Status == http.StatusUnauthorized {
		return realm // and no error, but what the route asks for (RFC 6750, section 3.1)
	}
	return ""
}
