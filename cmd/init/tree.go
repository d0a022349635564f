package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// A file is a regular file, or a symbolic link with its target as text.
type file struct {
	mode fs.FileMode
	text []byte
}

// A tree has files by their paths, with slashes and relative to the root.
type tree map[string]file

// readTree reads files of a folder. It follows no link, and rejects those that leave the folder.
func readTree(folder string, names []string) (tree, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
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

// write turns what is in a folder, which is before, into t. Files that belong to neither stay.
func (t tree) write(folder string, before tree) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
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
		if t.same(before, name) {
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

// same reports whether two trees have the same file, or neither has it.
func (t tree) same(other tree, name string) bool {
	return t.has(name) == other.has(name) && t[name].equal(other[name])
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
