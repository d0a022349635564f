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
	if err := initialize(r.root, acme, &out); err != nil {
		t.Fatal(err)
	}
	mustBe(t, r.root, orders)
	if got := read(t, r.root, ".starter"); !strings.HasSuffix(got, "\nmodule github.com/acme/orders\nname Acme Orders\nitem item items\nfrom "+head+"\n") {
		t.Errorf("the manifest is\n%s", got)
	}
	t.Run("a second time", func(t *testing.T) {
		r.must(t, "add", "--all")
		r.must(t, "commit", "--quiet", "-m", "Second")
		if err := initialize(r.root, acme, &out); err != nil {
			t.Fatal(err)
		}
		if dirty := r.must(t, "status", "--porcelain"); dirty != "" {
			t.Errorf("the second time changed\n%s", dirty)
		}
		if err := initialize(r.root, options{module: module, name: "Shop"}, &out); err == nil || !strings.Contains(err.Error(), "this is already Acme Orders at github.com/acme/orders with items") {
			t.Errorf("with another name: got %v", err)
		}
	})
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
	err := initialize(root, acme, &strings.Builder{})
	if err == nil || !strings.HasSuffix(err.Error(), "\n  gonew example.org/lantern/docs/gen github.com/acme/orders/docs/gen docs/gen") {
		t.Errorf("without docs/gen: %v", err)
	}
	if err := os.Rename(parts+".later", parts); err != nil {
		t.Fatal(err)
	}
	if err := initialize(root, acme, &strings.Builder{}); err != nil {
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
			if err := initialize(r.root, options{module: test.module, name: test.called}, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), test.want) {
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
		if err := initialize(r.root, acme, &strings.Builder{}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", file, err, want)
		}
		if now := r.must(t, "status", "--porcelain"); now != status {
			t.Errorf("%s: it changed\n%s", file, now)
		}
	}
}

func TestInitNeedsAManifest(t *testing.T) {
	err := initialize(t.TempDir(), acme, &strings.Builder{})
	if err == nil || err.Error() != ".starter is missing: run this in the root of the module" {
		t.Errorf("got %v", err)
	}
}

// shop is the starter with a generator that writes what it finds in handlers.
func shop() map[string]string {
	files := maps.Clone(lantern)
	files["docs/openapi.json"], files["race/two.go"] = "old\n", "package race\n"
	files["docs/gen/main.go"] = `package main

import (
	"os"
	"path/filepath"
)

func main() {
	names, _ := filepath.Glob("../../handlers/*.go")
	text := filepath.Base(names[0]) + "\n"
	if err := os.WriteFile("../openapi.json", []byte(text), 0o644); err != nil || text == "broken.go\n" {
		println("the document is invalid")
		os.Exit(1)
	}
}
`
	files["docs/gen/go.mod"] += "\ngo 1.26.0\n"
	files["handlers/items.go"] = "package handlers\n\n// An Item.\ntype Item struct{}\n"
	return files
}

func TestInitMakesTheDocument(t *testing.T) {
	r := newRepository(t, shop())
	if err := initialize(r.root, called("parcel"), &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r.root, "docs/openapi.json"); got != "parcels.go\n" {
		t.Errorf("it is %s", got)
	}
}

func TestInitChangesNothingWithoutADocument(t *testing.T) {
	files := shop()
	files["handlers/broken.go"] = "package handlers\n"
	r := newRepository(t, files)
	err := initialize(r.root, acme, &strings.Builder{})
	if err == nil || !strings.HasPrefix(err.Error(), "go run . -root ../.. -out ../openapi.json: exit status 1\nthe document is invalid") {
		t.Errorf("got %v", err)
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("it changed\n%s", changes)
	}
}

func TestInitPrintsItsPlan(t *testing.T) {
	r := newRepository(t, shop())
	dry := called("parcel")
	dry.dryRun = true
	var out strings.Builder
	if err := initialize(r.root, dry, &out); err != nil {
		t.Fatal(err)
	}
	want := ` delete race (2 files)
 delete .ci/only
 rename handlers/items.go => handlers/parcels.go
 rename lamp/lantern.css => lamp/acme-orders.css
 change 10 files
`
	if _, plan, _ := strings.Cut(out.String(), "...\n"); plan != want {
		t.Errorf("got\n%s\nwant\n%s", plan, want)
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("the dry run changed\n%s", changes)
	}
	out.Reset()
	if err := initialize(r.root, called("parcel"), &out); err != nil || !strings.Contains(out.String(), want) {
		t.Errorf("got %v and\n%s", err, &out)
	}
}

func TestUntrackedFilesAreNotOverwritten(t *testing.T) {
	r := newRepository(t, shop())
	write(t, r.root, ".git/info/exclude", "handlers/parcels.go\n")
	write(t, r.root, "handlers/parcels.go", "mine")
	err := initialize(r.root, called("parcel"), &strings.Builder{})
	if err == nil || err.Error() != "handlers/parcels.go would be overwritten" || read(t, r.root, "handlers/parcels.go") != "mine" {
		t.Errorf("got %v", err)
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("it changed\n%s", changes)
	}
}
