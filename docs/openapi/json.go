package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/gatehouse/auth/ginauth"
)

type object = map[string]any

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

func encode(doc object) ([]byte, error) {
	b, err := json.Marshal(doc)
	return append(b, '\n'), err
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

// operations returns every operation of the document by its method and path: GET /items/{id}.
func operations(doc object) map[string]object {
	all := map[string]object{}
	for path, item := range child(doc, "paths") {
		for method := range item.(object) {
			all[strings.ToUpper(method)+" "+path] = child(item.(object), method)
		}
	}
	return all
}

// operationOf returns the operation of a route.
func operationOf(doc object, route ginauth.Route) object {
	return child(child(child(doc, "paths"), route.Path), strings.ToLower(route.Method))
}

// hasQuery reports whether an operation has parameters in the query.
func hasQuery(op object) bool {
	list, _ := op["parameters"].([]any)
	return slices.ContainsFunc(list, func(p any) bool { return p.(object)["in"] == "query" })
}

// A member is a name and a value of an ordered object.
type member struct {
	name  string
	value any
}

// An ordered object has its members in the order of the list. Examples are ordered, because Swagger UI shows
// the first.
type ordered []member

// MarshalJSON writes the members in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var members [][]byte
	for _, m := range o {
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		members = append(members, fmt.Appendf(nil, "%q:%s", m.name, value))
	}
	return slices.Concat([]byte("{"), bytes.Join(members, []byte(",")), []byte("}")), nil
}
