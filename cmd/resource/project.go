package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// A project is the tree that is changed.
type project struct {
	root    *os.Root
	module  string
	tables  map[string]string // by their types: Note has notes
	changes map[string]string // new texts of files
}

var tableForm = regexp.MustCompile(`New(?:Shared)?Table\[(\w+)\]\(db, "(\w+)"\)`)

func openProject(folder string) (*project, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	p := &project{root: root, tables: map[string]string{}, changes: map[string]string{}}
	mod, err := root.ReadFile("go.mod")
	if err == nil {
		p.module, err = clone.ModulePath(mod)
	}
	if err != nil {
		return nil, fmt.Errorf("run this in the root of the module: %w", err)
	}
	files, err := fs.Glob(root.FS(), "store/*.go")
	for _, file := range files {
		text, failed := p.read(file)
		err = cmp.Or(err, failed)
		for _, m := range tableForm.FindAllStringSubmatch(text, -1) {
			if !strings.HasSuffix(file, "_test.go") {
				p.tables[m[1]] = m[2]
			}
		}
	}
	return p, err
}

// read returns the text of a file.
func (p *project) read(name string) (string, error) {
	text, err := p.root.ReadFile(name)
	return string(text), err
}

func (p *project) exists(name string) bool {
	_, err := p.root.Lstat(name)
	return err == nil
}

// files returns the names of the files that change, in order.
func (p *project) files() []string { return slices.Sorted(maps.Keys(p.changes)) }

// find returns the type and the table of a resource, which is named as make resource names it, or by its table.
func (p *project) find(name string) (typ, table string, err error) {
	for typ, table := range p.tables {
		if camel(name) == typ || name == table {
			return typ, table, nil
		}
	}
	return "", "", fmt.Errorf("there is no resource %q: there are %s", name, strings.Join(slices.Sorted(maps.Values(p.tables)), ", "))
}

// table returns the table of a resource.
func (p *project) table(resource string) (string, error) {
	_, table, err := p.find(resource)
	return table, err
}

// A declaration is what a file declares at its top level.
type declaration struct {
	file string
	node ast.Node
}

// declared returns what the files of a folder declare, by its names.
func (p *project) declared(folder string) (map[string]declaration, error) {
	files, err := fs.Glob(p.root.FS(), folder+"/*.go")
	if err != nil {
		return nil, err
	}
	names := map[string]declaration{}
	for _, file := range files {
		text, err := p.read(file)
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		add := func(name *ast.Ident, node ast.Node) { names[name.Name] = declaration{file, node} }
		ast.Inspect(syntax, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil {
					add(n.Name, n)
				}
			case *ast.TypeSpec:
				add(n.Name, n)
			case *ast.ValueSpec:
				for _, name := range n.Names {
					add(name, n)
				}
			default:
				return true
			}
			return false // what is within a declaration is not at the top level
		})
	}
	return names, nil
}

// databases returns the kinds of databases that the project has.
func (p *project) databases() []string {
	return slices.DeleteFunc([]string{"sqlite", "postgres"}, func(kind string) bool { return !p.exists("store/migrations/" + kind) })
}

// nextMigration returns the number of the next migration, the same for each kind of database.
func (p *project) nextMigration() (string, error) {
	newest := 0
	files, err := fs.Glob(p.root.FS(), "store/migrations/*/*_*")
	for _, file := range files {
		digits, _, _ := strings.Cut(path.Base(file), "_")
		number, _ := strconv.Atoi(digits) // 0 for what is no migration
		newest = max(newest, number)
	}
	return fmt.Sprintf("%05d", newest+1), err
}
