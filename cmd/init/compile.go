package main

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

const (
	document = "docs/openapi.json"
	tags     = "-tags=nomsgpack"
)

// A step is a command of go in a module.
type step struct {
	module string
	args   []string
}

type steps []step

// run takes the steps in a folder with the tree.
func (all steps) run(folder string) error {
	for _, s := range all {
		if err := clone.Go(filepath.Join(folder, s.module), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// inModules returns a command for every module of the tree.
func (t tree) inModules(args ...string) (all steps) {
	for _, module := range t.modules() {
		all = append(all, step{module, args})
	}
	return all
}

// modules returns the folders of all modules of the tree.
func (t tree) modules() (folders []string) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if path.Base(name) == "go.mod" && !strings.Contains(name, "testdata/") {
			folders = append(folders, path.Dir(name))
		}
	}
	return folders
}

// makeDocument returns the command that writes the document, if the tree has one.
func (t tree) makeDocument() steps {
	if !t.has(document) {
		return nil
	}
	return steps{{"docs/gen", []string{"run", ".", "-root", "../..", "-out", "../openapi.json"}}}
}

// withoutUnused returns the commands for a tree that lacks parts: they remove from go.mod and go.sum what no code needs
// any more, and compile the rest with its tests.
func (t tree) withoutUnused() steps {
	return append(t.inModules("mod", "tidy"), t.inModules("vet", tags, "./...")...)
}

// build takes steps in a temporary folder with the tree, and then takes over the files that they write.
func (t tree) build(all steps) error {
	folder, err := os.MkdirTemp("", "product")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := t.write(folder, nil); err != nil {
		return err
	}
	if err := all.run(folder); err != nil {
		return err
	}
	written := []string{document}
	for _, module := range t.modules() {
		written = append(written, path.Join(module, "go.mod"), path.Join(module, "go.sum"))
	}
	result, err := readTree(folder, slices.DeleteFunc(written, func(name string) bool { return !t.has(name) }))
	maps.Copy(t, result)
	return err
}
