package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	document  = "docs/openapi.json"
	generator = "docs/gen" // the module that writes the document
	tags      = "-tags=nomsgpack"
)

// documentStep writes the document.
var documentStep = step{generator, []string{"run", ".", "-root", "../..", "-out", "../openapi.json"}}

// check makes the document of the product, in a temporary folder. With a noun it also compiles the product
// and its tests, and makes its route table. That fails if the noun collides with a type, a method, a route or
// a schema.
func (c *conversion) check() error {
	if err := c.tree.build(c.steps(), c.tree.generated()); err != nil {
		return c.explain(err)
	}
	return nil
}

// build takes steps in a temporary folder with the tree, and then the files that they write.
func (t tree) build(steps []step, written []string) error {
	folder, err := os.MkdirTemp("", "product")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := t.write(root, nil); err != nil {
		return err
	}
	for _, step := range steps {
		if err := step.run(folder); err != nil {
			return err
		}
	}
	result, err := readTree(root, written)
	maps.Copy(t, result)
	return err
}

// A step is a command of go in a module.
type step struct {
	module string
	args   []string
}

func (c *conversion) steps() (all []step) {
	if len(c.gone) > 0 {
		all = c.tree.tidySteps()
	}
	for _, module := range slices.Sorted(maps.Keys(c.modules)) {
		all = append(all, step{module, []string{"vet", tags, "./..."}})
	}
	if c.tree.has(document) {
		all = append(all, documentStep)
	}
	if c.all.forms != nil {
		all = append(all, step{".", []string{"run", tags, ".", "routes"}})
	}
	return all
}

// run runs the step in the tree under root. The error has the first lines of the output.
func (s step) run(root string) error {
	command := exec.Command("go", s.args...)
	command.Dir = filepath.Join(root, s.module)
	output, err := command.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(output)), "\n"), func(line string) bool {
		return strings.HasPrefix(line, "# ") // the package of the lines that follow
	})
	return fmt.Errorf("go %s: %w\n%s", strings.Join(s.args, " "), err, strings.Join(lines[:min(len(lines), 10)], "\n"))
}

// explain names the noun, if the product has one, as the cause of an error.
func (c *conversion) explain(err error) error {
	if c.all.forms == nil {
		return err
	}
	return fmt.Errorf("ITEM: the product does not compile with the noun %q: if names collide, choose another one\n%w", c.all.noun.one, err)
}
