package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// recordFile is where a record is kept.
const recordFile = ".starter"

// A record says what a tree is called, and what becomes of it in a product.
type record struct {
	module string
	name   string
	parts  []string // modules within the module, which gonew leaves out
	drop   []string // files and folders that concern the starter alone
	keep   []string // files and folders where an item is an example, or something else
	item   noun     // what items are called
	from   string   // the commit of the starter that a product was made from, or unknown; empty in the starter
}

// unknown stands for the starter's commit in a tree that came without its history.
const unknown = "unknown"

// readRecord reads the record of the tree under root.
func readRecord(root string) (*record, error) {
	text, err := os.ReadFile(filepath.Join(root, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: run this from the root of the module", recordFile)
	}
	if err != nil {
		return nil, err
	}
	r := &record{item: item}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "module":
			r.module = value
		case "name":
			r.name = value
		case "part":
			r.parts = append(r.parts, value)
		case "drop":
			r.drop = append(r.drop, value)
		case "keep":
			r.keep = append(r.keep, value)
		case "item":
			r.item.one, r.item.many, _ = strings.Cut(value, " ")
		case "from":
			r.from = value
		}
	}
	if r.module == "" || r.name == "" {
		return nil, fmt.Errorf("%s: module and name are not both there", recordFile)
	}
	return r, nil
}

// write writes the record of a product.
func (r *record) write(root string) error {
	text := fmt.Sprintf("# What this tree and its items are called, and the commit of the starter that it is made from.\n"+
		"# make init and make update keep it.\nmodule %s\nname %s\nitem %s\nfrom %s\n", r.module, r.name, r.item, r.from)
	return os.WriteFile(filepath.Join(root, recordFile), []byte(text), 0o644)
}

// drops and keeps report whether a file is one that make init drops, or one where items keep their name.
func (r *record) drops(file string) bool { return within(file, r.drop) }
func (r *record) keeps(file string) bool { return within(file, r.keep) }

// within reports whether a file is one of these, or in a folder that is. A name without a folder is that
// of files in any folder.
func within(file string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return file == name || strings.HasPrefix(file, name+"/") || path.Base(file) == name
	})
}

// slug is the name as commands, services and images have it.
func (r *record) slug() string {
	words := strings.FieldsFunc(strings.ToLower(r.name), func(c rune) bool { return !alphanumeric(c) })
	return strings.Join(words, "-")
}

func alphanumeric[C byte | rune](c C) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
