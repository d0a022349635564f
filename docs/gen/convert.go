package main

import (
	"encoding/json"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3conv"
)

// convert converts a Swagger 2.0 document to OpenAPI 3.1, as plain JSON values.
func convert(swagger []byte) (any, error) {
	var v2 openapi2.T
	if err := json.Unmarshal(swagger, &v2); err != nil {
		return nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, err
	}
	for _, item := range v3.Paths.Map() {
		for _, op := range item.Operations() {
			convertOperation(op)
		}
	}
	if v3.Components != nil {
		keepNullableReferences(v3.Components.Schemas)
	}
	openapi3conv.Upgrade(v3)
	v3.OpenAPI = "3.1.1" // the newest that Swagger UI and the common tools all read
	b, err := json.Marshal(v3)
	if err != nil {
		return nil, err
	}
	var doc any
	err = json.Unmarshal(b, &doc)
	clean(doc)
	return doc, err
}

// convertOperation gives bodies their media types, and parameters the examples that comments have as extensions.
// A problem is application/problem+json (RFC 9457, section 3), and never a page. A page is text.
func convertOperation(op *openapi3.Operation) {
	for _, p := range op.Parameters {
		p.Value.Example = p.Value.Extensions["x-example"]
		delete(p.Value.Extensions, "x-example")
	}
	if op.RequestBody != nil {
		rename(op.RequestBody.Value.Content, "*/*", "application/json")
	}
	for status, response := range op.Responses.Map() {
		content := response.Value.Content
		isError := strings.Contains("45d", status[:1]) // 4xx, 5xx, default
		if body := content["application/json"]; isError && body != nil && body.Schema.Ref == "#/components/schemas/Problem" {
			rename(content, "application/json", "application/problem+json")
			delete(content, "text/html")
		}
		if page := content["text/html"]; page != nil {
			page.Schema = openapi3.NewStringSchema().NewRef()
		}
		if *response.Value.Description == "" {
			response.Value.WithDescription("Any other error")
		}
	}
}

func rename(content openapi3.Content, from, to string) {
	if media, ok := content[from]; ok {
		delete(content, from)
		content[to] = media
	}
}

// keepNullableReferences rewrites the allOf that swag wraps around a reference that may also be null: Upgrade has
// no type to add "null" to, and would drop it.
func keepNullableReferences(schemas openapi3.Schemas) {
	for _, schema := range schemas {
		for _, p := range schema.Value.Properties {
			if p.Value != nil && p.Value.Nullable && len(p.Value.AllOf) == 1 {
				null := &openapi3.Schema{Type: &openapi3.Types{openapi3.TypeNull}}
				p.Value.AnyOf = append(p.Value.AllOf, null.NewRef())
				p.Value.AllOf, p.Value.Nullable = nil, false
			}
		}
	}
}

// clean removes the extensions that swag and the converter add for each other, and a contact without members. Of
// the extensions only x-references stays, which names the collection that has the row of an identifier.
func clean(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			object, isObject := member.(map[string]any)
			if strings.HasPrefix(name, "x-") && name != references || name == "contact" && isObject && len(object) == 0 {
				delete(v, name)
			}
			clean(member)
		}
	case []any:
		for _, element := range v {
			clean(element)
		}
	}
}
