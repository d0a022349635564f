package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const refPrefix = "#/components/schemas/"

// tidy says in the document what swag cannot say.
func tidy(doc map[string]any, source *source) error {
	schemas := object(object(doc, "components"), "schemas")
	names, err := shortNames(schemas)
	if err != nil {
		return err
	}
	for full, short := range names {
		schema := schemas[full].(map[string]any)
		delete(schemas, full)
		schemas[short] = schema
		generic, _, _ := strings.Cut(short, "-")
		tidySchema(schema, source.properties(generic))
	}
	walk(doc, func(m map[string]any) {
		dropNoise(m)
		if ref, ok := m["$ref"].(string); ok {
			m["$ref"] = refPrefix + names[strings.TrimPrefix(ref, refPrefix)]
		}
	})
	for _, item := range object(doc, "paths") {
		for _, op := range item.(map[string]any) {
			tidyOperation(op.(map[string]any))
		}
	}
	if contact := object(object(doc, "info"), "contact"); len(contact) == 0 {
		delete(object(doc, "info"), "contact")
	}
	return nil
}

// tidyOperation says how bodies are coded, and gives parameters the examples that comments have only an
// extension for.
func tidyOperation(op map[string]any) {
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		rename(p.(map[string]any), "x-example", "example")
	}
	if content := object(object(op, "requestBody"), "content"); content != nil {
		rename(content, "*/*", "application/json")
	}
	for status, r := range object(op, "responses") {
		response := r.(map[string]any)
		tidyContent(object(response, "content"), strings.Contains("45d", status[:1])) // 4xx, 5xx, default
		if response["description"] == "" {
			response["description"] = "Any other error"
		}
	}
}

// tidyContent gives the body of a response its media types: a Problem is the answer to what is refused
// (RFC 9457, section 3), and never a page. A page is text, whatever it shows.
func tidyContent(content map[string]any, refused bool) {
	schema := object(object(content, "application/json"), "schema")
	if refused && schema["$ref"] == refPrefix+"Problem" {
		rename(content, "application/json", "application/problem+json")
		delete(content, "text/html")
	}
	if page := object(content, "text/html"); page != nil {
		page["schema"] = map[string]any{"type": "string"}
	}
}

// shortNames maps the schemas' names to the same without their packages: handlers.Item is Item, and
// handlers.Page-handlers_Item is Page-Item. Two schemas must not come out alike.
func shortNames(schemas map[string]any) (map[string]string, error) {
	names, taken := map[string]string{}, map[string]string{}
	sorted := slices.Sorted(maps.Keys(schemas))
	for _, full := range sorted {
		short := full[strings.LastIndex(full, ".")+1:]
		for _, arg := range sorted {
			if pkg, name, ok := strings.Cut(arg, "."); ok {
				short = strings.ReplaceAll(short, pkg+"_"+name, name)
			}
		}
		if other, ok := taken[short]; ok {
			return nil, fmt.Errorf("%s and %s would both be the schema %s: give one a // @name", other, full, short)
		}
		names[full], taken[short] = short, full
	}
	return names, nil
}

// tidySchema gives times their format (RFC 3339, section 5.6), and requires what is always there of
// a struct that the API only sends. What it reads, it requires by the binding tag alone.
func tidySchema(schema map[string]any, properties []property) {
	var required []any
	read := slices.ContainsFunc(properties, func(p property) bool { return p.judged })
	for _, p := range properties {
		named := object(object(schema, "properties"), p.name)
		if named == nil {
			continue
		}
		if p.time && named["format"] == nil {
			named["format"] = "date-time"
		}
		if p.sent {
			required = append(required, p.name)
		}
	}
	if !read && required != nil {
		schema["required"] = required
	}
}

// dropNoise removes the extensions by which swag and the converter talk to each other.
func dropNoise(m map[string]any) {
	for _, x := range []string{
		"x-formData-name", "x-originalParamName", "x-nullable", "x-order",
		"x-enum-varnames", "x-enum-comments", "x-enum-descriptions",
	} {
		delete(m, x)
	}
}

// walk calls f for every object in v.
func walk(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, child := range v {
			walk(child, f)
		}
	case []any:
		for _, child := range v {
			walk(child, f)
		}
	}
}

// object returns the object that is the member of m, or nil.
func object(m map[string]any, member string) map[string]any {
	o, _ := m[member].(map[string]any)
	return o
}

// rename gives a member another name, if it is there.
func rename(m map[string]any, from, to string) {
	if v, ok := m[from]; ok {
		delete(m, from)
		m[to] = v
	}
}
