package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// A source is a file of Go, to which text is added at positions of its syntax.
type source struct {
	name    string
	text    string
	syntax  *ast.File
	files   *token.FileSet
	inserts map[int]string // by offset
}

func parseSource(name, text string) (*source, error) {
	s := &source{name: name, text: text, files: token.NewFileSet(), inserts: map[int]string{}}
	var err error
	s.syntax, err = parser.ParseFile(s.files, name, text, parser.ParseComments)
	return s, err
}

func (s *source) insert(at token.Pos, text string) { s.inserts[s.files.Position(at).Offset] += text }

// format returns the text with what was inserted.
func (s *source) format() (string, error) {
	text := s.text
	offsets := slices.Sorted(func(yield func(int) bool) {
		for offset := range s.inserts {
			if !yield(offset) {
				return
			}
		}
	})
	for _, offset := range slices.Backward(offsets) {
		text = text[:offset] + s.inserts[offset] + text[offset:]
	}
	formatted, err := format.Source([]byte(text))
	return string(formatted), err
}

// function returns a function or method.
func (s *source) function(name string) (*ast.FuncDecl, error) {
	for _, declaration := range s.syntax.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Name.Name == name {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%s has no function %s", s.name, name)
}

// structure returns a struct type.
func (s *source) structure(name string) (*ast.StructType, error) {
	for node := range ast.Preorder(s.syntax) {
		if spec, ok := node.(*ast.TypeSpec); ok && spec.Name.Name == name {
			if structure, ok := spec.Type.(*ast.StructType); ok {
				return structure, nil
			}
		}
	}
	return nil, fmt.Errorf("%s has no struct %s", s.name, name)
}

// literal returns the first literal of a type, or of a variable, below a node.
func literal(below ast.Node, match func(*ast.CompositeLit) bool) *ast.CompositeLit {
	for node := range ast.Preorder(below) {
		if l, ok := node.(*ast.CompositeLit); ok && match(l) {
			return l
		}
	}
	return nil
}

// addRoutes adds the routes, the store and the scopes of a resource to handlers/routes.go.
func addRoutes(text, routes, stored, value string, scopes []scope) (string, error) {
	s, err := parseSource("handlers/routes.go", text)
	if err != nil {
		return "", err
	}
	function, err := s.function("routes")
	if err != nil {
		return "", err
	}
	s.insert(place(s, function), routes+"\n")
	stores, err := s.structure("Stores")
	if err != nil {
		return "", err
	}
	s.insert(stores.Fields.Closing, stored+"\n")
	constructor, err := s.function("NewStores")
	if err != nil {
		return "", err
	}
	l := literal(constructor, func(*ast.CompositeLit) bool { return true })
	if l == nil {
		return "", fmt.Errorf("NewStores in handlers/routes.go returns no Stores{...}: add %s there yourself", value)
	}
	s.insert(l.Elts[len(l.Elts)-1].End(), ", "+value)
	described := literal(s.syntax, func(l *ast.CompositeLit) bool {
		array, ok := l.Type.(*ast.ArrayType)
		if !ok {
			return false
		}
		element, ok := array.Elt.(*ast.SelectorExpr)
		return ok && element.Sel.Name == "Scope"
	})
	if described == nil {
		return "", fmt.Errorf("handlers/routes.go has no list of scopes")
	}
	for _, scope := range scopes {
		s.insert(described.Rbrace, fmt.Sprintf("\t{Name: %q, Description: %q},\n", scope.name, scope.description))
	}
	return s.format()
}

// place returns where routes are added: before those that every API has, which begin with the public ones.
func place(s *source, function *ast.FuncDecl) token.Pos {
	for _, statement := range function.Body.List {
		if strings.HasPrefix(s.text[s.files.Position(statement.Pos()).Offset:], "public := r.Public()") {
			return statement.Pos()
		}
	}
	return function.Body.Rbrace
}

var lastTag = regexp.MustCompile(`(?m)^// @tag\.name.*\n(// @tag\.description.*\n)*`)

// addTag describes the group of operations in main.go.
func addTag(text, name, description string) string {
	tag := fmt.Sprintf("// @tag.name\t\t%s\n// @tag.description\t%s\n", name, description)
	if all := lastTag.FindAllStringIndex(text, 1); all != nil {
		end := all[0][1]
		return text[:end] + tag + text[end:]
	}
	return strings.Replace(text, "func main() {", tag+"func main() {", 1)
}

var (
	realmScopes  = regexp.MustCompile(`(?m)^( *)"clientScopes": \[\n`)
	clientScopes = regexp.MustCompile(`(?m)^( *)"optionalClientScopes": \[\n`)
)

// addRealmScopes adds scopes to the realm of Keycloak, and to each client.
func addRealmScopes(text string, scopes []scope) string {
	var objects, names strings.Builder
	for _, s := range scopes {
		fmt.Fprintf(&objects, `    {
      "name": %q,
      "description": %q,
      "protocol": "openid-connect",
      "attributes": {
        "include.in.token.scope": "true",
        "display.on.consent.screen": "true"
      }
    },
`, s.name, s.description)
		fmt.Fprintf(&names, "        %q,\n", s.name)
	}
	text = realmScopes.ReplaceAllStringFunc(text, func(match string) string { return match + objects.String() })
	return clientScopes.ReplaceAllStringFunc(text, func(match string) string { return match + names.String() })
}

// addFields adds fields to a struct of a file.
func addFields(name, text, structure string, fields []field) (string, error) {
	s, err := parseSource(name, text)
	if err != nil {
		return "", err
	}
	draft, err := s.structure(structure)
	if err != nil {
		return "", err
	}
	for _, f := range fields {
		if slices.ContainsFunc(draft.Fields.List, func(other *ast.Field) bool {
			return len(other.Names) > 0 && other.Names[0].Name == f.Go() || other.Tag != nil && strings.Contains(other.Tag.Value, fmt.Sprintf(`json:"%s"`, f.name))
		}) {
			return "", fmt.Errorf("%s: %s has it already", f.name, structure)
		}
		s.insert(draft.Fields.Closing, fmt.Sprintf("\t%s %s %s\n", f.Go(), f.Type(), f.Tag()))
		if strings.Contains(f.Type(), "time.") && !strings.Contains(text, `"time"`) && len(s.syntax.Imports) == 0 && !strings.Contains(s.inserts[s.files.Position(s.syntax.Name.End()).Offset], `"time"`) {
			s.insert(s.syntax.Name.End(), "\n\nimport \"time\"")
		}
	}
	return s.format()
}
