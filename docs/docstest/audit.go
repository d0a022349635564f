package docstest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

// An API is what an audit reads and calls. Operations are all that it serves and does not hide, as in
// "GET /items/{id}".
type API interface {
	http.Handler
	Operations() []string
}

// Audit calls every operation of an API, and fails the test for each difference from the OpenAPI document that
// the API serves at /openapi.json: see the comment of this package. The issuer must be the only one that the
// API trusts.
//
// Every call comes from an address of its own, since an API may limit the failures of an address.
func Audit(t testing.TB, api API, issuer *authtest.Issuer) {
	t.Helper()
	a := &audit{TB: t, api: api, issuer: issuer}
	doc, served := a.readDocument(), api.Operations()
	if len(doc.operations) == 0 && len(served) == 0 {
		t.Fatalf("GET %s: got no operations, want those that are served", documentPath)
	}
	for _, op := range doc.operations {
		a.audit(op)
		if !slices.Contains(served, op.String()) {
			t.Errorf("%s: route: got none, want one for what the document describes", op)
		}
	}
	for _, name := range served {
		if doc.operation(name) == nil {
			t.Errorf("%s: document: got nothing, want what is served", name)
		}
	}
}

// documentPath is where an API serves its document.
const documentPath = "/openapi.json"

// An audit is one run.
type audit struct {
	testing.TB
	api     http.Handler
	issuer  *authtest.Issuer
	created []string // addresses of what was created
	calls   int
}

// readDocument returns the document. Its OAuth 2.0 scheme, by which scopes differ from roles, may be missing until the
// API has reached its issuer, which it has when it has verified a token.
func (a *audit) readDocument() *document {
	a.Helper()
	doc := a.fetchDocument()
	i := slices.IndexFunc(doc.operations, func(op *operation) bool { return len(op.scopes)+len(op.roles) > 0 })
	if i < 0 || len(doc.scopes) > 0 {
		return doc
	}
	a.send(call{a.anyCaller(), request{method: doc.operations[i].method, target: doc.operations[i].path}})
	if doc = a.fetchDocument(); len(doc.scopes) == 0 {
		a.Fatalf("GET %s: got no scopes of an OAuth 2.0 flow, want those that operations ask for", documentPath)
	}
	return doc
}

func (a *audit) anyCaller() caller { return caller{credentials: "Bearer " + a.issuer.Token()} }

func (a *audit) fetchDocument() *document {
	a.Helper()
	r := a.sendInTime(nil, call{a.anyCaller(), request{method: http.MethodGet, target: documentPath}})
	if r.status != http.StatusOK {
		a.Fatalf("GET %s: got status %d, want 200", documentPath, r.status)
	}
	doc, err := newDocument(r.body, a.create)
	if err != nil {
		a.Fatalf("GET %s: %v", documentPath, err)
	}
	return doc
}

// audit calls an operation in every way.
func (a *audit) audit(op *operation) {
	a.Helper()
	for _, contradiction := range op.contradictions {
		a.Errorf("%s: security: %s", op, contradiction)
	}
	r, err := op.request()
	if err != nil {
		a.Errorf("%s: request: %v", op, err)
		return
	}
	for _, caller := range op.callers(a.issuer) {
		a.try(op, call{caller, r})
	}
	if !op.public && !op.optional {
		a.try(op, op.queried(r, a.issuer))
	}
	for _, c := range op.variations(call{op.complete(a.issuer), r}, a.created) {
		a.try(op, c)
	}
}

// try makes a call, and once more with the ETag of its response. It notes the address of what was created.
func (a *audit) try(op *operation, c call) {
	a.Helper()
	r := a.sendInTime(op, c)
	if location := r.header.Get("Location"); r.status == http.StatusCreated && location != "" {
		a.created = append(a.created, op.doc.below(location))
	}
	a.check(op, c, r)
	if again, ok := op.again(c, r); ok {
		a.try(op, again)
	}
}

// create makes the call of a caller who is accepted, and returns the address of what it created.
func (a *audit) create(op *operation, r request) string {
	location := a.send(call{op.complete(a.issuer), r}).header.Get("Location")
	if location != "" {
		a.created = append(a.created, location)
	}
	return location
}

// send makes a call.
func (a *audit) send(c call) *response {
	r := httptest.NewRequestWithContext(a.Context(), c.method, c.target, strings.NewReader(c.body))
	a.calls++
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1024", a.calls>>16&0xff, a.calls>>8&0xff, a.calls&0xff)
	if c.credentials != "" {
		r.Header.Set("Authorization", c.credentials)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	a.api.ServeHTTP(w, r)
	return newResponse(w)
}
