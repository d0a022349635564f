package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPagesLinkToFilesThatExist checks the relative links of every page in Markdown.
func TestPagesLinkToFilesThatExist(t *testing.T) {
	found := 0
	for _, page := range files(t) {
		if filepath.Ext(page) != ".md" {
			continue
		}
		for _, link := range matches(`\]\(([^)\s#]+)`, file(t, page)) {
			if strings.Contains(link, "://") {
				continue
			}
			found++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(page), strings.TrimSuffix(link, "/"))); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, link)
			}
		}
	}
	if found == 0 {
		t.Error("found no links")
	}
}
