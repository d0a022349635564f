package main

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A repository is a folder, in a work tree of git or not.
type repository struct {
	root  string
	isGit bool
}

// open returns the repository at root.
func open(root string) (*repository, error) {
	r := &repository{root: root}
	if _, err := exec.LookPath("git"); err != nil && exists(filepath.Join(root, ".git")) {
		return nil, errors.New("git is not installed: it is needed to see whether the working tree is clean")
	}
	_, err := r.git("rev-parse", "--show-toplevel")
	r.isGit = err == nil
	return r, nil
}

// git runs git and returns its output without the last line break.
func (r *repository) git(args ...string) (string, error) {
	git := exec.Command("git", args...)
	git.Dir = r.root
	var messages strings.Builder
	git.Stderr = &messages
	out, err := git.Output()
	if err != nil {
		return string(out), fmt.Errorf("git %s: %w\n%s%s", args[0], err, messages.String(), out)
	}
	return strings.TrimRight(string(out), "\n"), nil
}

// list runs git and returns the names that it prints with -z.
func (r *repository) list(args ...string) ([]string, error) {
	out, err := r.git(args...)
	return strings.FieldsFunc(out, func(c rune) bool { return c == 0 }), err
}

// checkClean returns an error if something in the working tree is not committed.
func (r *repository) checkClean() error {
	if !r.isGit {
		return nil
	}
	changes, err := r.git("status", "--porcelain", "--", ".")
	if err == nil && changes != "" {
		err = fmt.Errorf("the working tree must be clean, so that you can review the change: commit or stash first\n%s", changes)
	}
	return err
}

// head returns the commit of the working tree, or unknown.
func (r *repository) head() (string, error) {
	if !r.isGit {
		return unknown, nil
	}
	return r.git("rev-parse", "HEAD")
}

// files returns the files that git does not ignore, relative to the root.
func (r *repository) files() ([]string, error) {
	if !r.isGit {
		return walk(r.root)
	}
	names, err := r.list("ls-files", "-z", "--cached", "--others", "--exclude-standard")
	return slices.DeleteFunc(names, func(name string) bool { return !exists(filepath.Join(r.root, name)) }), err
}

// tree returns the files.
func (r *repository) tree() (tree, error) {
	names, err := r.files()
	if err != nil {
		return nil, err
	}
	return readTree(r.root, names)
}

// dirty returns the files with changes that are not committed.
func (r *repository) dirty() ([]string, error) {
	if !r.isGit {
		return nil, nil
	}
	changed, err := r.list("diff", "--name-only", "-z", "--relative", "HEAD")
	added, failed := r.list("ls-files", "-z", "--others", "--exclude-standard")
	return append(changed, added...), cmp.Or(err, failed)
}
