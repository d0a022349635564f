package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
)

// A source is what the generator must know of the code beyond what swag tells: its structs by name.
type source struct {
	structs map[string]*ast.StructType
}

// security matches the comments that would make a second truth about who may call what.
var security = regexp.MustCompile(`(?i)^[/*\s]*@security`)

// parse reads main.go and handlers/*.go. It fails if a comment speaks of security, which comes from
// the route table alone.
func parse(root string) (*source, error) {
	files, err := filepath.Glob(filepath.Join(root, "*", "*.go"))
	if err != nil {
		return nil, err
	}
	src := &source{map[string]*ast.StructType{}}
	set := token.NewFileSet()
	var errs []error
	for _, name := range append(files, filepath.Join(root, "main.go")) {
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		src.collect(file)
		errs = append(errs, speaksOfSecurity(set, file)...)
	}
	return src, errors.Join(errs...)
}

// collect notes the structs of the file.
func (s *source) collect(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if t, ok := spec.Type.(*ast.StructType); ok {
				s.structs[spec.Name.Name] = t
			}
		}
		return true
	})
}

// A property is what the code says of one, and swag does not.
type property struct {
	name   string
	time   bool // a time.Time, which swag takes for any string
	sent   bool // always there when the API sends it: encoding/json leaves only omitempty away
	judged bool // has a rule of the validator: callers send it
}

// properties returns those of a struct; what is embedded is its own.
func (s *source) properties(name string) (all []property) {
	t, ok := s.structs[name]
	if !ok {
		return nil
	}
	for _, field := range t.Fields.List {
		kind := strings.TrimPrefix(types.ExprString(field.Type), "*")
		if len(field.Names) == 0 {
			all = append(all, s.properties(kind)...)
		}
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		json, options, _ := strings.Cut(tag.Get("json"), ",")
		_, judged := tag.Lookup("binding")
		if json != "" && json != "-" {
			all = append(all, property{json, kind == "time.Time", !strings.Contains(options, "omit"), judged})
		}
	}
	return all
}

// speaksOfSecurity returns an error for every line of the file's comments that does.
func speaksOfSecurity(set *token.FileSet, file *ast.File) (errs []error) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			for i, line := range strings.Split(c.Text, "\n") {
				if security.MatchString(line) {
					at := set.Position(c.Pos())
					errs = append(errs, fmt.Errorf(
						"%s:%d: %s: what a route asks for is said in the route table, not in a comment",
						at.Filename, at.Line+i, strings.Trim(line, "/* \t")))
				}
			}
		}
	}
	return errs
}
