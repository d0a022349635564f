package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
	files[".starter"] += "keep lamp\nkeep docs/*.go\nkeep go.sum\n"
	files["docs/page.go"] = "package docs // items\n"
	files["docs/guide.md"] = "An item is in [items.go](../handlers/items.go).\n"
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
		"docs/page.go":        files["docs/page.go"],
		"docs/guide.md":       "A parcel is in [parcels.go](../handlers/parcels.go).\n",
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
	r := newRepository(t, lantern)
	for _, test := range []struct{ name, module, called, want string }{
		{"nothing", "", "", "MODULE and NAME are needed: make init MODULE="},
		{"no name", module, "", "MODULE and NAME are needed: make init MODULE="},
		{"no path", "", name, "MODULE and NAME are needed: make init MODULE="},
		{"a path without a host", "orders", name, `MODULE: "orders" does not begin with a host`},
		{"an address", "https://github.com/acme/orders", name, `MODULE: "https://github.com/acme/orders" does not begin with a host`},
		{"a path with a space", "github.com/acme/my orders", name, `MODULE: "github.com/acme/my orders" is no module path`},
		{"a path with a slash at its end", "github.com/acme/", name, `MODULE: "github.com/acme/" is no module path`},
		{"a name with a quote", module, `Ord"ers`, `NAME: "Ord\"ers" is not 1 to 40 letters`},
		{"a name with an umlaut", module, "Büro", `NAME: "Büro" is not 1 to 40 letters from A to Z`},
		{"a name with an ampersand", module, "Orders & Co", `NAME: "Orders & Co" is not 1 to 40 letters`},
		{"a name with a line break", module, "Orders\n", `NAME: "Orders\n" is not 1 to 40 letters`},
		{"a name that begins with a digit", module, "3 Orders", `NAME: "3 Orders" is not 1 to 40 letters`},
		{"a name with two spaces", module, "Acme  Orders", `NAME: "Acme  Orders" is not 1 to 40 letters`},
		{"a name that is a boolean of YAML", module, "On", `NAME: "On" is no string in YAML`},
		{"a name that a folder has", module, "Lamp", `NAME: the program of "Lamp" would be called lamp, as a file or folder here`},
		{"a name of spaces", module, "  ", `NAME: "  " is not 1 to 40 letters`},
		{"a long name", module, strings.Repeat("a", 41), "is not 1 to 40 letters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := initialize(r.root, test.module, test.called, "", &strings.Builder{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("they changed\n%s", changes)
	}
}

func TestInitNeedsACleanTree(t *testing.T) {
	for file, status := range map[string]string{"main.go": " M main.go", "new.go": "?? new.go"} {
		r := newRepository(t, lantern)
		write(t, r.root, file, "package main\n")
		want := "the working tree must be clean, so that you can review the change: commit or stash first\n" + status
		if err := initialize(r.root, module, name, "", &strings.Builder{}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", file, err, want)
		}
		if now := r.must(t, "status", "--porcelain"); now != status {
			t.Errorf("%s: it changed\n%s", file, now)
		}
	}
}

func TestNounsOfTheCodeAreRejected(t *testing.T) {
	files := maps.Clone(lantern)
	files["shop/page.go"] = "package shop\n\ntype Shop struct{ lamp int }\n\ntype wheel int\n\nfunc Pages() {}\n"
	r := newRepository(t, files)
	for noun, want := range map[string]string{
		"page":  "ITEM: the code uses the word page: shop/page.go has func Pages() {}",
		"wheel": "ITEM: the code uses the word wheel: shop/page.go has type wheel int",
	} {
		if err := initialize(r.root, module, name, noun, &strings.Builder{}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", noun, err, want)
		}
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("they changed\n%s", changes)
	}
	if err := initialize(r.root, module, name, "lamp", &strings.Builder{}); err != nil {
		t.Errorf("lamp, which only a field is called: %v", err)
	}
}

func TestInitNeedsAManifest(t *testing.T) {
	err := initialize(t.TempDir(), module, name, "", &strings.Builder{})
	if err == nil || err.Error() != ".starter is missing: run this in the root of the module" {
		t.Errorf("got %v", err)
	}
}
