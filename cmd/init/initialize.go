package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// initialize gives the tree under root its own module path and name, and its items another one if that
// is not empty. If it has them, nothing happens.
func initialize(root, module, name, called string, out io.Writer) error {
	if err := check(module, name); err != nil {
		return err
	}
	after := &record{module: module, name: name, item: item}
	if called != "" {
		var err error
		if after.item, err = readNoun(called); err != nil {
			return err
		}
	}
	before, err := readRecord(root)
	if err != nil {
		return err
	}
	if before.from != "" && before.module == module && before.name == name && (called == "" || before.item == after.item) {
		fmt.Fprintf(out, "This is %s at %s already.\n", name, module)
		return nil
	}
	if before.from != "" {
		return fmt.Errorf("this is %s at %s with %s already: to call it otherwise, take back the commit of make init, "+
			"or search and replace yourself", before.name, before.module, before.item.many)
	}
	if err := complete(root, before, module); err != nil {
		return err
	}
	files, from, err := survey(root)
	if err != nil {
		return err
	}
	after.from = from
	if err := before.free(root, after, files); err != nil {
		return err
	}
	if err := convert(root, files, after); err != nil {
		return err
	}
	fmt.Fprintf(out, "This is %s at %s now. Look at git diff, run make docs, make check and make test, and commit.\n", name, module)
	return nil
}

// free reports a name that something else in the tree has already.
func (r *record) free(root string, after *record, files []string) error {
	if slug := after.slug(); exists(filepath.Join(root, slug)) {
		return fmt.Errorf("NAME: %q would call the program %s, as a file or a folder here is called already", after.name, slug)
	}
	if after.item == item {
		return nil
	}
	files = slices.DeleteFunc(slices.Clone(files), func(file string) bool { return r.drops(file) || r.keeps(file) })
	return after.item.unused(root, files)
}

// survey returns the files of the tree and the commit that they are of.
func survey(root string) (files []string, from string, err error) {
	repository, err := open(root)
	if err != nil {
		return nil, "", err
	}
	if repository == nil {
		files, err = walk(root)
		return files, unknown, err
	}
	if err := repository.clean(); err != nil {
		return nil, "", err
	}
	if from, err = repository.git("rev-parse", "HEAD"); err != nil {
		return nil, "", err
	}
	files, err = repository.files()
	return files, from, err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// nameable matches names that can stand anywhere without an escape: in a string of Go, JSON or a
// shell, in YAML, Markdown, a page and a header.
var nameable = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([ .-][A-Za-z0-9]+)*$`)

// Words of YAML 1.1 that are no strings unless they are quoted.
var yamlWords = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

// check reports what is wrong with a module path or a name.
func check(module, name string) error {
	if module == "" || name == "" {
		return fmt.Errorf(`say what it is called: make init MODULE=github.com/acme/orders NAME="Orders"`)
	}
	if first, _, _ := strings.Cut(module, "/"); !strings.Contains(first, ".") {
		return fmt.Errorf("MODULE: %q does not begin with a host such as github.com; paths without a dot there are Go's own", module)
	}
	edit := exec.Command("go", "mod", "edit", "-print", "-module", module, os.DevNull)
	if says, err := edit.CombinedOutput(); err != nil {
		return fmt.Errorf("MODULE: %q is no module path such as github.com/acme/orders: %s", module, strings.TrimSpace(string(says)))
	}
	if !nameable.MatchString(name) || len(name) > 40 {
		return fmt.Errorf("NAME: %q is not 1 to 40 letters from A to Z and digits, the first a letter, with single spaces, dots or hyphens between", name)
	}
	if slices.Contains(yamlWords, strings.ToLower(name)) {
		return fmt.Errorf("NAME: %q is a word of YAML, where it would be no name", name)
	}
	return nil
}

// complete reports the modules within the module that gonew left behind. They come under the new
// names as well, so they have to be there first.
func complete(root string, before *record, module string) error {
	if now, err := moduleOf(root); err != nil || now == before.module {
		return err
	}
	var missing string
	for _, part := range before.parts {
		if !exists(filepath.Join(root, part, "go.mod")) {
			missing += fmt.Sprintf("\n  gonew %[2]s/%[1]s %[3]s/%[1]s %[1]s", part, before.module, module)
		}
	}
	if missing != "" {
		return fmt.Errorf("gonew leaves out modules within a module: get them first, in the version of this one%s", missing)
	}
	return nil
}
