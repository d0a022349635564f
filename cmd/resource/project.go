package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A project is the tree that is changed.
type project struct {
	root    string
	module  string
	tables  map[string]string // by their types: Note has notes
	changes map[string]string // new texts of files
}

var (
	tableForm  = regexp.MustCompile(`New(?:Shared)?Table\[(\w+)\]\(db, "(\w+)"\)`)
	moduleForm = regexp.MustCompile(`(?m)^module "?([^"\s]+)"?`)
	migration  = regexp.MustCompile(`^(\d+)_`)
)

func openProject(root string) (*project, error) {
	p := &project{root: root, tables: map[string]string{}, changes: map[string]string{}}
	mod, err := p.read("go.mod")
	if err != nil {
		return nil, fmt.Errorf("run this in the root of the module: %w", err)
	}
	p.module = moduleForm.FindStringSubmatch(mod)[1]
	files, err := filepath.Glob(filepath.Join(root, "store", "*.go"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, m := range tableForm.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(file, "_test.go") {
				p.tables[m[1]] = m[2]
			}
		}
	}
	return p, err
}

// read returns the text of a file, as it is changed so far.
func (p *project) read(name string) (string, error) {
	if text, ok := p.changes[name]; ok {
		return text, nil
	}
	text, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(name)))
	return string(text), err
}

func (p *project) exists(name string) bool {
	_, err := os.Lstat(filepath.Join(p.root, filepath.FromSlash(name)))
	return err == nil
}

// find returns the type and the table of a resource, which is named as make resource names it, or by its table.
func (p *project) find(name string) (typ, table string, err error) {
	for typ, table := range p.tables {
		if camel(name) == typ || name == table {
			return typ, table, nil
		}
	}
	return "", "", fmt.Errorf("there is no resource %q: there are %s", name, strings.Join(slices.Sorted(maps.Values(p.tables)), ", "))
}

// declared returns the names that a package declares, by the files that do.
func (p *project) declared(folder string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(p.root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, file := range files {
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range syntax.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names[d.Name.Name] = filepath.Base(file)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[s.Name.Name] = filepath.Base(file)
					case *ast.ValueSpec:
						for _, name := range s.Names {
							names[name.Name] = filepath.Base(file)
						}
					}
				}
			}
		}
	}
	return names, nil
}

// dialects returns the kinds of databases that the project has.
func (p *project) dialects() map[string]dialect {
	all := maps.Clone(dialects)
	maps.DeleteFunc(all, func(kind string, _ dialect) bool { return !p.exists("store/migrations/" + kind) })
	return all
}

// nextMigration returns the number of the next migration, the same for each kind of database.
func (p *project) nextMigration() (string, error) {
	newest := 0
	for kind := range p.dialects() {
		files, err := os.ReadDir(filepath.Join(p.root, "store", "migrations", kind))
		if err != nil {
			return "", err
		}
		for _, file := range files {
			if m := migration.FindStringSubmatch(file.Name()); m != nil {
				number, _ := strconv.Atoi(m[1])
				newest = max(newest, number)
			}
		}
	}
	return fmt.Sprintf("%05d", newest+1), nil
}
