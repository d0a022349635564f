package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// initialize gives the tree under root its own module path and name, and its items another noun if that is
// not empty. If the tree has these names already, it does nothing.
func initialize(root string, o options, out io.Writer) error {
	after, err := o.product()
	if err != nil {
		return err
	}
	before, err := readManifest(root)
	if err != nil {
		return err
	}
	if before.from != "" {
		return initialized(before, after, o.item, out)
	}
	if err := checkModules(root, before, after.module); err != nil {
		return err
	}
	if slug := after.slug(); exists(filepath.Join(root, slug)) {
		return fmt.Errorf("NAME: the program of %q would be called %s, as a file or folder here", after.name, slug)
	}
	r, err := open(root)
	if err != nil {
		return err
	}
	if err := r.checkClean(); err != nil {
		return err
	}
	if after.from, err = r.head(); err != nil {
		return err
	}
	gone, err := before.leaves(cmp.Or(o.parts, standardParts))
	if err != nil {
		return err
	}
	after.dropped = append(before.dropped, gone...)
	if err := r.replace(after, o.dryRun, out); err != nil || o.dryRun {
		return err
	}
	fmt.Fprintf(out, "This is now %s at %s. Review it with git diff, run make check and make test, and commit.\n", after.name, after.module)
	return nil
}

// product returns the names of the product.
func (o options) product() (*manifest, error) {
	if err := checkNames(o.module, o.name); err != nil {
		return nil, err
	}
	m := &manifest{module: o.module, name: o.name, item: item}
	if o.item == "" {
		return m, nil
	}
	var err error
	if m.item, err = parseNoun(o.item); err != nil {
		return nil, fmt.Errorf("ITEM: %w", err)
	}
	return m, nil
}

// replace converts the files, prints what changes, and writes it unless this is a dry run.
func (r *repository) replace(after *manifest, dryRun bool, out io.Writer) error {
	before, err := r.tree()
	if err != nil {
		return err
	}
	c, err := convert(before, after)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "Compiling the product in a temporary folder, and making its document ...")
	if err := c.check(); err != nil {
		return err
	}
	c.printPlan(out, before)
	if dryRun {
		return nil
	}
	if err := c.tree.write(r.root, before); err != nil {
		return err
	}
	// without:generator return nil
	return clone.Remember(r.root, slices.Sorted(maps.Keys(c.tree))) // part:generator
}

// initialized returns an error if a product is to get other names than it has.
func initialized(now, after *manifest, called string, out io.Writer) error {
	if now.module != after.module || now.name != after.name || called != "" && now.item != after.item {
		return fmt.Errorf("this is already %s at %s with %s: to change names, revert the commit of make init, "+
			"or search and replace", now.name, now.module, now.item.Many)
	}
	fmt.Fprintf(out, "This is already %s at %s.\n", now.name, now.module)
	return nil
}

// checkModules returns an error if modules within the module are missing, which gonew leaves out. They
// need the new names as well.
func checkModules(root string, before *manifest, module string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	now, err := clone.ModulePath(mod)
	if err != nil || now == before.module {
		return err
	}
	var missing strings.Builder
	for _, part := range before.nested {
		if !exists(filepath.Join(root, part, "go.mod")) {
			fmt.Fprintf(&missing, "\n  gonew %[2]s/%[1]s %[3]s/%[1]s %[1]s", part, before.module, module)
		}
	}
	if missing.Len() > 0 {
		return fmt.Errorf("gonew leaves out nested modules: get them first, in the version of this one%s", &missing)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
