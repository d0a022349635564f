package docstest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An operation is one of a document, and what it asks of its caller.
type operation struct {
	Security    *[]map[string][]string
	Parameters  []parameter
	RequestBody *struct{ Content map[string]media }
	Responses   map[string]documentedResponse

	doc          *document
	method, path string
	public       bool // no credentials are read
	optional     bool // anonymous callers are accepted, and wrong credentials are not
	scopes       []string
	roles        []string
	classes      []string      // of sign-in, any of them (RFC 9470)
	maxAge       time.Duration // of the sign-in; zero means any

	contradictions []string // within the security requirement
}

// A parameter is one of an operation.
type parameter struct {
	Name, In string
	Required bool
	media
}

// A documentedResponse is what a document says of a response.
type documentedResponse struct {
	Headers map[string]struct {
		Required *bool
		media
	}
	Content map[string]media
}

func (op *operation) String() string { return op.method + " " + op.path }

// order is that of the methods: what is created is read, then changed, then deleted.
var order = []string{"POST", "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"}

// readOperations reads every operation.
func (d *document) readOperations() {
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for method, op := range d.Paths[path] {
			op.doc, op.method, op.path = d, strings.ToUpper(method), path
			op.readSecurity()
			op.readStepUp()
			d.operations = append(d.operations, op)
		}
	}
	slices.SortStableFunc(d.operations, func(a, b *operation) int {
		return cmp.Compare(slices.Index(order, a.method), slices.Index(order, b.method))
	})
}

// operation returns the operation with a name, such as GET /items, or nil.
func (d *document) operation(name string) *operation {
	for _, op := range d.operations {
		if op.String() == name {
			return op
		}
	}
	return nil
}

// readSecurity reads the alternatives of the security requirement. The empty one asks for nothing. The others
// must be the same by several schemes, or a caller would choose the one that asks for less.
func (op *operation) readSecurity() {
	alternatives := *cmp.Or(op.Security, &op.doc.Security)
	op.public = len(alternatives) == 0
	asking := slices.DeleteFunc(slices.Clone(alternatives), func(a map[string][]string) bool { return len(a) == 0 })
	op.optional = len(asking) < len(alternatives)
	for i, alternative := range asking {
		scopes := op.readAlternative(alternative)
		if i == 0 {
			op.scopes = scopes
		}
		if !slices.Equal(slices.Sorted(slices.Values(scopes)), slices.Sorted(slices.Values(op.scopes))) {
			op.contradict("scopes of %s: got %q, want %q as in the first alternative",
				strings.Join(slices.Sorted(maps.Keys(alternative)), " and "), scopes, op.scopes)
		}
	}
}

// readAlternative returns the scopes of an alternative, and adds its roles to the operation's.
func (op *operation) readAlternative(alternative map[string][]string) (scopes []string) {
	for _, name := range slices.Sorted(maps.Keys(alternative)) {
		scheme, ok := op.doc.Components.SecuritySchemes[name]
		if !ok {
			op.contradict("scheme %s: got none, want one of components.securitySchemes", name)
		}
		for _, asked := range alternative[name] {
			if slices.Contains(op.doc.scopes, asked) {
				add(&scopes, asked)
				continue
			}
			add(&op.roles, asked)
			if scheme.Type == "oauth2" || scheme.Type == "openIdConnect" {
				op.contradict("scope of %s: got %q, want one of a flow", name, asked)
			}
		}
	}
	return scopes
}

// add adds a name that is not in the list.
func add(list *[]string, name string) {
	if !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

func (op *operation) contradict(format string, args ...any) {
	op.contradictions = append(op.contradictions, fmt.Sprintf(format, args...))
}

// readStepUp reads what the operation asks of the sign-in, in the example of the problem. OpenAPI has no other
// place for it.
func (op *operation) readStepUp() {
	unauthorized, _ := op.documented(http.StatusUnauthorized)
	for _, example := range unauthorized.Content[problemType].Examples {
		var problem struct {
			Code    string
			Classes []string `json:"acr_values"`
			MaxAge  int      `json:"max_age"`
		}
		if convert(example.Value, &problem) == nil && problem.Code == "step-up-required" {
			op.classes, op.maxAge = problem.Classes, time.Duration(problem.MaxAge)*time.Second
		}
	}
}

// documented returns what is documented for a status: as itself, as its class, or as any other.
func (op *operation) documented(status int) (documentedResponse, bool) {
	code := strconv.Itoa(status)
	for _, name := range []string{code, code[:1] + "XX", "default"} {
		if r, ok := op.Responses[name]; ok {
			return r, true
		}
	}
	return documentedResponse{}, false
}
