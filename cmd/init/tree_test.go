package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newLinks returns a tree with links, and the folder outside of it that some of them lead to.
func newLinks(t *testing.T) (root *os.Root, outside string) {
	t.Helper()
	outside = newTree(t, map[string]string{"precious": "work"})
	inside := newTree(t, map[string]string{"lamp/lamp.go": "package lamp\n"})
	for name, target := range map[string]string{
		"absolute": outside, "relative": "../x", "lamp/deep": "../../x", "good": "lamp/lamp.go", "lamp/up": "../lamp",
	} {
		if err := os.Symlink(target, filepath.Join(inside, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, outside
}

func TestLinksOutOfTheTreeAreRejected(t *testing.T) {
	root, outside := newLinks(t)
	for name, target := range map[string]string{"absolute": outside, "relative": "../x", "lamp/deep": "../../x"} {
		want := name + " is a link to " + target + ", out of the tree"
		if _, err := readTree(root, []string{name}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	links, err := readTree(root, []string{"good", "lamp/up"})
	if err != nil || string(links["good"].text) != "lamp/lamp.go" || string(links["lamp/up"].text) != "../lamp" {
		t.Errorf("got %v, %v", links, err)
	}
}

func TestLinksOutOfTheTreeAreNotFollowed(t *testing.T) {
	root, outside := newLinks(t)
	if _, err := readTree(root, []string{"absolute/precious"}); err == nil || !strings.HasSuffix(err.Error(), "path escapes from parent") {
		t.Errorf("reading: %v", err)
	}
	there := tree{"absolute/precious": {0o600, []byte("work")}}
	for name, change := range map[string]struct{ before, after tree }{
		"deleting": {there, tree{}},
		"changing": {there, tree{"absolute/precious": {0o600, []byte("none")}}},
		"adding":   {tree{}, tree{"absolute/new": {0o600, nil}}},
	} {
		if err := change.after.write(root, change.before); err == nil || !strings.HasSuffix(err.Error(), "path escapes from parent") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files, err := walk(outside); err != nil || len(files) != 1 || read(t, outside, "precious") != "work" {
		t.Errorf("outside are %s, %v", files, err)
	}
}

func TestEmptyFoldersAreDeleted(t *testing.T) {
	folder := newTree(t, map[string]string{"a/b/c/one": "", "a/two": "", "x/y/three": "", "x/mine": ""})
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	before, err := readTree(root, []string{"a/b/c/one", "a/two", "x/y/three"})
	if err != nil {
		t.Fatal(err)
	}
	if err := (tree{}).write(root, before); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a": false, "x": true, "x/y": false, "x/mine": true} {
		if got := exists(filepath.Join(folder, name)); got != want {
			t.Errorf("%s is there: %v", name, got)
		}
	}
}
