package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newLinks returns a folder with links, and the one outside of it that some of them lead to.
func newLinks(t *testing.T) (inside, outside string) {
	t.Helper()
	outside = newTree(t, map[string]string{"precious": "work"})
	inside = newTree(t, map[string]string{"lamp/lamp.go": "package lamp\n"})
	for name, target := range map[string]string{
		"absolute": outside, "relative": "../x", "lamp/deep": "../../x", "good": "lamp/lamp.go", "lamp/up": "../lamp",
	} {
		if err := os.Symlink(target, filepath.Join(inside, name)); err != nil {
			t.Fatal(err)
		}
	}
	return inside, outside
}

func TestLinksOutOfTheTreeAreRejected(t *testing.T) {
	inside, outside := newLinks(t)
	for name, target := range map[string]string{"absolute": outside, "relative": "../x", "lamp/deep": "../../x"} {
		want := name + " is a link to " + target + ", out of the tree"
		if _, err := readTree(inside, []string{name}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	links, err := readTree(inside, []string{"good", "lamp/up"})
	if err != nil || string(links["good"].text) != "lamp/lamp.go" || string(links["lamp/up"].text) != "../lamp" {
		t.Errorf("got %v, %v", links, err)
	}
}

func TestLinksOutOfTheTreeAreNotFollowed(t *testing.T) {
	inside, outside := newLinks(t)
	if _, err := readTree(inside, []string{"absolute/precious"}); err == nil || !strings.HasSuffix(err.Error(), "path escapes from parent") {
		t.Errorf("reading: %v", err)
	}
	there := tree{"absolute/precious": {0o600, []byte("work")}}
	for name, change := range map[string]struct{ before, after tree }{
		"deleting": {there, tree{}},
		"changing": {there, tree{"absolute/precious": {0o600, []byte("none")}}},
		"adding":   {tree{}, tree{"absolute/new": {0o600, nil}}},
	} {
		if err := change.after.write(inside, change.before); err == nil || !strings.HasSuffix(err.Error(), "path escapes from parent") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files, err := walk(outside); err != nil || len(files) != 1 || read(t, outside, "precious") != "work" {
		t.Errorf("outside are %s, %v", files, err)
	}
}

func TestEmptyFoldersAreDeleted(t *testing.T) {
	folder := newTree(t, map[string]string{"a/b/c/one": "", "a/two": "", "x/y/three": "", "x/mine": ""})
	before, err := readTree(folder, []string{"a/b/c/one", "a/two", "x/y/three"})
	if err != nil {
		t.Fatal(err)
	}
	if err := (tree{}).write(folder, before); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a": false, "x": true, "x/y": false, "x/mine": true} {
		if got := exists(filepath.Join(folder, name)); got != want {
			t.Errorf("%s is there: %v", name, got)
		}
	}
}
