package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/go-openapi/spec"
)

// tidy returns the document of swag with what swag cannot say of schemas: short names, formats and patterns, and which
// members are required. Of what the API only sends, these are the members that are always there; of what it reads,
// those with a binding tag, and no others are allowed.
func tidy(doc *spec.Swagger, source *source) ([]byte, error) {
	names, err := shortNames(doc.Definitions)
	if err != nil {
		return nil, err
	}
	read, tidied := readByAPI(doc), spec.Definitions{}
	for full, short := range names {
		schema := doc.Definitions[full]
		generic, _, _ := strings.Cut(full, "-")
		properties := source.properties(generic)
		if schema.Properties != nil && properties == nil {
			return nil, fmt.Errorf("%s is not a struct of the packages %s", full, strings.Join(folders, ", "))
		}
		if read[full] {
			forbidOthers(&schema)
		} else {
			schema.Required = nil
		}
		for _, p := range properties {
			named, ok := schema.Properties[p.name]
			if !ok {
				continue
			}
			p.describe(&named)
			schema.Properties[p.name] = named
			if p.always && !read[full] {
				schema.Required = append(schema.Required, p.name)
			}
		}
		tidied[short] = schema
	}
	addPatches(doc, tidied)
	doc.Definitions = tidied
	text, err := json.Marshal(doc)
	for full, short := range names {
		text = bytes.ReplaceAll(text, []byte(`"#/definitions/`+full+`"`), []byte(`"#/definitions/`+short+`"`))
	}
	return text, err
}

// forbidOthers makes a schema forbid members that it does not name, at any depth: the API rejects a body with one.
func forbidOthers(schema *spec.Schema) {
	if schema == nil {
		return
	}
	if schema.Properties != nil && schema.AdditionalProperties == nil {
		schema.AdditionalProperties = &spec.SchemaOrBool{}
	}
	for name, property := range schema.Properties {
		forbidOthers(&property)
		schema.Properties[name] = property
	}
	if schema.Items != nil {
		forbidOthers(schema.Items.Schema)
	}
}

// shortNames maps the names of schemas to the same without their packages: handlers.Item is Item, and
// handlers.Page-handlers_Item is Page-Item. Two schemas must not have one name.
func shortNames(schemas spec.Definitions) (map[string]string, error) {
	names, taken := map[string]string{}, map[string]string{}
	sorted := slices.Sorted(maps.Keys(schemas))
	for _, full := range sorted {
		short := withoutPackage(full)
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

func withoutPackage(name string) string { return name[strings.LastIndex(name, ".")+1:] }

var reference = regexp.MustCompile(`"#/definitions/([^"]+)"`)

// readByAPI returns the names of the schemas of what the API reads, at any depth.
func readByAPI(doc *spec.Swagger) map[string]bool {
	read := map[string]bool{}
	var visit func(schema *spec.Schema)
	visit = func(schema *spec.Schema) {
		text, _ := json.Marshal(schema) // it was made from JSON: there is no error
		for _, match := range reference.FindAllSubmatch(text, -1) {
			if name := string(match[1]); !read[name] {
				read[name] = true
				referred := doc.Definitions[name]
				visit(&referred)
			}
		}
	}
	for _, item := range doc.Paths.Paths {
		for _, op := range operations(item) {
			for _, p := range op.Parameters {
				visit(p.Schema)
			}
		}
	}
	return read
}
