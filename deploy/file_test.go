package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// root is the root of the repository.
const root = ".."

// file returns the text of a file of the repository.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files returns the paths of all files of the repository, relative to its root, without the folders that git ignores.
func files(t *testing.T) (paths []string) {
	t.Helper()
	ignored := append(matches(`(?m)^/(.+)/$`, file(t, ".gitignore")), ".git")
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (slices.Contains(ignored, path) || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !entry.IsDir() {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// matches returns what the first group of the expression matches in a text.
func matches(expression, text string) (all []string) {
	for _, match := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	return all
}

// variables returns the names of the variables that .env.example describes.
func variables(t *testing.T) []string {
	t.Helper()
	return matches(`(?m)^#?([A-Z][A-Z0-9_]*)=`, file(t, ".env.example"))
}
