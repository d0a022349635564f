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

// A repository is a work tree of git.
type repository struct {
	root string
}

// open returns the repository that root is in, or nil if there is none.
func open(root string) (*repository, error) {
	r := &repository{root}
	if _, err := exec.LookPath("git"); err != nil && exists(filepath.Join(root, ".git")) {
		return nil, errors.New("git is not installed: it is needed to see whether the working tree is clean")
	}
	if _, err := r.git("rev-parse", "--show-toplevel"); err != nil {
		return nil, nil
	}
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

// checkClean returns an error if something in the working tree is not committed.
func (r *repository) checkClean() error {
	changes, err := r.git("status", "--porcelain", "--", ".")
	if err != nil {
		return err
	}
	if changes != "" {
		return fmt.Errorf("the working tree must be clean, so that you can review the change: commit or stash first\n%s", changes)
	}
	return nil
}

// present returns the files that git does not ignore, and those with changes that are not committed.
func (r *repository) present() (names, dirty []string, err error) {
	list := func(args ...string) (names []string) {
		out, failed := r.git(append([]string{"ls-files", "-z"}, args...)...)
		err = cmp.Or(err, failed)
		return strings.FieldsFunc(out, func(c rune) bool { return c == 0 })
	}
	deleted, added := list("--deleted"), list("--others", "--exclude-standard")
	names = slices.DeleteFunc(append(list(), added...), func(name string) bool { return slices.Contains(deleted, name) })
	changed, failed := r.git("diff", "--name-only", "-z", "--relative", "HEAD")
	dirty = append(strings.FieldsFunc(changed, func(c rune) bool { return c == 0 }), added...)
	return names, dirty, cmp.Or(err, failed)
}

// files returns the committed files, relative to the root.
func (r *repository) files() ([]string, error) {
	out, err := r.git("ls-files", "-z")
	return strings.FieldsFunc(out, func(c rune) bool { return c == 0 }), err
}
