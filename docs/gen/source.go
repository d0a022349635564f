package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// folders are the packages whose structs the API sends and reads.
var folders = []string{"handlers", "store", "problem", "docs"}

// A source is what the generator reads in the code beside what swag reads.
type source struct {
	structs map[string]structType // by the names that swag gives them
	numbers map[string]string     // constants by name
	named   map[string]string     // types by the names that swag gives them
}

// A structType is a struct, and the package that it is in.
type structType struct {
	*ast.StructType
	pkg string
}

// read reads the folders.
func read(root string) (*source, error) {
	src := &source{map[string]structType{}, map[string]string{}, map[string]string{}}
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
		full := pkg + "." + n.Name.Name
		name := full
		if match := schemaName.FindStringSubmatch(n.Comment.Text()); match != nil {
			name = match[1]
		}
		if other, ok := s.named[name]; ok && other != full { // one type may be in several files, for several systems
			return fmt.Errorf("%s and %s would both be the schema %s: change one // @name", other, full, name)
		}
		s.named[name] = full
		if t, ok := n.Type.(*ast.StructType); ok {
			s.structs[full], s.structs[name] = structType{t, pkg}, structType{t, pkg}
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

var schemaName = regexp.MustCompile(`(?im)^@name\s+(\S+)`)

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
	name    string
	format  string
	pattern string
	always  bool // in every value that the API sends: encoding/json omits only omitempty
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
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		if json, options, _ := strings.Cut(tag.Get("json"), ","); json != "" && json != "-" {
			p := property{name: json, always: !strings.Contains(options, "omit")}
			p.format, p.pattern = rules(tag.Get("binding"))
			if strings.TrimPrefix(types.ExprString(field.Type), "*") == "time.Time" {
				p.format = "date-time" // RFC 3339, section 5.6
			}
			all = append(all, p)
		}
	}
	return all
}

// formats are those that rules of a binding tag check.
var formats = map[string]string{
	"email": "email", "uuid": "uuid", "url": "uri", "uri": "uri", "hostname": "hostname", "ipv4": "ipv4", "ipv6": "ipv6",
}

// rules returns what a binding tag checks of a text, besides the rules that swag knows. A text that may be empty has no
// format.
func rules(binding string) (format, pattern string) {
	excluded := ""
	for rule := range strings.SplitSeq(binding, ",") {
		name, value, _ := strings.Cut(rule, "=")
		format = cmp.Or(format, formats[name])
		for _, r := range value {
			if name == "excludesrune" {
				excluded += fmt.Sprintf(`\x%02x`, r)
			}
		}
	}
	if excluded != "" {
		pattern = "^[^" + excluded + "]*$"
	}
	if strings.Contains(binding, "omitempty") {
		format = ""
	}
	return format, pattern
}
