package main

import (
	"strings"
	"testing"
)

func TestItemsAreRenamed(t *testing.T) {
	for _, test := range []struct{ name, text, order, category string }{
		{"one", "item, Item", "order, Order", "category, Category"},
		{"many", "items, Items", "orders, Orders", "categories, Categories"},
		{"with an article", "an item. An Item", "an order. An Order", "a category. A Category"},
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
			for n, want := range map[noun]string{{"order", "orders"}: test.order, {"category", "categories"}: test.category, item: test.text} {
				r := newRenamer(&manifest{module: "example.org/lantern", name: "Lantern"}, &manifest{module: "example.org/lantern", name: "Lantern", item: n})
				if got := r.apply(test.text); got != want {
					t.Errorf("%s: got\n%s\nwant\n%s", n, got, want)
				}
			}
		})
	}
}

func TestNounsAreParsed(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"order", "order orders"},
		{"my order", "my order"},
		{"categ categorys", "categ categorys"},
		{"Order", `ITEM: "Order" is no noun such as order`},
		{"or-der", `ITEM: "or-der" is no noun such as order`},
		{"a b c", `ITEM: "a b c" is no noun such as order`},
		{"orders", `ITEM: add the plural of "orders"`},
		{"category", `ITEM: add the plural of "category"`},
		{"owner", `ITEM: "owner" is a word of SQL, or a column`},
		{"value", `ITEM: "value" is a word of SQL, or a column`},
		{"type", `ITEM: "type" is no noun such as order`},
		{"type types", `ITEM: "type types" is no noun such as order`},
		{"len lens", `ITEM: "len lens" is no noun such as order`},
	} {
		n, err := parseNoun(test.text)
		if got := n.String(); err == nil && got != test.want || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: got %q, %v, want %q", test.text, got, err, test.want)
		}
	}
}
