package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// file returns a file of the repository.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// matches returns what the group of the expression matches in a text.
func matches(expression, text string) (all []string) {
	for _, match := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	return all
}

// variables returns the names that .env.example describes.
func variables(t *testing.T) []string {
	t.Helper()
	return matches(`(?m)^#?([A-Z][A-Z0-9_]*)=`, file(t, ".env.example"))
}
