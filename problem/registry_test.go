package problem

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// TestEveryTypeIsRegistered reads the code of the whole module: a type that the registry lacks would be
// returned to callers without a page, and would be missing in the document and the metrics.
func TestEveryTypeIsRegistered(t *testing.T) {
	var registered []string
	for _, r := range Types() {
		registered = append(registered, r.Code)
	}
	for _, mistake := range unregistered(t, os.DirFS(".."), registered) {
		t.Error(mistake)
	}
}

func TestUnregisteredTypesAreFound(t *testing.T) {
	const imports = "import \"example.com/x/problem\"\n"
	for _, test := range []struct{ name, path, source, want string }{
		{"a registered type", "problem/a.go", `var A = &Type{Code: "a"}`, ""},
		{"a type that is not listed", "problem/b.go", `var B = &Type{Code: "b"}`, `problem/b.go:2: "b" is not in Types`},
		{"a type without a code", "problem/b.go", `var B = &Type{}`, `problem/b.go:2: "" is not in Types`},
		{"a type made in a function", "problem/b.go", `func f() *Type { return &Type{Code: "b"} }`, `problem/b.go:2: "b" is not in Types`},
		{"a type of a handler", "handlers/a.go", imports + `var A = &problem.Type{Code: "a"}`, "handlers/a.go:3: only package problem makes types"},
		{"a type by another name", "handlers/a.go", "import p \"example.com/x/problem\"\nvar A = &p.Type{}", "handlers/a.go:3: only package problem makes types"},
		{"a type without a literal", "handlers/a.go", imports + `var A = new(problem.Type)`, "handlers/a.go:3: only package problem makes types"},
		{"a type in a list", "handlers/a.go", imports + `var A = []*problem.Type{{Code: "a"}}`, "handlers/a.go:3: only package problem makes types"},
		{"a pointer", "handlers/a.go", imports + `func f(a *problem.Type) []*problem.Type { return []*problem.Type{a} }`, ""},
		{"a body", "handlers/a.go", imports + `var A = problem.Body{Type: "a"}`, ""},
		{"a test", "handlers/a_test.go", imports + `var A = &problem.Type{Code: "a"}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			module := fstest.MapFS{test.path: {Data: []byte("package x\n" + test.source)}}
			if got := strings.Join(unregistered(t, module, []string{"a"}), "\n"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestConstantsAreConstant finds code that makes a [Constant] of another text: it may be one that was sent.
func TestConstantsAreConstant(t *testing.T) {
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile("../" + name)
		if strings.Contains(string(source), "problem.Constant(") {
			t.Errorf("%s makes a Constant of another text", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unregistered returns where the code of a module makes a type that is not of the registry.
func unregistered(t *testing.T, module fs.FS, codes []string) (mistakes []string) {
	t.Helper()
	positions := token.NewFileSet()
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return fs.SkipDir
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(positions, name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for at, mistake := range mistakesIn(file, path.Dir(name) == "problem", codes) {
			p := positions.Position(at)
			mistakes = append(mistakes, p.Filename+":"+strconv.Itoa(p.Line)+": "+mistake)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return mistakes
}

// mistakesIn returns the mistakes of one file by where they are.
func mistakesIn(file *ast.File, own bool, codes []string) map[token.Pos]string {
	found, pointers := map[token.Pos]string{}, map[ast.Expr]bool{}
	isType := typeOf(file, own)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			pointers[n.X] = true
		case *ast.CompositeLit:
			if own && isType(n.Type) && !slices.Contains(codes, codeOf(n)) {
				found[n.Pos()] = strconv.Quote(codeOf(n)) + " is not in Types"
			}
			if list, ok := n.Type.(*ast.ArrayType); ok && slices.ContainsFunc(n.Elts, untyped) {
				if element, ok := list.Elt.(*ast.StarExpr); ok && isType(element.X) {
					found[n.Pos()] = "only package problem makes types"
				}
			}
		case *ast.SelectorExpr:
			if !own && isType(n) && !pointers[n] {
				found[n.Pos()] = "only package problem makes types"
			}
		}
		return true
	})
	return found
}

// typeOf returns what recognizes the type Type in a file, by whatever name the file imports it.
func typeOf(file *ast.File, own bool) func(ast.Expr) bool {
	names := map[string]bool{}
	for _, spec := range file.Imports {
		switch imported, _ := strconv.Unquote(spec.Path.Value); {
		case path.Base(imported) != "problem":
		case spec.Name != nil:
			names[spec.Name.Name] = true
		default:
			names["problem"] = true
		}
	}
	return func(e ast.Expr) bool {
		if name, ok := e.(*ast.Ident); ok {
			return own && name.Name == "Type"
		}
		selector, ok := e.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != "Type" {
			return false
		}
		name, ok := selector.X.(*ast.Ident)
		return ok && names[name.Name]
	}
}

// untyped reports whether an element of a list is a literal that leaves out its type.
func untyped(e ast.Expr) bool {
	literal, ok := e.(*ast.CompositeLit)
	return ok && literal.Type == nil
}

// codeOf returns the Code of a literal.
func codeOf(literal *ast.CompositeLit) string {
	for _, e := range literal.Elts {
		member, ok := e.(*ast.KeyValueExpr)
		if !ok || member.Key.(*ast.Ident).Name != "Code" {
			continue
		}
		if text, ok := member.Value.(*ast.BasicLit); ok {
			code, _ := strconv.Unquote(text.Value)
			return code
		}
	}
	return ""
}
