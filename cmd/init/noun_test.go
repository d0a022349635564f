package main

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

func TestItemsAreRenamed(t *testing.T) {
	for _, test := range []struct{ name, text, order, category string }{
		{"one", "item, Item", "order, Order", "category, Category"},
		{"many", "items, Items", "orders, Orders", "categories, Categories"},
		{"with an article", "an item. An Item", "an order. An Order", "a category. A Category"},
		{"with an article in another line", "an\n\t// item", "an\n\t// order", "a\n\t// category"},
		{"with an article and a link", "an [item](items.go), an `item`", "an [order](orders.go), an `order`", "a [category](categories.go), a `category`"},
		{"with an article and a name", "An ItemStore. An itemize", "An OrderStore. An itemize", "A CategoryStore. An itemize"},
		{"an article is a word", "than item", "than order", "than category"},
		{"in a path", "/items/:id /items/{item-id}", "/orders/:id /orders/{order-id}", "/categories/:id /categories/{category-id}"},
		{"a scope", `"items:read"`, `"orders:read"`, `"categories:read"`},
		{"in a name of Go", "hiddenItem ListItems ItemsOf itemOf", "hiddenOrder ListOrders OrdersOf orderOf", "hiddenCategory ListCategories CategoriesOf categoryOf"},
		{"in a name of SQL", "last_item items_of_owner", "last_order orders_of_owner", "last_category categories_of_owner"},
		{"a part of a word", "omitempty itemize itemsize Itemized", "omitempty itemize itemsize Itemized", "omitempty itemize itemsize Itemized"},
		{"in capitals", "ITEM ITEMS:READ", "ITEM ITEMS:READ", "ITEM ITEMS:READ"},
		{"on a line of its own in a string", `"a\nitems\titem"`, `"a\norders\torder"`, `"a\ncategories\tcategory"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for n, want := range map[noun]string{
				{One: "order", Many: "orders"}: test.order, {One: "category", Many: "categories"}: test.category, item: test.text,
			} {
				r := newRenamer(&manifest{module: "example.org/lantern", name: "Lantern"}, &manifest{module: "example.org/lantern", name: "Lantern", item: n})
				if got := r.apply(test.text); got != want {
					t.Errorf("%s: got\n%s\nwant\n%s", n, got, want)
				}
			}
		})
	}
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
		return initialize(r.root, options{module: "github.com/acme/items", name: name, item: item}, &strings.Builder{})
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
