package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A repository is a work tree of git.
type repository struct {
	root        string
	environment []string // more variables for git
}

// open returns the repository that root is in, or nil if there is none.
func open(root string) (*repository, error) {
	r := &repository{root: root}
	if _, err := exec.LookPath("git"); err != nil {
		if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
			return nil, errors.New("git is not installed, so nobody can tell whether the tree is clean")
		}
		return nil, nil
	}
	if _, err := r.git("rev-parse", "--show-toplevel"); err != nil {
		return nil, nil
	}
	return r, nil
}

// git runs git and returns what it prints, without the last line's end.
func (r *repository) git(args ...string) (string, error) {
	git := exec.Command("git", args...)
	git.Dir = r.root
	git.Env = append(os.Environ(), r.environment...)
	var says strings.Builder
	git.Stderr = &says
	out, err := git.Output()
	if err != nil {
		return string(out), fmt.Errorf("git %s: %w\n%s%s", args[0], err, says.String(), out)
	}
	return strings.TrimRight(string(out), "\n"), nil
}

// clean returns an error if something in the tree is not committed.
func (r *repository) clean() error {
	dirty, err := r.git("status", "--porcelain", "--", ".")
	if err != nil {
		return err
	}
	if dirty != "" {
		return fmt.Errorf("the tree is not clean: commit or stash first, so that you can look at what changes\n%s", dirty)
	}
	return nil
}

// files returns those that are committed, relative to the root.
func (r *repository) files() ([]string, error) {
	out, err := r.git("ls-files", "-z")
	return strings.FieldsFunc(out, func(c rune) bool { return c == 0 }), err
}
