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

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/docs/docstest"
)

// A liar is an API that differs from its document, or a document that differs from its API.
type liar struct {
	audited
	issuer   *authtest.Issuer
	line     string                             // the operation that is lied about
	besides  string                             // another path that stays documented
	document func(doc, op map[string]any)       // changes what is documented, of the operation or anything
	request  func(l *liar, r *http.Request)     // changes what the operation is asked
	response func(r *httptest.ResponseRecorder) // changes what it answers
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method, path, _ := strings.Cut(l.line, " ")
	folder, _, item := strings.Cut(path, "{")
	concerned := r.Method == method && (r.URL.Path == path || item && strings.HasPrefix(r.URL.Path, folder))
	if concerned && l.request != nil {
		l.request(l, r)
	}
	r.Header.Del("Accept-Encoding") // what is compressed is hard to change
	answer := httptest.NewRecorder()
	l.API.ServeHTTP(answer, r)
	if concerned && l.response != nil {
		l.response(answer)
	}
	if r.URL.Path == "/openapi.json" {
		answer.Body = bytes.NewBuffer(l.spoil(answer.Body.Bytes()))
	}
	maps.Copy(w.Header(), answer.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// allow lets anybody do anything.
func allow(l *liar, r *http.Request) {
	token := l.issuer.Token(authtest.Claims{"scope": "items:read items:write", "roles": []string{"admin"}})
	r.Header.Set("Authorization", "Bearer "+token)
}

// Operations returns what is served at the paths that stay documented.
func (l *liar) Operations() []string {
	_, path, _ := strings.Cut(l.line, " ")
	return slices.DeleteFunc(l.audited.Operations(), func(name string) bool {
		_, p, _ := strings.Cut(name, " ")
		return p != path && p != l.besides
	})
}

// spoil returns the document as it is told, and nothing of the paths that nobody lies about.
func (l *liar) spoil(text []byte) []byte {
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		panic(err)
	}
	method, path, _ := strings.Cut(l.line, " ")
	op, _ := dig(doc, "paths", path, strings.ToLower(method)).(map[string]any)
	if l.document != nil {
		l.document(doc, op)
	}
	if paths, ok := doc["paths"].(map[string]any); ok && path != "/openapi.json" {
		maps.DeleteFunc(paths, func(p string, _ any) bool { return p != path && p != l.besides })
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return text
}

// dig returns what is at a path of members.
func dig(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// drop deletes what is at a path of members, which must be there.
func drop(v any, path ...string) {
	last := len(path) - 1
	object, _ := dig(v, path[:last]...).(map[string]any)
	if _, ok := object[path[last]]; !ok {
		panic(fmt.Sprint("nothing is at ", path))
	}
	delete(object, path[last])
}

// A witness is a test that writes down how it failed.
type witness struct {
	testing.TB
	lines []string
}

func (w *witness) Helper() {}

func (w *witness) Errorf(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	runtime.Goexit()
}

// watch returns the lines that an audit reports.
func watch(t *testing.T, api docstest.API, issuer *authtest.Issuer) []string {
	w := &witness{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		docstest.Audit(w, api, issuer)
	}()
	<-done
	return w.lines
}
