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

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/swaggo/swag"
	"golang.org/x/mod/modfile"
)

// generate returns the OpenAPI 3.1 document of the module in root: general information from the comment in
// main.go, operations from the comments in handlers. Equal sources give equal bytes.
func generate(root string) ([]byte, error) {
	source, err := read(root)
	if err != nil {
		return nil, err
	}
	parser, err := parse(root)
	if err != nil {
		return nil, err
	}
	if err := complete(parser, source); err != nil {
		return nil, err
	}
	swagger, err := tidy(parser.GetSwagger(), source)
	if err != nil {
		return nil, err
	}
	doc, err := convert(swagger)
	if err != nil {
		return nil, err
	}
	return encode(doc)
}

// parse has swag read the comments. Types may come from any package of the module.
func parse(root string) (*swag.Parser, error) {
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
	if err := parser.ParseAPIMultiSearchDir([]string{filepath.Join(root, "handlers")}, "../main.go", 1); err != nil {
		return nil, fmt.Errorf("swag: %w", err)
	}
	return parser, nil
}

// encode returns the document as it is committed, after a check that it is valid.
func encode(doc any) ([]byte, error) {
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
