package authtest

import (
	"cmp"
	"encoding/json"
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
// the others are the same by several schemes. What no flow of OAuth 2.0 knows as a scope is a role
// (OpenAPI 3.1.1, section 4.8.30).
func (op *operation) readSecurity() {
	security := op.child("security")
	if !security.exists() {
		security = op.doc.at().child("security")
	}
	alternatives := security.elements()
	op.public = len(alternatives) == 0
	for _, alternative := range alternatives {
		op.optional = op.optional || len(alternative.object()) == 0
		for _, scheme := range alternative.members() {
			for _, name := range scheme.elements() {
				op.demand(name.text())
			}
		}
	}
}

func (op *operation) demand(name string) {
	list := &op.roles
	if slices.Contains(op.doc.scopes, name) {
		list = &op.scopes
	}
	if !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
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
