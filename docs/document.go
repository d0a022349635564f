package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"example.com/gatehouse/auth/ginauth"
)

type object = map[string]any

// methods are the operations that a path can have in OpenAPI 3.1.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Merge returns the OpenAPI document of the API: that of the configuration, with what every route
// asks of its caller, and how it refuses. Hidden routes do not stand in it.
//
// Its error names every difference between document, route table and configuration at once. Merge
// keeps nothing and may be called concurrently.
func Merge(c Config, routes []ginauth.Route) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	doc, err := decode(c.Document)
	if err != nil {
		return nil, err
	}
	if err := drift(doc, &c, routes); err != nil {
		return nil, err
	}
	m := newMerger(&c, doc)
	m.describe(doc)
	for _, route := range routes {
		if !route.Hidden {
			m.operation(child(child(child(doc, "paths"), route.Path), strings.ToLower(route.Method)), route)
		}
	}
	b, err := json.Marshal(doc)
	return append(b, '\n'), err
}

// decode reads a document. Numbers stay as they are written.
func decode(document []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var doc object
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("docs/openapi.json: %w", err)
	}
	return doc, nil
}

// describe writes what concerns the document as a whole.
func (m *merger) describe(doc object) {
	info := child(doc, "info")
	if m.Title != "" {
		info["title"] = m.Title
	}
	if m.Version != "" {
		info["version"] = m.Version
	}
	if contact, ok := info["contact"].(object); ok && local(contact["url"]) {
		contact["url"] = m.PublicURL + "/"
	}
	doc["servers"] = []any{object{"url": m.PublicURL}}
	delete(doc, "security") // each operation speaks for itself
	m.components["securitySchemes"] = m.schemes()
}

// local reports whether an address is that of the API on the machine of a developer, as the comments
// name it. One of a team or a help desk is left as it is.
func local(address any) bool {
	text, _ := address.(string)
	return strings.HasPrefix(text, "http://localhost:")
}

// operations returns every operation of the document by its method and path: GET /items/{id}.
func operations(doc object) map[string]object {
	all := map[string]object{}
	for path, item := range child(doc, "paths") {
		for _, method := range methods {
			if op, ok := item.(object)[method].(object); ok {
				all[strings.ToUpper(method)+" "+path] = op
			}
		}
	}
	return all
}

// child returns the object that is the member of o, and makes it if there is none.
func child(o object, member string) object {
	c, ok := o[member].(object)
	if !ok {
		c = object{}
		o[member] = c
	}
	return c
}

// A member is a name and a value of an ordered object.
type member struct {
	name  string
	value any
}

// An ordered object keeps its members as they were given. Examples are ordered, because Swagger UI
// shows the first.
type ordered []member

// MarshalJSON writes the members in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, m := range o {
		value, err := json.Marshal(object{m.name: m.value})
		if err != nil {
			return nil, err
		}
		b.WriteByte("{,"[min(i, 1)])
		b.Write(value[1 : len(value)-1])
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
