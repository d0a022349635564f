package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A file is a regular file, or a symbolic link with its target as text.
type file struct {
	mode fs.FileMode
	text []byte
}

// A tree has files by their paths, with slashes and relative to the root.
type tree map[string]file

// readTree reads files under root. It follows no link, and rejects those that leave the root.
func readTree(root *os.Root, names []string) (tree, error) {
	t := tree{}
	for _, name := range names {
		info, err := root.Lstat(name)
		if err != nil {
			return nil, err
		}
		f := file{mode: info.Mode().Perm()}
		switch info.Mode().Type() {
		case 0:
			f.text, err = root.ReadFile(name)
		case fs.ModeSymlink:
			f, err = readLink(root, name)
		default: // another repository within this one
			continue
		}
		if err != nil {
			return nil, err
		}
		t[name] = f
	}
	return t, nil
}

func readLink(root *os.Root, name string) (file, error) {
	target, err := root.Readlink(name)
	if err == nil && (filepath.IsAbs(target) || !filepath.IsLocal(filepath.Join(filepath.Dir(name), target))) {
		err = fmt.Errorf("%s is a link to %s, out of the tree", name, target)
	}
	return file{fs.ModeSymlink, []byte(target)}, err
}

// write turns what is under root, which is before, into t. Files that belong to neither stay.
func (t tree) write(root *os.Root, before tree) error {
	for name := range t {
		if _, err := root.Lstat(name); err == nil && !before.has(name) {
			return fmt.Errorf("%s would be overwritten", name)
		}
	}
	for name := range before {
		if t.has(name) {
			continue
		}
		if err := remove(root, name); err != nil {
			return err
		}
	}
	for name, f := range t {
		if old, ok := before[name]; ok && old.equal(f) {
			continue
		}
		if err := f.write(root, name); err != nil {
			return err
		}
	}
	return nil
}

func (t tree) has(name string) bool {
	_, ok := t[name]
	return ok
}

func (f file) equal(other file) bool { return f.mode == other.mode && bytes.Equal(f.text, other.text) }

func (f file) write(root *os.Root, name string) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	if f.mode == fs.ModeSymlink {
		return root.Symlink(string(f.text), name)
	}
	if err := root.WriteFile(name, f.text, f.mode); err != nil {
		return err
	}
	return root.Chmod(name, f.mode) // of a file that was there already
}

// remove removes a file, and the folders that are empty without it.
func remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil {
		return err
	}
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if root.Remove(folder) != nil {
			return nil
		}
	}
	return nil
}

// walk returns the files of a tree that is not in git.
func walk(root string) (files []string, err error) {
	err = fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			files = append(files, path)
		case entry.Name() == ".git" || entry.Name() == ".dev":
			return fs.SkipDir
		}
		return nil
	})
	return files, err
}

// remember records the checksums of the files, so that make resource does not take them for changes of the user.
func (t tree) remember(root *os.Root) error {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&lines, "%x %s\n", sha256.Sum256(t[name].text), name)
	}
	if err := root.MkdirAll(".dev", 0o755); err != nil {
		return err
	}
	return root.WriteFile(".dev/generated", []byte(lines.String()), 0o644)
}
