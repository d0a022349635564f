package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The starter of these tests is called Lantern.
var lantern = map[string]string{
	".starter":         "module example.org/lantern\nname Lantern\npart test/e2e\npart docs/gen\ndrop race\ndrop .ci/only\n",
	"go.mod":           "module example.org/lantern\n\ngo 1.26.0\n",
	"main.go":          "// Command lantern is an API.\npackage main\n\nimport (\n\t\"example.org/lantern/lamp\"\n\t\"golang.org/x/sync\"\n)\n\n// @title\tLantern\nconst name = \"Lantern\"\n",
	"lamp/lamp.go":     "package lamp\n",
	"lamp/broken.go":   "package {\n// Lantern\n",
	"lamp/lantern.css": "/* Lantern */\n",
	"lamp/page.html":   "<link href=\"lantern.css\"><h1>Lantern</h1>\n",
	"lamp/picture":     "\x00Lantern",
	"LICENSE":          "The Lantern authors\n",
	"race/race.go":     "package race\n",
	".ci/only":         "#!/bin/sh\n",
	".ci/run":          "#!/bin/sh\nmake check\n# starter:begin\n.ci/only\n# starter:end\nmake test\n",
	"compose.yaml":     "services:\n  lantern:\n    image: lantern\n",
	"test/e2e/go.mod":  "module example.org/lantern/test/e2e\n",
	"docs/gen/go.mod":  "module example.org/lantern/docs/gen\n",
	".gitattributes":   "docs/openapi.json merge=ours\n",
	"README.md":        "# Lantern\n\n<!-- starter:begin -->\nA starter.\n<!-- starter:end -->\nRun it.\n",
}

// orders is what becomes of it.
var orders = map[string]string{
	"go.mod":               "module github.com/acme/orders\n\ngo 1.26.0\n",
	"main.go":              "// Command acme-orders is an API.\npackage main\n\nimport (\n\t\"github.com/acme/orders/lamp\"\n\t\"golang.org/x/sync\"\n)\n\n// @title\tAcme Orders\nconst name = \"Acme Orders\"\n",
	"lamp/lamp.go":         "package lamp\n",
	"lamp/broken.go":       "package {\n// Acme Orders\n",
	"lamp/acme-orders.css": "/* Acme Orders */\n",
	"lamp/page.html":       "<link href=\"acme-orders.css\"><h1>Acme Orders</h1>\n",
	"lamp/picture":         "\x00Lantern",
	"LICENSE":              "The Lantern authors\n",
	".ci/run":              "#!/bin/sh\nmake check\nmake test\n",
	"compose.yaml":         "services:\n  acme-orders:\n    image: acme-orders\n",
	"test/e2e/go.mod":      "module github.com/acme/orders/test/e2e\n",
	"docs/gen/go.mod":      "module github.com/acme/orders/docs/gen\n",
	"README.md":            "# Acme Orders\n\nRun it.\n",
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
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	r := &repository{newTree(t, files)}
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

func TestCloneBecomesAProduct(t *testing.T) {
	r := newRepository(t, lantern)
	head := r.must(t, "rev-parse", "HEAD")
	var out strings.Builder
	if err := initialize(r.root, module, name, "", &out); err != nil {
		t.Fatal(err)
	}
	mustBe(t, r.root, orders)
	if got := read(t, r.root, ".starter"); !strings.HasSuffix(got, "\nmodule github.com/acme/orders\nname Acme Orders\nitem item items\nfrom "+head+"\n") {
		t.Errorf("the manifest is\n%s", got)
	}
	t.Run("a second time", func(t *testing.T) {
		r.must(t, "add", "--all")
		r.must(t, "commit", "--quiet", "-m", "Second")
		if err := initialize(r.root, module, name, "", &out); err != nil {
			t.Fatal(err)
		}
		if dirty := r.must(t, "status", "--porcelain"); dirty != "" {
			t.Errorf("the second time changed\n%s", dirty)
		}
		if err := initialize(r.root, module, "Shop", "", &out); err == nil || !strings.Contains(err.Error(), "this is already Acme Orders at github.com/acme/orders with items") {
			t.Errorf("with another name: got %v", err)
		}
	})
}

func TestItemsGetAnotherNoun(t *testing.T) {
	files := maps.Clone(lantern)
	files[".starter"] += "keep lamp\nkeep go.sum\n"
	files["handlers/items.go"] = "package handlers\n\n// An Item is in Lantern.\ntype Item struct {\n\tID string `json:\"id,omitempty\"`\n}\n"
	files["store/1_items.sql"] = "CREATE TABLE items (id TEXT);\n"
	files["lamp/items.go"] = "package lamp // items\n\nfunc parcel() {}\n"
	files["e2e/go.sum"] = "golang.org/x/sync v0.22.0 h1:ZItem+items=\n"
	r := newRepository(t, files)
	called := func(item string) error {
		return initialize(r.root, "github.com/acme/items", name, item, &strings.Builder{})
	}
	if err := called("parcel"); err != nil {
		t.Fatal(err)
	}
	mustBe(t, r.root, map[string]string{
		"handlers/parcels.go": "package handlers\n\n// A Parcel is in Acme Orders.\ntype Parcel struct {\n\tID string `json:\"id,omitempty\"`\n}\n",
		"store/1_parcels.sql": "CREATE TABLE parcels (id TEXT);\n",
		"lamp/items.go":       files["lamp/items.go"],
		"e2e/go.sum":          files["e2e/go.sum"],
		"go.mod":              "module github.com/acme/items\n\ngo 1.26.0\n",
	})
	if exists(filepath.Join(r.root, "handlers/items.go")) {
		t.Error("handlers/items.go is still there")
	}
	if got := read(t, r.root, ".starter"); !strings.Contains(got, "\nitem parcel parcels\n") {
		t.Errorf("the manifest is\n%s", got)
	}
	r.must(t, "add", "--all")
	r.must(t, "commit", "--quiet", "-m", "Second")
	for _, again := range []string{"", "parcel", "parcel parcels"} {
		if err := called(again); err != nil || r.must(t, "status", "--porcelain") != "" {
			t.Errorf("with %q again: %v, %s", again, err, r.must(t, "status", "--porcelain"))
		}
	}
	if err := called("box boxes"); err == nil || !strings.Contains(err.Error(), "with parcels: to change names") {
		t.Errorf("with another noun: got %v", err)
	}
}

// gonew changes the module path in go.mod and in imports, makes no file executable, and leaves out nested
// modules.
func TestGonewCopyBecomesAProduct(t *testing.T) {
	files := map[string]string{}
	for file, text := range lantern {
		if filepath.Base(file) == "go.mod" || strings.HasSuffix(file, ".go") {
			text = strings.ReplaceAll(text, "example.org/lantern", module)
		}
		files[file] = text
	}
	root := newTree(t, files)
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(root))
	parts := filepath.Join(root, "docs")
	if err := os.Rename(parts, parts+".later"); err != nil {
		t.Fatal(err)
	}
	err := initialize(root, module, name, "", &strings.Builder{})
	if err == nil || !strings.HasSuffix(err.Error(), "\n  gonew example.org/lantern/docs/gen github.com/acme/orders/docs/gen docs/gen") {
		t.Errorf("without docs/gen: %v", err)
	}
	if err := os.Rename(parts+".later", parts); err != nil {
		t.Fatal(err)
	}
	if err := initialize(root, module, name, "", &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	mustBe(t, root, orders)
	if got := read(t, root, ".starter"); !strings.HasSuffix(got, "\nfrom unknown\n") {
		t.Errorf("the manifest is\n%s", got)
	}
}

func TestInvalidNamesAreRejected(t *testing.T) {
	for _, test := range []struct{ name, module, called, spoil, want string }{
		{"nothing", "", "", "", "MODULE and NAME are needed: make init MODULE="},
		{"no name", module, "", "", "MODULE and NAME are needed: make init MODULE="},
		{"no path", "", name, "", "MODULE and NAME are needed: make init MODULE="},
		{"a path without a host", "orders", name, "", `MODULE: "orders" does not begin with a host`},
		{"an address", "https://github.com/acme/orders", name, "", `MODULE: "https://github.com/acme/orders" does not begin with a host`},
		{"a path with a space", "github.com/acme/my orders", name, "", `MODULE: "github.com/acme/my orders" is no module path`},
		{"a path with a slash at its end", "github.com/acme/", name, "", `MODULE: "github.com/acme/" is no module path`},
		{"a name with a quote", module, `Ord"ers`, "", `NAME: "Ord\"ers" is not 1 to 40 letters`},
		{"a name with an umlaut", module, "Büro", "", `NAME: "Büro" is not 1 to 40 letters from A to Z`},
		{"a name with an ampersand", module, "Orders & Co", "", `NAME: "Orders & Co" is not 1 to 40 letters`},
		{"a name with a line break", module, "Orders\n", "", `NAME: "Orders\n" is not 1 to 40 letters`},
		{"a name that begins with a digit", module, "3 Orders", "", `NAME: "3 Orders" is not 1 to 40 letters`},
		{"a name with two spaces", module, "Acme  Orders", "", `NAME: "Acme  Orders" is not 1 to 40 letters`},
		{"a name that is a boolean of YAML", module, "On", "", `NAME: "On" is no string in YAML`},
		{"a name that a folder has", module, "Lamp", "", `NAME: the program of "Lamp" would be called lamp, as a file or folder here`},
		{"a name of spaces", module, "  ", "", `NAME: "  " is not 1 to 40 letters`},
		{"a long name", module, strings.Repeat("a", 41), "", "is not 1 to 40 letters"},
		{"a changed file", module, name, "main.go", "the working tree must be clean, so that you can review the change: commit or stash first\n M main.go"},
		{"a new file", module, name, "new.go", "the working tree must be clean, so that you can review the change: commit or stash first\n?? new.go"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t, lantern)
			if test.spoil != "" {
				write(t, r.root, test.spoil, "package main\n")
			}
			before := r.must(t, "status", "--porcelain")
			err := initialize(r.root, test.module, test.called, "", &strings.Builder{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if after := r.must(t, "status", "--porcelain"); after != before {
				t.Errorf("it changed\n%s", after)
			}
		})
	}
	for item, want := range map[string]string{
		"Order":           `ITEM: "Order" is no noun such as order`,
		"my order":        "",
		"or-der":          `ITEM: "or-der" is no noun such as order`,
		"a b c":           `ITEM: "a b c" is no noun such as order`,
		"orders":          `ITEM: add the plural of "orders"`,
		"category":        `ITEM: add the plural of "category"`,
		"owner":           `ITEM: "owner" is a word of SQL, or a column`,
		"value":           `ITEM: "value" is a word of SQL, or a column`,
		"type":            `ITEM: "type" is no noun such as order`,
		"type types":      `ITEM: "type types" is no noun such as order`,
		"len lens":        `ITEM: "len lens" is no noun such as order`,
		"page":            "ITEM: the code uses the word page: shop/page.go has func Pages() {}",
		"wheel":           "ITEM: the code uses the word wheel: shop/page.go has type wheel int",
		"lamp lamps":      "",
		"categ categorys": "",
	} {
		t.Run("items called "+item, func(t *testing.T) {
			files := maps.Clone(lantern)
			files["shop/page.go"] = "package shop\n\ntype Shop struct{ lamp int }\n\ntype wheel int\n\nfunc Pages() {}\n"
			r := newRepository(t, files)
			err := initialize(r.root, module, name, item, &strings.Builder{})
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("got %v, want %s", err, want)
			}
			if dirty := r.must(t, "status", "--porcelain"); want != "" && dirty != "" {
				t.Errorf("it changed\n%s", dirty)
			}
		})
	}
	t.Run("another folder", func(t *testing.T) {
		err := initialize(t.TempDir(), module, name, "", &strings.Builder{})
		if err == nil || err.Error() != ".starter is missing: run this in the root of the module" {
			t.Errorf("got %v", err)
		}
	})
}
