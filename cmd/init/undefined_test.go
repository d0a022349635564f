//go:build !race

// With the race detector these tests take minutes, and nothing here runs at once but they: .ci/parts runs them without.

package main

import (
	"bytes"
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// Without a part, the rest names nothing that has gone with it. The compiler would find more, but takes minutes for all.
func TestRestNamesNothingThatHasGone(t *testing.T) {
	files, m := thisTree(t)
	before := undefined(m, files)
	for _, p := range m.parts {
		gone := []string{p.name}
		for _, other := range m.parts {
			if slices.Contains(other.needs, p.name) {
				gone = append(gone, other.name)
			}
		}
		if m.checkParts(gone) != nil { // the one database that is left
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			rest := files.withoutParts(m, gone)
			for message := range undefined(m, rest) {
				if !before[message] {
					t.Error(message)
				}
			}
			if after, err := parseManifest(string(rest[manifestFile].text)); err == nil { // with the part init it has gone
				checkFiles(t, rest, after)
			}
		})
	}
}

// A typeChecker checks the packages of a module. All others are unknown to it, and so is what they have.
type typeChecker struct {
	module  string
	context build.Context
	files   map[string][]string // by their folders
	tree    tree
	checked map[string]*types.Package
	found   map[string]bool // the names that are not declared
}

// undefined returns what the main module of a tree uses and does not declare.
func undefined(m *manifest, t tree) map[string]bool {
	c := &typeChecker{module: m.module, context: build.Default, files: map[string][]string{}, tree: t, checked: map[string]*types.Package{}, found: map[string]bool{}}
	c.context.BuildTags = []string{"nomsgpack"}
	c.context.OpenFile = func(name string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t[name].text)), nil }
	for name := range t {
		if path.Ext(name) == ".go" {
			c.files[path.Dir(name)] = append(c.files[path.Dir(name)], name)
		}
	}
	for folder := range maps.Keys(c.files) {
		c.check(folder, false)
		c.check(folder, true)
	}
	return c.found
}

// Import implements types.Importer.
func (c *typeChecker) Import(name string) (*types.Package, error) {
	folder, ok := strings.CutPrefix(name, c.module+"/")
	if !ok || c.files[folder] == nil {
		return nil, errors.New("it is unknown")
	}
	if c.checked[folder] == nil {
		c.check(folder, false)
	}
	return c.checked[folder], nil
}

// check checks the package of a folder, with its tests or without.
func (c *typeChecker) check(folder string, tests bool) {
	set, byName := token.NewFileSet(), map[string][]*ast.File{}
	for _, name := range c.files[folder] {
		matched, _ := c.context.MatchFile(folder, path.Base(name))
		syntax, err := parser.ParseFile(set, name, c.tree[name].text, parser.SkipObjectResolution)
		if err == nil && matched && (tests || !strings.HasSuffix(name, "_test.go")) {
			byName[syntax.Name.Name] = append(byName[syntax.Name.Name], syntax)
		}
	}
	config := types.Config{Importer: c, FakeImportC: true, Error: func(err error) {
		if e, ok := errors.AsType[types.Error](err); ok && strings.Contains(e.Msg, "undefined") {
			c.found[path.Dir(set.Position(e.Pos).Filename)+": "+e.Msg] = true
		}
	}}
	for name, syntax := range byName {
		checked, _ := config.Check(folder, set, syntax, nil)
		if !tests && name != "main" {
			c.checked[folder] = checked
		}
	}
}
