package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// convert makes the tree under root the product that after describes. Files are those that belong to
// it, relative to root. It writes the record as well.
func convert(root string, files []string, after *record) error {
	before, err := readRecord(root)
	if err != nil {
		return err
	}
	module, err := moduleOf(root)
	if err != nil {
		return err
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	r := newRenaming(before, after, names, module)
	for _, file := range files {
		if before.drops(file) || file == recordFile {
			continue
		}
		path, noun := filepath.Join(root, file), after.item
		if before.keeps(file) {
			noun = item
		}
		if err := rewrite(path, r, noun); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.Rename(path, filepath.Join(filepath.Dir(path), noun.apply(filepath.Base(path)))); err != nil {
			return err
		}
	}
	for _, name := range before.drop {
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			return err
		}
	}
	return after.write(root)
}

// rewrite changes the names in a file, and what items are called. It leaves pictures and the like
// alone, licences too, and lets scripts be run, which gonew forgets.
func rewrite(path string, r *renaming, n noun) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil || bytes.IndexByte(text, 0) >= 0 || strings.HasPrefix(filepath.Base(path), "LICENSE") {
		return err
	}
	changed := []byte(r.apply(n.apply(string(text))))
	if strings.HasSuffix(path, ".go") {
		if formatted, err := format.Source(changed); err == nil { // it may be a broken one, for a test
			changed = formatted
		}
	}
	if !bytes.Equal(changed, text) {
		if err := os.WriteFile(path, changed, info.Mode().Perm()); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(text, []byte("#!")) && info.Mode().Perm()&0o100 == 0 {
		return os.Chmod(path, info.Mode().Perm()|0o111)
	}
	return nil
}

// moduleOf returns the path of the module at root.
func moduleOf(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if path, ok := strings.CutPrefix(line, "module "); ok {
			return strings.Trim(strings.TrimSpace(path), `"`), nil
		}
	}
	return "", errors.New("go.mod names no module")
}

// walk returns the files under root of a tree that is not in git.
func walk(root string) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".git" || entry.Name() == ".dev") {
			return fs.SkipDir
		}
		if !entry.IsDir() {
			name, err := filepath.Rel(root, path)
			files = append(files, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	return files, err
}
