package authtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An operation is one of a document, with what the document says that it asks of its caller.
type operation struct {
	node
	method, path string
	public       bool // anybody is let in, and no credentials are read
	optional     bool // strangers are let in, and wrong credentials are not
	scopes       []string
	roles        []string
	classes      []string      // of sign-in, any of them (RFC 9470)
	maxAge       time.Duration // of the sign-in; zero means any

	contradictions []string // in what the document says of security
}

func (op *operation) String() string { return op.method + " " + op.path }

// order is that of the methods: what is created is read, then changed, then deleted.
var order = []string{"post", "get", "head", "options", "trace", "put", "patch", "delete"}

// operations returns every operation.
func (d *document) operations() (all []*operation) {
	for _, path := range d.at().child("paths").members() {
		for _, member := range path.members() {
			if slices.Contains(order, member.name) {
				op := &operation{node: member, method: strings.ToUpper(member.name), path: path.name}
				op.readSecurity()
				op.readStepUp()
				all = append(all, op)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *operation) int {
		return cmp.Compare(slices.Index(order, a.name), slices.Index(order, b.name))
	})
	return all
}

// readSecurity reads the alternatives of the security requirement. The empty one asks for nothing;
// the others must be the same by several schemes, or a caller would choose the one that asks for less.
func (op *operation) readSecurity() {
	security := op.child("security")
	if !security.exists() {
		security = op.doc.at().child("security")
	}
	alternatives := security.elements()
	op.public = len(alternatives) == 0
	var asked [][]string // scopes of each alternative but the empty one
	for _, alternative := range alternatives {
		if len(alternative.object()) == 0 {
			op.optional = true
			continue
		}
		asked = append(asked, op.readAlternative(alternative))
		scopes, first := asked[len(asked)-1], asked[0]
		if !slices.Equal(slices.Sorted(slices.Values(scopes)), slices.Sorted(slices.Values(first))) {
			op.contradict("scopes of %s: got %q, want %q as in the first alternative",
				strings.Join(alternative.names(), " and "), scopes, first)
		}
		op.scopes = union(op.scopes, scopes)
	}
}

// readAlternative returns the scopes of an alternative, and keeps its roles: what no flow of OAuth 2.0
// knows as a scope (OpenAPI 3.1.1, section 4.8.30).
func (op *operation) readAlternative(alternative node) (scopes []string) {
	for _, scheme := range alternative.members() {
		kind := op.doc.at().child("components", "securitySchemes", scheme.name, "type").text()
		if kind == "" {
			op.contradict("scheme %s: got none, want one of components.securitySchemes", scheme.name)
		}
		for _, name := range scheme.elements() {
			if slices.Contains(op.doc.scopes, name.text()) {
				scopes = union(scopes, []string{name.text()})
				continue
			}
			op.roles = union(op.roles, []string{name.text()})
			if kind == "oauth2" || kind == "openIdConnect" {
				op.contradict("scope of %s: got %q, want one of a flow", scheme.name, name.text())
			}
		}
	}
	return scopes
}

// union returns the names of both lists, each once.
func union(a, b []string) []string {
	for _, name := range b {
		if !slices.Contains(a, name) {
			a = append(a, name)
		}
	}
	return a
}

func (op *operation) contradict(format string, args ...any) {
	op.contradictions = append(op.contradictions, fmt.Sprintf(format, args...))
}

// readStepUp reads what the operation asks of the sign-in. OpenAPI has no words for it: the example of
// the problem has.
func (op *operation) readStepUp() {
	for _, example := range op.problems(401) {
		value := example.child("value")
		if value.child("code").text() != "step-up-required" {
			continue
		}
		for _, class := range value.child("acr_values").elements() {
			op.classes = append(op.classes, class.text())
		}
		seconds, _ := value.child("max_age").value.(json.Number)
		n, _ := seconds.Int64()
		op.maxAge = time.Duration(n) * time.Second
	}
}

// successes returns the documented statuses of a request that was accepted.
func (op *operation) successes() []int {
	all := []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent}
	return slices.DeleteFunc(all, func(status int) bool { return !op.response(status).exists() })
}

// response returns what is documented for a status: as itself, as its class, or as any other.
func (op *operation) response(status int) node {
	code := strconv.Itoa(status)
	for _, name := range []string{code, code[:1] + "XX", "default"} {
		if r := op.child("responses", name); r.exists() {
			return r
		}
	}
	return node{doc: op.doc}
}

// problems returns the examples of the problems of a status.
func (op *operation) problems(status int) []node {
	return op.response(status).child("content", problemType, "examples").members()
}
