package main

import (
	"slices"
	"strings"

	"github.com/go-openapi/spec"
)

const definitions = "#/definitions/"

// addPatches gives every operation that reads a JSON Merge Patch a schema of its own: that of the body that it
// changes, without required members and defaults, where null stands for what may be absent (RFC 7396). ItemPatch is
// the patch of an ItemDraft. The references of the operations have full names, and schemas have short ones.
func addPatches(doc *spec.Swagger, schemas spec.Definitions) {
	for _, item := range doc.Paths.Paths {
		if item.Patch == nil || !slices.Contains(item.Patch.Consumes, "application/merge-patch+json") {
			continue
		}
		for i, p := range item.Patch.Parameters {
			read := withoutPackage(definition(p.Schema))
			whole, ok := schemas[read]
			if p.In != "body" || !ok {
				continue
			}
			name := strings.TrimSuffix(read, "Draft") + "Patch"
			schemas[name] = patchOf(whole)
			item.Patch.Parameters[i].Schema = spec.RefSchema(definitions + name)
		}
	}
}

// patchOf returns the schema of a patch of what a schema describes.
func patchOf(whole spec.Schema) spec.Schema {
	patch := whole
	patch.Properties = spec.SchemaProperties{}
	for name, property := range whole.Properties {
		property.Default = nil
		if !slices.Contains(whole.Required, name) && property.Ref.String() == "" {
			allowNull(&property)
		}
		patch.Properties[name] = property
	}
	patch.Required = nil
	patch.Description = "What changes. A member that is absent stays, and null removes one."
	return patch
}

// allowNull makes null a value of a schema.
func allowNull(schema *spec.Schema) {
	extensions := spec.Extensions{}
	for name, value := range schema.Extensions {
		extensions[name] = value
	}
	extensions.Add("x-nullable", true)
	schema.Extensions = extensions
	if schema.Enum != nil && !slices.Contains(schema.Enum, nil) {
		schema.Enum = append(slices.Clone(schema.Enum), nil)
	}
}
