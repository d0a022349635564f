package docstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A document is what an audit reads of an OpenAPI 3.1 document. Its references are resolved, except for those to
// schemas, which can be recursive.
type document struct {
	OpenAPI    string
	Servers    []struct{ URL string }
	Security   []map[string][]string
	Paths      map[string]map[string]*operation // by path and method
	Components struct {
		Schemas         map[string]any
		SecuritySchemes map[string]struct {
			Type  string
			Flows map[string]struct{ Scopes map[string]string }
		}
	}

	operations []*operation
	scopes     []string                      // of the OAuth 2.0 flows
	compiled   map[string]*jsonschema.Schema // by their text

	create func(*operation, request) (location string) // creates a row for requests that refer to one
	ids    map[string]string                           // of these rows, by collection; empty where there is none
}

// A media is the form of a body or a parameter.
type media struct {
	Schema   any
	Example  any
	Examples map[string]example
}

type example struct{ Value any }

// below returns an address, as responses have it, as a path below the server.
func (d *document) below(address string) string {
	if len(d.Servers) == 0 {
		return address
	}
	server, err := url.Parse(d.Servers[0].URL)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(address, server.Path)
}

func newDocument(text []byte, create func(*operation, request) string) (*document, error) {
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	d := &document{compiled: map[string]*jsonschema.Schema{}, create: create, ids: map[string]string{}}
	if err := convert(resolve(root, root), d); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1.") {
		return nil, fmt.Errorf("got OpenAPI %q, want 3.1", d.OpenAPI)
	}
	for _, scheme := range d.Components.SecuritySchemes {
		for _, flow := range scheme.Flows {
			d.scopes = slices.AppendSeq(d.scopes, maps.Keys(flow.Scopes))
		}
	}
	d.readOperations()
	return d, nil
}

const schemaPrefix = "#/components/schemas/"

// resolve replaces references in v by what they refer to, and returns v or what it refers to itself.
func resolve(root, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !strings.HasPrefix(ref, schemaPrefix) {
			return resolve(root, at(root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...))
		}
		for name, member := range v {
			v[name] = resolve(root, member)
		}
	case []any:
		for i, element := range v {
			v[i] = resolve(root, element)
		}
	}
	return v
}

// at returns what is at a path of members.
func at(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// convert converts a JSON value to another type. Numbers stay as they are written.
func convert(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(to)
}

// schema returns a schema, or the one that it refers to.
func (d *document) schema(v any) map[string]any {
	schema, _ := v.(map[string]any)
	if ref, ok := schema["$ref"].(string); ok {
		schema, _ = d.Components.Schemas[strings.TrimPrefix(ref, schemaPrefix)].(map[string]any)
	}
	return schema
}

// validate returns what is wrong with a body by a schema.
func (d *document) validate(schema any, body []byte) error {
	compiled, err := d.compile(schema)
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

// compile compiles a schema. Its references are to components, so those are compiled with it.
func (d *document) compile(schema any) (_ *jsonschema.Schema, err error) {
	text := fmt.Sprint(schema)
	if compiled, ok := d.compiled[text]; ok {
		return compiled, nil
	}
	whole := map[string]any{"components": map[string]any{"schemas": d.Components.Schemas}}
	object, _ := schema.(map[string]any)
	maps.Copy(whole, object)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const address = "https://audit.invalid/schema.json" // nothing is loaded from there
	if err := c.AddResource(address, whole); err != nil {
		return nil, err
	}
	d.compiled[text], err = c.Compile(address)
	return d.compiled[text], err
}
