package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// folders are the packages whose structs the API sends and reads.
var folders = []string{"handlers", "store", "problem", "docs"}

// A source is what the generator reads in the code beside what swag reads.
type source struct {
	structs map[string]structType // by the names that swag gives them
	numbers map[string]string     // constants by name
}

// A structType is a struct, and the package that it is in.
type structType struct {
	*ast.StructType
	pkg string
}

// read reads the folders.
func read(root string) (*source, error) {
	src := &source{map[string]structType{}, map[string]string{}}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			ast.Inspect(file, func(n ast.Node) bool { return src.collect(file.Name.Name, n) })
		}
	}
	return src, nil
}

// collect notes a struct or a constant.
func (s *source) collect(pkg string, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if t, ok := n.Type.(*ast.StructType); ok {
			s.structs[pkg+"."+n.Name.Name] = structType{t, pkg}
			if _, name, ok := strings.Cut(n.Comment.Text(), "@name "); ok {
				s.structs[strings.TrimSpace(name)] = structType{t, pkg}
			}
		}
	case *ast.ValueSpec:
		for i, value := range n.Values {
			if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.INT {
				s.numbers[n.Names[i].Name] = literal.Value
			}
		}
	}
	return true
}

// embeds reports whether a struct embeds another, at any depth.
func (s *source) embeds(name, other string) bool {
	t, ok := s.structs[name]
	return ok && slices.ContainsFunc(t.Fields.List, func(field *ast.Field) bool {
		embedded := t.embedded(field)
		return embedded == other || s.embeds(embedded, other)
	})
}

// embedded returns the full name of the struct that a field embeds, or nothing.
func (t structType) embedded(field *ast.Field) string {
	name := strings.TrimPrefix(types.ExprString(field.Type), "*")
	switch {
	case len(field.Names) > 0:
		return ""
	case strings.Contains(name, "."):
		return name
	}
	return t.pkg + "." + name
}

// A property is what the code says of one, and swag does not.
type property struct {
	name   string
	isTime bool // a time.Time, which swag takes for any string
	always bool // in every value that the API sends: encoding/json omits only omitempty
}

// properties returns those of a struct, with those of the structs that it embeds.
func (s *source) properties(name string) (all []property) {
	t, ok := s.structs[name]
	if !ok {
		return nil
	}
	for _, field := range t.Fields.List {
		all = append(all, s.properties(t.embedded(field))...)
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
		if json, options, _ := strings.Cut(tag, ","); json != "" && json != "-" {
			isTime := strings.TrimPrefix(types.ExprString(field.Type), "*") == "time.Time"
			all = append(all, property{json, isTime, !strings.Contains(options, "omit")})
		}
	}
	return all
}
