package authtest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A document is an OpenAPI 3.1 document, as an audit reads it.
type document struct {
	root     any
	scopes   []string // of its OAuth 2.0 flows
	compiler *jsonschema.Compiler
}

// documentURL is the base of the document's references. Nothing is ever loaded from it.
const documentURL = "https://audit.invalid/openapi.json"

func newDocument(text []byte) (*document, error) {
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	d := &document{root: root, compiler: jsonschema.NewCompiler()}
	if version := d.at().child("openapi").text(); !strings.HasPrefix(version, "3.1.") {
		return nil, fmt.Errorf("got OpenAPI %q, want 3.1", version)
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020) // OpenAPI 3.1.1, section 4.8.24
	d.compiler.AssertFormat()
	d.scopes = d.flowScopes()
	return d, d.compiler.AddResource(documentURL, root)
}

func (d *document) flowScopes() (scopes []string) {
	for _, scheme := range d.at().child("components", "securitySchemes").members() {
		for _, flow := range scheme.child("flows").members() {
			for _, scope := range flow.child("scopes").members() {
				scopes = append(scopes, scope.name)
			}
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// validate returns what is wrong with a body by the JSON Schema at a place of the document.
func (d *document) validate(schema node, body []byte) error {
	location := documentURL + "#" + (&url.URL{Path: schema.pointer}).EscapedPath()
	compiled, err := d.compiler.Compile(location)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](compiled.Validate(value))
	if !ok {
		return nil
	}
	_, causes, _ := strings.Cut(invalid.Error(), "\n")
	return errors.New(strings.Join(strings.Fields(causes), " "))
}

// at returns the root of the document.
func (d *document) at() node { return node{doc: d, value: d.root} }

// The names of a pointer are escaped (RFC 6901, section 3).
var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// A node is a place in a document. One that is not there has no value.
type node struct {
	doc     *document
	pointer string // JSON Pointer (RFC 6901)
	name    string // the last of the pointer
	value   any
}

// child returns the place that a path of names leads to. It follows references on its way.
func (n node) child(path ...string) node {
	for _, name := range path {
		n = n.resolve()
		value := n.object()[name]
		n = node{n.doc, n.pointer + "/" + escape.Replace(name), name, value}
	}
	return n
}

// maxReferences is how many references may follow each other.
const maxReferences = 8

// resolve returns the place that a reference leads to, or the place itself.
func (n node) resolve() node {
	for range maxReferences {
		ref, ok := n.object()["$ref"].(string)
		if !ok {
			return n
		}
		path, ok := strings.CutPrefix(ref, "#/")
		if !ok {
			return node{doc: n.doc}
		}
		names := strings.Split(path, "/")
		for i, name := range names {
			names[i] = unescape.Replace(name)
		}
		n = n.doc.at().child(names...)
	}
	return node{doc: n.doc}
}

func (n node) exists() bool { return n.value != nil }

func (n node) object() map[string]any {
	object, _ := n.value.(map[string]any)
	return object
}

// members returns the members of an object, in the order of their names.
func (n node) members() (all []node) {
	n = n.resolve()
	for _, name := range slices.Sorted(maps.Keys(n.object())) {
		all = append(all, n.child(name))
	}
	return all
}

// elements returns the elements of a list.
func (n node) elements() (all []node) {
	n = n.resolve()
	list, _ := n.value.([]any)
	for i, value := range list {
		all = append(all, node{n.doc, fmt.Sprintf("%s/%d", n.pointer, i), "", value})
	}
	return all
}

// text returns a string, or nothing.
func (n node) text() string {
	text, _ := n.resolve().value.(string)
	return text
}

// names returns the names of the members of an object.
func (n node) names() []string { return slices.Sorted(maps.Keys(n.resolve().object())) }
