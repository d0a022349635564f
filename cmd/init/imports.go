package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// pruneImports returns Go code without the imports that the code used before lines were removed, and does not use any
// more. Code that does not parse stays as it is: the compiler names what is wrong.
func pruneImports(before, after string) string {
	files := token.NewFileSet()
	old, errOld := parser.ParseFile(files, "", before, 0)
	now, errNow := parser.ParseFile(files, "", after, 0)
	if errOld != nil || errNow != nil {
		return after
	}
	was, is := qualifiers(old), qualifiers(now)
	lines := strings.Split(after, "\n")
	for _, spec := range now.Imports {
		if name := importName(spec); was[name] && !is[name] {
			lines[files.Position(spec.Pos()).Line-1] = ""
		}
	}
	return emptyImports.ReplaceAllString(strings.Join(lines, "\n"), "")
}

// emptyImports matches what is left of a declaration without any import.
var emptyImports = regexp.MustCompile(`(?m)^import(?: \(\s*\)|[ \t]*$)\n*`)

// qualifiers returns the names before dots.
func qualifiers(f *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok {
				names[name.Name] = true
			}
		}
		return true
	})
	return names
}

var majorVersion = regexp.MustCompile(`^v\d+$`)

// importName returns the name of an import in its file: its own, or what the last element of a path says.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	name, err := strconv.Unquote(spec.Path.Value)
	if err == nil && majorVersion.MatchString(path.Base(name)) {
		name = path.Dir(name)
	}
	return path.Base(name)
}
