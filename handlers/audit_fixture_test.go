package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/handlers/apitest"
)

// A mutant is an API that differs from its document, or whose document differs from it, in one operation.
type mutant struct {
	*apitest.API
	line     string                                  // the operation that is mutated
	besides  string                                  // another path that stays documented
	document func(doc, op map[string]any)            // changes the document, op in it or anything else
	request  func(api *apitest.API, r *http.Request) // changes the requests that the operation receives
	response func(r *httptest.ResponseRecorder)      // changes its responses
}

func (m *mutant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method, path, _ := strings.Cut(m.line, " ")
	folder, _, item := strings.Cut(path, "{")
	mutated := r.Method == method && (r.URL.Path == path || item && strings.HasPrefix(r.URL.Path, folder))
	if mutated && m.request != nil {
		m.request(m.API, r)
	}
	r.Header.Del("Accept-Encoding") // a compressed response is hard to change
	recorder := httptest.NewRecorder()
	m.API.ServeHTTP(recorder, r)
	for name, values := range maps.Clone(recorder.Header()) { // as a client has them
		delete(recorder.Header(), name)
		recorder.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if mutated && m.response != nil {
		m.response(recorder)
	}
	if r.URL.Path == "/openapi.json" {
		recorder.Body = bytes.NewBuffer(m.mutateDocument(recorder.Body.Bytes()))
	}
	maps.Copy(w.Header(), recorder.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(recorder.Code)
	w.Write(recorder.Body.Bytes())
}

// Operations returns what is served at the paths that stay documented.
func (m *mutant) Operations() []string {
	_, path, _ := strings.Cut(m.line, " ")
	return slices.DeleteFunc(m.API.Operations(), func(name string) bool {
		_, p, _ := strings.Cut(name, " ")
		return p != path && p != m.besides
	})
}

// mutateDocument returns the changed document, without the paths that are not mutated.
func (m *mutant) mutateDocument(text []byte) []byte {
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		panic(err)
	}
	method, path, _ := strings.Cut(m.line, " ")
	op, _ := member(doc, "paths", path, strings.ToLower(method)).(map[string]any)
	if m.document != nil {
		m.document(doc, op)
	}
	if paths, ok := doc["paths"].(map[string]any); ok && path != "/openapi.json" {
		maps.DeleteFunc(paths, func(p string, _ any) bool { return p != path && p != m.besides })
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return text
}

// authorize gives a request a token that may do everything.
func authorize(api *apitest.API, r *http.Request) {
	r.Header.Set("Authorization", "Bearer "+api.Token("alice", "items:read items:write", "admin"))
}

// member returns the value at a path of members.
func member(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// remove deletes the value at a path of members, which must exist.
func remove(v any, path ...string) {
	last := len(path) - 1
	object, _ := member(v, path[:last]...).(map[string]any)
	if _, ok := object[path[last]]; !ok {
		panic(fmt.Sprint("nothing is at ", path))
	}
	delete(object, path[last])
}

// A recordingTB is a test that records its errors.
type recordingTB struct {
	testing.TB
	lines []string
}

func (r *recordingTB) Helper() {}

func (r *recordingTB) Errorf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recordingTB) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// audit returns the errors of an audit.
func audit(t *testing.T, m *mutant) []string {
	tb := &recordingTB{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		docstest.Audit(tb, m, m.Issuer)
	}()
	<-done
	return tb.lines
}
