package docstest

import (
	"fmt"
	"net/http"
	"path"
	"slices"
)

// refer returns the identifier of a row that a request can refer to. The row is created when the first request does. A
// row that refers to itself or to its own kind refers to none.
func (d *document) refer(collection string) (id string, ok bool) {
	if id, known := d.ids[collection]; known {
		return id, id != ""
	}
	d.ids[collection] = ""
	i := slices.IndexFunc(d.operations, func(op *operation) bool {
		return op.method == http.MethodPost && path.Base(op.path) == collection
	})
	if i < 0 {
		return "", false
	}
	r, err := d.operations[i].request()
	if err != nil {
		return "", false
	}
	if location := d.create(d.operations[i], r); location != "" {
		d.ids[collection] = path.Base(location)
	}
	return d.ids[collection], d.ids[collection] != ""
}

// Requests are those of a document, made from its examples.
type Requests struct{ doc *document }

// NewRequests returns the requests of an OpenAPI document. Where one refers to a row, create creates it: it makes
// a request with a body, such as "POST /items", and returns the Location of the response.
func NewRequests(text []byte, create func(line, body string) (location string)) (*Requests, error) {
	doc, err := newDocument(text, func(op *operation, made request) string {
		return create(op.method+" "+made.target, made.body)
	})
	return &Requests{doc}, err
}

// Make returns the request of an operation, such as "POST /items": its line and its body.
func (r *Requests) Make(operation string) (line, body string, err error) {
	op, err := r.find(operation)
	if err != nil {
		return "", "", err
	}
	made, err := op.request()
	return op.method + " " + made.target, made.body, err
}

// Parameters returns the names of the parameters of the query of an operation.
func (r *Requests) Parameters(operation string) (names []string, err error) {
	op, err := r.find(operation)
	if err != nil {
		return nil, err
	}
	for _, p := range op.Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// Members returns the members of the body of an operation, whether each is required, and those that identify rows.
func (r *Requests) Members(operation string) (required map[string]bool, references []string, err error) {
	op, err := r.find(operation)
	if err != nil || op.RequestBody == nil {
		return nil, nil, err
	}
	_, content := op.body()
	schema := op.doc.schema(content.Schema)
	properties, _ := schema["properties"].(map[string]any)
	names, _ := schema["required"].([]any)
	required = map[string]bool{}
	for name, property := range properties {
		required[name] = slices.Contains(names, any(name))
		if op.doc.schema(property)["x-references"] != nil {
			references = append(references, name)
		}
	}
	return required, references, nil
}

func (r *Requests) find(name string) (*operation, error) {
	if op := r.doc.operation(name); op != nil {
		return op, nil
	}
	return nil, fmt.Errorf("%s is not in the document", name)
}
