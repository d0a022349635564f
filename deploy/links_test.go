package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPagesLinkToFilesThatExist checks the relative links of every page in Markdown.
func TestPagesLinkToFilesThatExist(t *testing.T) {
	link, found := regexp.MustCompile(`\]\(([^)\s#]+)`), 0
	err := filepath.WalkDir("..", func(page string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == ".dev" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if err != nil || filepath.Ext(page) != ".md" {
			return err
		}
		text, err := os.ReadFile(page)
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			found++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), strings.TrimSuffix(match[1], "/"))); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, match[1])
			}
		}
		return err
	})
	if err != nil || found == 0 {
		t.Errorf("found %d links: %v", found, err)
	}
}
