package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// An edit adds text to a file of Go, at a place of its syntax.
type edit struct {
	what  string // the place, for an error
	place func(ast.Node) token.Pos
	text  string
}

// edit computes the change of a file of Go.
func (p *project) edit(name string, edits ...edit) error {
	text, err := p.read(name)
	if err != nil {
		return err
	}
	for _, e := range edits {
		files := token.NewFileSet()
		syntax, err := parser.ParseFile(files, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		at := token.NoPos
		for node := range ast.Preorder(syntax) {
			if at = e.place(node); at.IsValid() {
				break
			}
		}
		if !at.IsValid() {
			return fmt.Errorf("%s has no %s", name, e.what)
		}
		offset := files.Position(at).Offset
		text = text[:offset] + e.text + text[offset:]
	}
	formatted, err := format.Source([]byte(text))
	p.changes[name] = string(formatted)
	return err
}

// in returns a place in nodes of one type.
func in[N ast.Node](place func(N) token.Pos) func(ast.Node) token.Pos {
	return func(node ast.Node) token.Pos {
		if n, ok := node.(N); ok {
			return place(n)
		}
		return token.NoPos
	}
}

// importTime adds the import of time.
func importTime() edit {
	return edit{"package clause", in(func(file *ast.File) token.Pos { return file.Name.End() }), "\n\nimport \"time\""}
}

// addMember adds members to a struct.
func addMember(structure, text string) edit {
	return edit{"struct " + structure, in(func(spec *ast.TypeSpec) token.Pos {
		if s, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name == structure {
			return s.Fields.Closing
		}
		return token.NoPos
	}), text}
}

// addRoutes adds routes before those that every API has, which begin with the public ones.
func addRoutes(text string) edit {
	return edit{"function routes", in(func(function *ast.FuncDecl) token.Pos {
		if function.Name.Name != "routes" {
			return token.NoPos
		}
		for _, statement := range function.Body.List {
			if assign, ok := statement.(*ast.AssignStmt); ok && types.ExprString(assign.Lhs[0]) == "public" {
				return assign.Pos()
			}
		}
		return function.Body.Rbrace
	}), text}
}

// addStore adds a store to those that NewStores returns.
func addStore(text string) edit {
	return edit{"Stores{...} that NewStores returns", in(func(literal *ast.CompositeLit) token.Pos {
		if types.ExprString(literal.Type) == "Stores" && len(literal.Elts) > 0 {
			return literal.Elts[len(literal.Elts)-1].End()
		}
		return token.NoPos
	}), ", " + text}
}

var scopeList = regexp.MustCompile(`^\[\]\w+\.Scope$`)

// addScope adds a scope to the list of those that are described.
func addScope(s scope) edit {
	return edit{"list of scopes", in(func(literal *ast.CompositeLit) token.Pos {
		if scopeList.MatchString(types.ExprString(literal.Type)) {
			return literal.Rbrace
		}
		return token.NoPos
	}), fmt.Sprintf("\t{Name: %q, Description: %q},\n", s.Name, s.Description)}
}

var lastTag = regexp.MustCompile(`(?m)^// @tag\.name.*\n(// @tag\.description.*\n)*`)

// addTag describes the group of operations in main.go.
func (p *project) addTag(name, description string) error {
	text, err := p.read("main.go")
	at := strings.Index(text, "func main() {")
	if all := lastTag.FindStringIndex(text); all != nil {
		at = all[1]
	}
	if err == nil && at >= 0 {
		p.changes["main.go"] = text[:at] + fmt.Sprintf("// @tag.name\t\t%s\n// @tag.description\t%s\n", name, description) + text[at:]
	}
	return err
}

var (
	realmScopes  = regexp.MustCompile(`(?m)^( *)"clientScopes": \[\n`)
	clientScopes = regexp.MustCompile(`(?m)^( *)"optionalClientScopes": \[\n`)
)

// addRealmScopes adds scopes to the realm of Keycloak, and to each of its clients.
func (p *project) addRealmScopes(scopes []scope) error {
	const realm = "deploy/keycloak/realm.json"
	text, err := p.read(realm)
	if err != nil || len(scopes) == 0 {
		return nil // a product may have no realm
	}
	for _, s := range slices.Backward(scopes) {
		object, err := execute("scope.json.tmpl", s)
		if err != nil {
			return err
		}
		text = realmScopes.ReplaceAllString(text, "$0"+object)
		text = clientScopes.ReplaceAllString(text, fmt.Sprintf("$0        %q,\n", s.Name))
	}
	p.changes[realm] = text
	return nil
}
