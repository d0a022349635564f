package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
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

// files returns the committed files, relative to the root.
func (r *repository) files() ([]string, error) {
	out, err := r.git("ls-files", "-z")
	return strings.FieldsFunc(out, func(c rune) bool { return c == 0 }), err
}
