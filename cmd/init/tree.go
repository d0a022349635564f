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

// convert turns the tree under root into the product that after names. The files are those that belong
// to the tree, relative to root.
func convert(root string, files []string, after *manifest) error {
	before, err := readManifest(root)
	if err != nil {
		return err
	}
	module, err := modulePath(root)
	if err != nil {
		return err
	}
	withItems := *after
	withItems.item = item
	all, kept := newRenamer(before, after, module), newRenamer(before, &withItems, module)
	for _, file := range files {
		r := all
		if before.keeps(file) {
			r = kept
		}
		if before.drops(file) || file == manifestFile {
			continue
		}
		if err := convertFile(filepath.Join(root, file), r); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	for _, name := range before.drop {
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			return err
		}
	}
	return after.write(root)
}

// convertFile renames a file and what it contains. The content of licences and of binary files stays.
func convertFile(path string, r *renamer) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if bytes.HasPrefix(text, []byte("#!")) {
		mode |= 0o111 // gonew makes scripts that cannot be executed
	}
	target := filepath.Join(filepath.Dir(path), r.apply(filepath.Base(path)))
	if err := errors.Join(os.Rename(path, target), os.Chmod(target, mode)); err != nil {
		return err
	}
	if bytes.IndexByte(text, 0) >= 0 || strings.HasPrefix(filepath.Base(path), "LICENSE") {
		return nil
	}
	converted := []byte(r.apply(string(starterLines.ReplaceAll(text, nil))))
	if strings.HasSuffix(path, ".go") {
		if formatted, err := format.Source(converted); err == nil { // test data may be invalid
			converted = formatted
		}
	}
	if bytes.Equal(converted, text) {
		return nil
	}
	return os.WriteFile(target, converted, mode)
}

// modulePath returns the path of the module at root.
func modulePath(root string) (string, error) {
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

// walk returns the files of a tree that is not in git.
func walk(root string) (files []string, err error) {
	err = fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == ".git" || entry.Name() == ".dev" {
			return fs.SkipDir
		}
		if !entry.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}
