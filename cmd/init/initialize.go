package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// initialize gives the tree under root its own module path and name, and its items another noun if that is
// not empty. If the tree has these names already, it does nothing.
func initialize(root, module, name, called string, out io.Writer) error {
	if err := checkNames(module, name); err != nil {
		return err
	}
	after := &manifest{module: module, name: name, item: item}
	if called != "" {
		var err error
		if after.item, err = parseNoun(called); err != nil {
			return err
		}
	}
	before, err := readManifest(root)
	if err != nil {
		return err
	}
	if before.from != "" {
		return initialized(before, after, called, out)
	}
	if err := checkModules(root, before, module); err != nil {
		return err
	}
	files, from, err := survey(root)
	if err != nil {
		return err
	}
	after.from = from
	if err := checkConflicts(root, files, before, after); err != nil {
		return err
	}
	if err := convert(root, files, after); err != nil {
		return err
	}
	fmt.Fprintf(out, "This is now %s at %s. Review it with git diff, run make docs, make check and make test, and commit.\n", name, module)
	return nil
}

// initialized returns an error if a product is to get other names than it has.
func initialized(now, after *manifest, called string, out io.Writer) error {
	if now.module != after.module || now.name != after.name || called != "" && now.item != after.item {
		return fmt.Errorf("this is already %s at %s with %s: to change names, revert the commit of make init, "+
			"or search and replace", now.name, now.module, now.item.many)
	}
	fmt.Fprintf(out, "This is already %s at %s.\n", now.name, now.module)
	return nil
}

// checkModules returns an error if modules within the module are missing, which gonew leaves out. They
// need the new names as well.
func checkModules(root string, before *manifest, module string) error {
	now, err := modulePath(root)
	if err != nil || now == before.module {
		return err
	}
	var missing strings.Builder
	for _, part := range before.parts {
		if !exists(filepath.Join(root, part, "go.mod")) {
			fmt.Fprintf(&missing, "\n  gonew %[2]s/%[1]s %[3]s/%[1]s %[1]s", part, before.module, module)
		}
	}
	if missing.Len() > 0 {
		return fmt.Errorf("gonew leaves out nested modules: get them first, in the version of this one%s", &missing)
	}
	return nil
}

// survey returns the files of the tree and its commit.
func survey(root string) (files []string, from string, err error) {
	r, err := open(root)
	if err != nil {
		return nil, "", err
	}
	if r == nil {
		files, err = walk(root)
		return files, unknown, err
	}
	if err := r.checkClean(); err != nil {
		return nil, "", err
	}
	if from, err = r.git("rev-parse", "HEAD"); err != nil {
		return nil, "", err
	}
	files, err = r.files()
	return files, from, err
}

// checkConflicts returns an error if something else in the tree has one of the new names.
func checkConflicts(root string, files []string, before, after *manifest) error {
	if slug := after.slug(); exists(filepath.Join(root, slug)) {
		return fmt.Errorf("NAME: the program of %q would be called %s, as a file or folder here", after.name, slug)
	}
	if after.item == item {
		return nil
	}
	return after.item.checkUnused(root, slices.DeleteFunc(slices.Clone(files), func(file string) bool {
		return before.drops(file) || before.keeps(file)
	}))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
