package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newProduct returns the starter and a product that was made from it: a clone, or a tree without its
// history.
func newProduct(t *testing.T, clone bool) (starter, product *repository) {
	t.Helper()
	starter = newRepository(t, lantern)
	starter.must(t, "tag", "v1.0.0")
	if clone {
		product = &repository{t.TempDir(), true}
		product.must(t, "clone", "--quiet", starter.root, ".")
	} else {
		product = newRepository(t, lantern)
	}
	product.must(t, "remote", "add", "upstream", starter.root)
	if err := initialize(product.root, acme, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	write(t, product.root, "lamp/order.go", "package lamp\n")
	write(t, product.root, "README.md", "# Acme Orders\n\nOurs.\n")
	if err := os.Remove(filepath.Join(product.root, "lamp/page.html")); err != nil {
		t.Fatal(err)
	}
	product.commit(t, "Orders")
	return starter, product
}

func (r *repository) commit(t *testing.T, message string) {
	t.Helper()
	r.must(t, "add", "--all")
	r.must(t, "commit", "--quiet", "-m", message)
}

// advance commits a later version of the starter, which changes lines beside those with names.
func advance(t *testing.T, starter *repository, version, line string) {
	t.Helper()
	write(t, starter.root, "main.go", strings.Replace(lantern["main.go"], "is an API.", line, 1))
	write(t, starter.root, "lamp/lamp.go", "package lamp\n\nimport _ \"example.org/lantern/oil\" // "+line+"\n")
	write(t, starter.root, "oil/oil.go", "// Package oil is what Lantern burns.\npackage oil\n")
	write(t, starter.root, "lamp/page.html", "<p>Lantern</p>\n")
	write(t, starter.root, "race/race.go", "package race // faster\n")
	starter.commit(t, version)
	starter.must(t, "tag", version)
}

func TestLaterVersionIsMerged(t *testing.T) {
	for _, test := range []struct {
		name, from string
		clone      bool
	}{
		{"into a clone", "", true},
		{"into a tree without the history", "v1.0.0", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			starter, product := newProduct(t, test.clone)
			want := maps.Clone(orders)
			delete(want, "lamp/page.html")
			want["README.md"], want["lamp/order.go"] = "# Acme Orders\n\nOurs.\n", "package lamp\n"
			want["oil/oil.go"] = "// Package oil is what Acme Orders burns.\npackage oil\n"
			from := test.from
			for _, line := range []string{"is a service.", "is a program."} {
				version := map[string]string{"is a service.": "v1.1.0", "is a program.": "v1.2.0"}[line]
				advance(t, starter, version, line)
				var out strings.Builder
				if err := update(product.root, options{version: version, from: from}, &out); err != nil {
					t.Fatal(err)
				}
				want["main.go"] = strings.Replace(orders["main.go"], "is an API.", line, 1)
				want["lamp/lamp.go"] = "package lamp\n\nimport _ \"github.com/acme/orders/oil\" // " + line + "\n"
				mustBe(t, product.root, want)
				if got := product.must(t, "status", "--porcelain") + product.must(t, "ls-files", "lamp/page.html"); got != "" {
					t.Errorf("%s leaves %s", version, got)
				}
				if got := out.String(); !strings.Contains(got, "lamp/page.html stays deleted.\n") && version == "v1.1.0" {
					t.Errorf("it prints\n%s", got)
				}
				if got := read(t, product.root, ".starter"); !strings.Contains(got, "from "+starter.must(t, "rev-parse", "HEAD")) {
					t.Errorf("the manifest is\n%s", got)
				}
				from = ""
			}
			if got := product.must(t, "log", "--oneline", "--merges", "--format=%s"); got != "Update to v1.2.0 of the starter\nUpdate to v1.1.0 of the starter\nRecord the version of the starter that this is made from" {
				t.Errorf("the history has the merges\n%s", got)
			}
		})
	}
}

func TestLaterVersionGetsTheNounOfTheProduct(t *testing.T) {
	files := maps.Clone(lantern)
	files["handlers/items.go"] = "package handlers\n\n// An Item.\ntype Item struct{}\n\nvar a, b, c int\n\n// Items.\ntype Items []Item\n"
	starter := newRepository(t, files)
	product := &repository{t.TempDir(), true}
	product.must(t, "clone", "--quiet", starter.root, ".")
	product.must(t, "remote", "add", "upstream", starter.root)
	if err := initialize(product.root, called("parcel"), &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	change := func(root, file, old, new string) {
		write(t, root, file, strings.Replace(read(t, root, file), old, new, 1))
	}
	change(product.root, "handlers/parcels.go", "// A Parcel.", "// A Parcel is sent.")
	product.commit(t, "Parcels")
	change(starter.root, "handlers/items.go", "// Items.", "// Items are many items.")
	write(t, starter.root, "handlers/items_test.go", "package handlers // tests an item\n")
	starter.commit(t, "Second")
	starter.must(t, "tag", "v1.1.0")
	if err := update(product.root, options{version: "v1.1.0"}, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	mustBe(t, product.root, map[string]string{
		"handlers/parcels.go":      "package handlers\n\n// A Parcel is sent.\ntype Parcel struct{}\n\nvar a, b, c int\n\n// Parcels are many parcels.\ntype Parcels []Parcel\n",
		"handlers/parcels_test.go": "package handlers // tests a parcel\n",
	})
	if left := product.must(t, "ls-files", "*items*"); left != "" {
		t.Errorf("there is %s", left)
	}
	if got := read(t, product.root, ".starter"); !strings.Contains(got, "\nitem parcel parcels\n") {
		t.Errorf("the manifest is\n%s", got)
	}
}

func TestGeneratedDocumentIsNoConflict(t *testing.T) {
	starter, product := newProduct(t, true)
	write(t, product.root, "docs/openapi.json", "ours\n")
	product.commit(t, "Ours")
	write(t, starter.root, "docs/openapi.json", "theirs\n")
	advance(t, starter, "v1.1.0", "is a service.")
	var out strings.Builder
	if err := update(product.root, options{version: "v1.1.0"}, &out); err != nil {
		t.Fatal(err)
	}
	if got := read(t, product.root, "docs/openapi.json"); got != "ours\n" {
		t.Errorf("it is\n%s", got)
	}
	if !strings.Contains(out.String(), "make docs") || product.must(t, "status", "--porcelain") != "" {
		t.Errorf("it prints\n%s", &out)
	}
}

func TestConflictIsReported(t *testing.T) {
	starter, product := newProduct(t, true)
	write(t, product.root, "main.go", strings.Replace(orders["main.go"], "is an API.", "is ours.", 1))
	product.commit(t, "Ours")
	advance(t, starter, "v1.1.0", "is a service.")
	err := update(product.root, options{version: "v1.1.0"}, &strings.Builder{})
	if err == nil || !strings.HasSuffix(err.Error(), "git merge --abort:\nmain.go") {
		t.Fatalf("got %v", err)
	}
	product.must(t, "merge", "--abort")
}

func TestInvalidUpdatesAreRejected(t *testing.T) {
	starter, product := newProduct(t, true)
	unrelated := newRepository(t, orders)
	unrelated.must(t, "remote", "add", "upstream", starter.root)
	write(t, unrelated.root, ".starter", "module github.com/acme/orders\nname Acme Orders\nfrom unknown\n")
	unrelated.commit(t, "Second")
	lonely := newRepository(t, map[string]string{".starter": "module m.org/m\nname M\nfrom unknown\n"})
	dirty := newRepository(t, orders)
	write(t, dirty.root, "new.go", "")
	for _, test := range []struct{ name, root, version, want string }{
		{"no version", product.root, "", "VERSION is needed: make update VERSION="},
		{"a version that is not there", product.root, "v9.0.0", "VERSION: the starter has no v9.0.0"},
		{"no remote", lonely.root, "v1.0.0", "git remote add upstream"},
		{"no history", unrelated.root, "v1.0.0", "which version is this made from? make update VERSION=v1.0.0 FROM="},
		{"the starter", starter.root, "v1.0.0", "this is the starter itself"},
		{"a dirty tree", dirty.root, "v1.0.0", "the working tree must be clean"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := update(test.root, options{version: test.version}, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	t.Run("the same version is no update", func(t *testing.T) {
		var out strings.Builder
		if err := update(product.root, options{version: "v1.0.0"}, &out); err != nil || out.String() != "This has v1.0.0 already.\n" {
			t.Errorf("got %v and %s", err, &out)
		}
	})
}

// A later version is not trusted with files outside of its tree.
func TestHostileVersionsAreRejected(t *testing.T) {
	home := newTree(t, map[string]string{"precious/work": "years"})
	starter, product := newProduct(t, true)
	up, err := filepath.Rel(starter.root, home)
	if err != nil {
		t.Fatal(err)
	}
	head := product.must(t, "rev-parse", "HEAD")
	for _, test := range []struct{ version, line, link, want string }{
		{"v6.0.0", "drop " + up + "/precious", "", ": this is no path below the root"},
		{"v7.0.0", "keep " + home, "", ": this is no path below the root"},
		{"v8.0.0", "drop lamp/link/precious", home, "lamp/link is a link to " + home + ", out of the tree"},
		{"v9.0.0", "drop lamp/link", "../../..", "lamp/link is a link to ../../.., out of the tree"},
	} {
		write(t, starter.root, ".starter", lantern[".starter"]+test.line+"\n")
		link := filepath.Join(starter.root, "lamp/link")
		_ = os.Remove(link)
		if test.link != "" {
			if err := os.Symlink(test.link, link); err != nil {
				t.Fatal(err)
			}
		}
		starter.commit(t, test.version)
		starter.must(t, "tag", test.version)
		if err := update(product.root, options{version: test.version}, &strings.Builder{}); err == nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.version, err, test.want)
		}
	}
	if got := read(t, home, "precious/work"); got != "years" {
		t.Errorf("precious/work is %s", got)
	}
	if now := product.must(t, "rev-parse", "HEAD") + product.must(t, "status", "--porcelain"); now != head {
		t.Errorf("the product is at %s, was at %s", now, head)
	}
	if trees := product.must(t, "worktree", "list"); strings.Contains(trees, "\n") {
		t.Errorf("there are still\n%s", trees)
	}
}

func TestUpdatePrintsItsPlan(t *testing.T) {
	starter, product := newProduct(t, true)
	if err := os.Remove(filepath.Join(starter.root, "compose.yaml")); err != nil {
		t.Fatal(err)
	}
	starter.must(t, "mv", "lamp/picture", "lamp/photo")
	advance(t, starter, "v1.1.0", "is a service.")
	head := product.must(t, "rev-parse", "HEAD")
	var out strings.Builder
	if err := update(product.root, options{version: "v1.1.0", dryRun: true}, &out); err != nil {
		t.Fatal(err)
	}
	want := " to v1.1.0, under the names of Acme Orders:\n 7 files changed, 7 insertions(+), 6 deletions(-)\n" +
		" delete mode 100644 compose.yaml\n rename lamp/{picture => photo} (100%)\n create mode 100644 oil/oil.go\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
	if now := product.must(t, "rev-parse", "HEAD") + product.must(t, "status", "--porcelain"); now != head {
		t.Errorf("the dry run left %s, was %s", now, head)
	}
	out.Reset()
	if err := update(product.root, options{version: "v1.1.0"}, &out); err != nil || !strings.Contains(out.String(), want) {
		t.Errorf("got %v and\n%s", err, &out)
	}
}
