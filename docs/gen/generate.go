package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3conv"
	"github.com/swaggo/swag"
	"golang.org/x/mod/modfile"
)

// generate returns the OpenAPI 3.1 document of the module in root: general information from the
// comment in main.go, operations from those in handlers. Equal sources give equal bytes.
func generate(root string) ([]byte, error) {
	source, err := parse(root)
	if err != nil {
		return nil, err
	}
	swagger, err := swagger2(root)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3x(swagger)
	if err != nil {
		return nil, err
	}
	if err := tidy(doc, source); err != nil {
		return nil, err
	}
	return encode(doc)
}

// swagger2 has swag read the comments. Types may come from any package of the module.
func swagger2(root string) ([]byte, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	parser := swag.New(
		swag.SetStrict(true),
		swag.SetDebugger(log.New(io.Discard, "", 0)),
		swag.SetParseDependency(int(swag.ParseModels)),
		swag.ParseUsingGoList(true),
		swag.SetPackagePrefix(modfile.ModulePath(mod)),
	)
	folders := []string{filepath.Join(root, "handlers")}
	if err := parser.ParseAPIMultiSearchDir(folders, "../main.go", 1); err != nil {
		return nil, fmt.Errorf("swag: %w", err)
	}
	return json.Marshal(parser.GetSwagger())
}

// openapi3x converts a Swagger 2.0 document to OpenAPI 3.1, as plain JSON values.
func openapi3x(swagger []byte) (map[string]any, error) {
	var v2 openapi2.T
	if err := json.Unmarshal(swagger, &v2); err != nil {
		return nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, err
	}
	keepNullableReferences(v3)
	openapi3conv.Upgrade(v3)
	v3.OpenAPI = "3.1.1" // the newest that Swagger UI and the common tools all read

	b, err := json.Marshal(v3)
	if err != nil {
		return nil, err
	}
	var doc map[string]any
	return doc, json.Unmarshal(b, &doc)
}

// keepNullableReferences rewrites the allOf that swag wraps around a reference where it may also be
// null: Upgrade has no type to add "null" to, and would drop it.
func keepNullableReferences(doc *openapi3.T) {
	if doc.Components == nil {
		return
	}
	for _, schema := range doc.Components.Schemas {
		for _, p := range schema.Value.Properties {
			if p.Value != nil && p.Value.Nullable && len(p.Value.AllOf) == 1 {
				null := &openapi3.Schema{Type: &openapi3.Types{openapi3.TypeNull}}
				p.Value.AnyOf = append(p.Value.AllOf, null.NewRef())
				p.Value.AllOf, p.Value.Nullable = nil, false
			}
		}
	}
}

// encode returns the document as it is committed, after a check that it holds together.
func encode(doc map[string]any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return nil, err
	}
	v3, err := openapi3.NewLoader().LoadFromData(b.Bytes())
	if err != nil {
		return nil, err
	}
	return b.Bytes(), v3.Validate(context.Background())
}
