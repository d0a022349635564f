package e2e

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"testing"
)

// A schema is that of a body in the document.
type schema struct {
	Properties map[string]struct {
		Examples, Enum []any
		MinLength      int
	}
	Required []string
}

// schemaOf returns the schema of the body of a POST request.
func schemaOf(t *testing.T, document []byte, route string) schema {
	t.Helper()
	var d struct {
		Paths map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct{ Schema map[string]any }
				}
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	reference, _ := d.Paths[route].Post.RequestBody.Content["application/json"].Schema["$ref"].(string)
	return d.Components.Schemas[path.Base(reference)]
}

// drafts returns the body of a POST request that the examples of required members make, and one that breaks a rule of
// the member that the pointer names.
func drafts(t *testing.T, document []byte, route string) (valid, invalid, pointer string) {
	t.Helper()
	of, members, broken := schemaOf(t, document, route), map[string]any{}, ""
	for _, name := range slices.Sorted(maps.Keys(of.Properties)) {
		property := of.Properties[name]
		if values := append(property.Examples, property.Enum...); slices.Contains(of.Required, name) && len(values) > 0 {
			members[name] = values[0]
		}
		if property.MinLength > 0 && len(property.Enum) == 0 {
			broken = name
		}
	}
	if broken == "" {
		t.Fatalf("the document has no body of POST %s with a text that must not be empty", route)
	}
	text := func() string { encoded, _ := json.Marshal(members); return string(encoded) }
	valid = text()
	members[broken] = ""
	return valid, text(), "/" + broken
}

// grouped returns the document with an extension of openapi-generator, by which the parameters of a query are set by
// name. Without it, a client has as many arguments as a list has filters.
func grouped(t *testing.T, document []byte) []byte {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	for _, item := range d["paths"].(map[string]any) {
		if get, ok := item.(map[string]any)["get"].(map[string]any); ok {
			get["x-group-parameters"] = true
		}
	}
	encoded, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}
