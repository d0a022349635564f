package authtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// Audit holds an API against the OpenAPI 3.1 document that it serves at /openapi.json: it calls every
// operation with every kind of credentials, real tokens of the issuer among them, and fails the test
// for each difference between what the document says and what the API does.
//
//   - What is asked: every alternative of a security requirement asks for the same scopes, by schemes
//     that the document describes. What no flow of OAuth 2.0 knows as a scope is a role, and stands
//     only in schemes that are neither oauth2 nor openIdConnect (OpenAPI 3.1.1, section 4.8.30).
//   - Who is let in: strangers and malformed, foreign, expired and ID tokens are not, nor is a token
//     in the query, nor one that lacks a single scope or role. A complete one in the header is. A
//     public operation reads no credentials.
//   - How a refusal looks: status, code, and the challenge (RFC 6750, section 3). The status of the
//     problem is that of the answer, and its instance is urn:uuid: and the X-Request-Id.
//   - What is answered: a status, a media type, a body and a code that the document names, with every
//     header that it names for the status. Documents seldom say that a header is required, which is
//     false by default, so only "required": false in so many words lets it be absent. Whether
//     WWW-Authenticate belongs there, the refusal says.
//   - What is made of other requests: a JSON body that breaks off, lacks its members, is of another
//     media type or has 70 KiB, an If-Match that names no version, and an If-None-Match with the ETag
//     that was answered, where the document names If-Match or ETag. A large body may be accepted: the
//     document has no word for its limit.
//   - What there is: every operation of the document is served, and every other method of its paths
//     is not. A handler with the method Operations() []string, which returns all that it serves but
//     does not hide, as in "GET /items/{id}", is also searched for paths that the document lacks.
//
// Requests are made from the document's examples, and by those of Location headers that the API
// answers with, so that what was created is read, changed and deleted. Every call comes from an
// address of its own: an API may slow down who keeps failing. The issuer must be the only one that
// the handler trusts.
func Audit(t testing.TB, handler http.Handler, issuer *Issuer) {
	t.Helper()
	a := &audit{t: t, issuer: issuer}
	a.server = httptest.NewServer(a.scatter(handler))
	t.Cleanup(a.server.Close)

	a.doc = a.readDocument()
	served, listed := handler.(interface{ Operations() []string })
	operations := a.doc.operations()
	if len(operations) == 0 && !listed {
		t.Fatalf("GET %s: got no operations, want those that are served", documentPath)
	}
	for _, op := range operations {
		a.audit(op)
	}
	a.compareRoutes(operations, served)
}

// documentPath is where an API serves its document.
const documentPath = "/openapi.json"

// An audit is under way.
type audit struct {
	t       testing.TB
	issuer  *Issuer
	server  *httptest.Server
	doc     *document
	created []string // addresses of what the API made for the audit
	calls   atomic.Uint32
}

// scatter makes each request come from another address.
func (a *audit) scatter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := a.calls.Add(1)
		address := netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
		r.RemoteAddr = netip.AddrPortFrom(address, 1024).String()
		next.ServeHTTP(w, r)
	})
}

// readDocument reads the document. Its OAuth 2.0 scheme, which tells scopes from roles, may not be
// there before the API has heard of its issuer: it has when it has judged a token.
func (a *audit) readDocument() *document {
	a.t.Helper()
	caller := state{credentials: "Bearer " + a.issuer.Token()}
	doc := a.fetchDocument(caller)
	operations := doc.operations()
	i := slices.IndexFunc(operations, func(op *operation) bool { return len(op.scopes)+len(op.roles) > 0 })
	if i < 0 || len(doc.scopes) > 0 {
		return doc
	}
	a.send(call{caller, request{method: operations[i].method, target: operations[i].path}})
	if doc = a.fetchDocument(caller); len(doc.scopes) == 0 {
		a.t.Fatalf("GET %s: got no scopes of an OAuth 2.0 flow, want those that operations ask for", documentPath)
	}
	return doc
}

func (a *audit) fetchDocument(caller state) *document {
	a.t.Helper()
	answer := a.send(call{caller, request{method: http.MethodGet, target: documentPath}})
	if answer.status != http.StatusOK {
		a.t.Fatalf("GET %s: got status %d, want 200", documentPath, answer.status)
	}
	doc, err := newDocument(answer.body)
	if err != nil {
		a.t.Fatalf("GET %s: %v", documentPath, err)
	}
	return doc
}

// audit calls an operation in every state.
func (a *audit) audit(op *operation) {
	a.t.Helper()
	for _, contradiction := range op.contradictions {
		a.report(op, "security", "%s", contradiction)
	}
	r, err := op.request()
	if err != nil {
		a.report(op, "request", "%v", err)
		return
	}
	for _, s := range op.states(a.issuer) {
		a.try(op, call{s, r})
	}
	if !op.public && !op.optional {
		a.try(op, op.queried(r, a.issuer))
	}
	complete := op.complete(a.issuer)
	for _, v := range op.variations(r, a.created) {
		complete.name = "complete, " + v.name
		a.try(op, call{complete, v.request})
	}
}

// try makes a call, and remembers the address of what it created. It asks again for what has an ETag.
func (a *audit) try(op *operation, c call) {
	a.t.Helper()
	answer := a.send(c)
	if location := answer.header.Get("Location"); answer.status == http.StatusCreated && location != "" {
		a.created = append(a.created, location)
	}
	for _, difference := range op.judge(c, answer) {
		a.report(op, c.name, "%s", difference)
	}
	if again, ok := op.again(c, answer); ok {
		a.try(op, again)
	}
}

func (a *audit) report(op fmt.Stringer, state, format string, args ...any) {
	a.t.Helper()
	a.t.Errorf("%s: %s: %s", op, state, fmt.Sprintf(format, args...))
}

// compareRoutes compares the operations of the document with what is served: what the Allow header
// of each path names (RFC 9110, section 10.2.1), and what the handler lists, if it does.
func (a *audit) compareRoutes(documented []*operation, list interface{ Operations() []string }) {
	a.t.Helper()
	found := a.probe(documented)
	served := found
	if list != nil {
		served = list.Operations()
	}
	for _, op := range documented {
		if _, err := op.request(); err == nil && !slices.Contains(found, op.String()) {
			a.report(op, "route", "got none, want one for what the document describes")
		}
	}
	isDocumented := func(name string) bool {
		return slices.ContainsFunc(documented, func(op *operation) bool { return op.String() == name })
	}
	for _, name := range served {
		if !isDocumented(name) {
			a.t.Errorf("%s: document: got nothing, want what is served", name)
		}
	}
}

// probe returns the operations that are served at the paths of others. It asks with a method that
// there is not, and with every scope, since only callers may learn which there are.
func (a *audit) probe(ops []*operation) (found []string) {
	credentials := "Bearer " + a.issuer.Token(Claims{"scope": strings.Join(a.doc.scopes, " ")})
	probed := map[string]bool{}
	for _, op := range ops {
		r, err := op.request()
		if err != nil || probed[op.path] {
			continue
		}
		probed[op.path] = true
		path, _, _ := strings.Cut(r.target, "?")
		answer := a.send(call{state{credentials: credentials}, request{method: "AUDIT", target: path}})
		for method := range strings.SplitSeq(strings.Join(answer.header["Allow"], ","), ",") {
			method = strings.TrimSpace(method)
			if method != "" && method != http.MethodHead && method != http.MethodOptions {
				found = append(found, method+" "+op.path)
			}
		}
	}
	return found
}
