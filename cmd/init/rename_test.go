package main

import "testing"

func TestNamesAreRenamed(t *testing.T) {
	before := &manifest{module: "example.org/lantern", name: "Lantern"}
	after := &manifest{module: "github.com/acme/lantern-shop", name: "Acme Shop", item: item}
	r := newRenamer(before, after, "example.net/fork")
	for _, test := range []struct{ name, text, want string }{
		{"the module", `import "example.org/lantern"`, `import "github.com/acme/lantern-shop"`},
		{"a package", `"example.org/lantern/auth"`, `"github.com/acme/lantern-shop/auth"`},
		{"the path that the module has already", `"example.net/fork/auth"`, `"github.com/acme/lantern-shop/auth"`},
		{"a module that begins alike", "example.org/lantern-ui example.org/lanterns", "example.org/lantern-ui example.org/lanterns"},
		{"the name", "Lantern's page, by Lantern.", "Acme Shop's page, by Acme Shop."},
		{"a part of a word", "Lanterns lanterns alantern", "Lanterns lanterns alantern"},
		{"the command on a line of its own in a string", `"%v\nlantern -h"`, `"%v\nacme-shop -h"`},
		{"the command", "lantern health", "acme-shop health"},
		{"a host", "http://lantern:8080/ lantern.example.org", "http://acme-shop:8080/ acme-shop.example.org"},
		{"a file", `href="lantern.css"`, `href="acme-shop.css"`},
		{"a realm", `Bearer realm="lantern", Bearer realm=\"lantern\"`, `Bearer realm="acme-shop", Bearer realm=\"acme-shop\"`},
		{"a provider's realm", "/realms/lantern", "/realms/acme-shop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := r.apply(test.text); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestStarterLinesAreDeleted(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"in a script", "a\n# starter:begin\nb\n# starter:end\nc\n", "a\nc\n"},
		{"in a page", "a\n<!-- starter:begin: why -->\nb\n<!-- starter:end -->\nc\n", "a\nc\n"},
		{"in code", "a\n\t// starter:begin\nb\n\t// starter:end\nc", "a\nc"},
		{"words about such lines", "the comments starter:begin and starter:end\n", "the comments starter:begin and starter:end\n"},
		{"twice", "a\n# starter:begin\nb\n# starter:end\nc\n  # starter:begin\nd\n  # starter:end\ne\n", "a\nc\ne\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := starterLines.ReplaceAllString(test.text, ""); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
