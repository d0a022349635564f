package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The starter of these tests is called Lantern.
var lantern = map[string]string{
	".starter":                "module example.org/lantern\nname Lantern\nnested test/e2e\nnested docs/gen\ndrop race\ndrop .ci/only\n",
	"go.mod":                  "module example.org/lantern\n\ngo 1.26.0\n",
	"main.go":                 "// Command lantern is an API.\npackage main\n\nimport (\n\t_ \"example.org/lantern/lamp\"\n\t_ \"os\"\n)\n\n// @title\tLantern\nconst name = \"Lantern\"\n\nfunc main() { println(name) }\n",
	"lamp/lamp.go":            "package lamp\n",
	"lamp/testdata/broken.go": "package {\n// Lantern\n",
	"lamp/lantern.css":        "/* Lantern */\n",
	"lamp/page.html":          "<link href=\"lantern.css\"><h1>Lantern</h1>\n",
	"lamp/picture":            "\x00Lantern",
	"LICENSE":                 "The Lantern authors\n",
	"race/race.go":            "package race\n",
	".ci/only":                "#!/bin/sh\n",
	".ci/run":                 "#!/bin/sh\nmake check\n# starter:begin\n.ci/only\n# starter:end\nmake test\n",
	"compose.yaml":            "services:\n  lantern:\n    image: lantern\n",
	"test/e2e/go.mod":         "module example.org/lantern/test/e2e\n",
	"docs/gen/go.mod":         "module example.org/lantern/docs/gen\n",
	"test/e2e/e2e.go":         "package e2e\n",
	"docs/gen/main.go":        "package main\n\nfunc main() {}\n",
	".gitattributes":          "docs/openapi.json merge=ours\n",
	"README.md":               "# Lantern\n\n<!-- starter:begin -->\nA starter.\n<!-- starter:end -->\nRun it.\n",
}

// orders is what becomes of it.
var orders = map[string]string{
	"go.mod":                  "module github.com/acme/orders\n\ngo 1.26.0\n",
	"main.go":                 "// Command acme-orders is an API.\npackage main\n\nimport (\n\t_ \"github.com/acme/orders/lamp\"\n\t_ \"os\"\n)\n\n// @title\tAcme Orders\nconst name = \"Acme Orders\"\n\nfunc main() { println(name) }\n",
	"lamp/lamp.go":            "package lamp\n",
	"lamp/testdata/broken.go": "package {\n// Acme Orders\n",
	"lamp/acme-orders.css":    "/* Acme Orders */\n",
	"lamp/page.html":          "<link href=\"acme-orders.css\"><h1>Acme Orders</h1>\n",
	"lamp/picture":            "\x00Lantern",
	"LICENSE":                 "The Lantern authors\n",
	".ci/run":                 "#!/bin/sh\nmake check\nmake test\n",
	"compose.yaml":            "services:\n  acme-orders:\n    image: acme-orders\n",
	"test/e2e/go.mod":         "module github.com/acme/orders/test/e2e\n",
	"docs/gen/go.mod":         "module github.com/acme/orders/docs/gen\n",
	"README.md":               "# Acme Orders\n\nRun it.\n",
}

const module, name = "github.com/acme/orders", "Acme Orders"

// newTree writes files to a folder.
func newTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for file, text := range files {
		write(t, root, file, text)
	}
	return root
}

func write(t *testing.T, root, file, text string) {
	t.Helper()
	path := filepath.Join(root, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, root, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newRepository commits files to a repository.
func newRepository(t *testing.T, files map[string]string) *repository {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C",
	} {
		t.Setenv(name, value)
	}
	r := &repository{newTree(t, files), true}
	r.must(t, "init", "--quiet", "--initial-branch=main")
	r.must(t, "add", ".")
	r.must(t, "commit", "--quiet", "-m", "First")
	return r
}

func (r *repository) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := r.git(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mustBe(t *testing.T, root string, want map[string]string) {
	t.Helper()
	for file, text := range want {
		if got := read(t, root, file); got != text {
			t.Errorf("%s is\n%s\nwant\n%s", file, got, text)
		}
	}
	for _, file := range []string{"race", ".ci/only"} {
		if _, err := os.Lstat(filepath.Join(root, file)); !os.IsNotExist(err) {
			t.Errorf("%s is still there", file)
		}
	}
	if info, err := os.Stat(filepath.Join(root, ".ci/run")); err != nil || info.Mode()&0o111 != 0o111 {
		t.Errorf(".ci/run cannot be run: %v %v", info.Mode(), err)
	}
}

// acme are the names of the product in these tests.
var acme = options{module: module, name: name}

// called returns the names with another noun.
func called(item string) options {
	return options{module: module, name: name, item: item}
}
