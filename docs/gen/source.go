package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// folders are the packages whose structs the API sends and reads.
var folders = []string{"handlers", "store", "problem", "docs"}

// A source is what the generator reads in the code beside what swag reads.
type source struct {
	types   map[string]goType // by their full names, and by the names that comments give them
	numbers map[string]string // constants by name
}

// A goType is a type, such as Item of the package store. Of a struct it has the fields.
type goType struct {
	pkg, name string
	fields    []*ast.Field
}

// read reads the folders.
func read(root string) (*source, error) {
	src := &source{map[string]goType{}, map[string]string{}}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if err := src.readFile(name); err != nil {
				return nil, err
			}
		}
	}
	return src, nil
}

func (s *source) readFile(name string) error {
	if strings.HasSuffix(name, "_test.go") {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		for i := 0; ok && i < len(general.Specs); i++ {
			if err := s.collect(file.Name.Name, general.Specs[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// collect notes a type or a constant. Swag gives a type the name in its comment; of two types with one name, it
// would describe only one.
func (s *source) collect(pkg string, spec ast.Spec) error {
	switch n := spec.(type) {
	case *ast.TypeSpec:
		t := goType{pkg: pkg, name: n.Name.Name}
		if structure, ok := n.Type.(*ast.StructType); ok {
			t.fields = structure.Fields.List
		}
		names := []string{t.String()}
		if match := schemaName.FindStringSubmatch(n.Comment.Text()); match != nil {
			names = append(names, match[1])
		}
		for _, name := range names {
			if other, ok := s.types[name]; ok && other.String() != t.String() {
				return fmt.Errorf("%s and %s would both be the schema %s: change one // @name", other, t, name)
			}
			s.types[name] = t
		}
	case *ast.ValueSpec:
		for i, value := range n.Values {
			if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.INT {
				s.numbers[n.Names[i].Name] = literal.Value
			}
		}
	}
	return nil
}

func (t goType) String() string { return t.pkg + "." + t.name }

var schemaName = regexp.MustCompile(`(?im)^@name\s+(\S+)`)

// embeds reports whether a struct embeds another, at any depth.
func (s *source) embeds(name, other string) bool {
	t := s.types[name]
	return slices.ContainsFunc(t.fields, func(field *ast.Field) bool {
		embedded := t.embedded(field)
		return embedded == other || s.embeds(embedded, other)
	})
}

// embedded returns the full name of the struct that a field embeds, or nothing.
func (t goType) embedded(field *ast.Field) string {
	name := strings.TrimPrefix(types.ExprString(field.Type), "*")
	switch {
	case len(field.Names) > 0:
		return ""
	case strings.Contains(name, "."):
		return name
	}
	return t.pkg + "." + name
}
