package main

import (
	"maps"
	"strings"
	"testing"

	"example.com/gatehouse/cmd/internal/clone"
)

// catalog is a starter whose code uses common words.
func catalog() map[string]string {
	files := maps.Clone(lantern)
	files["store/items.go"] = `package store

import "net/url"

// An Item is stored.
type Item struct {
	Draft
	ID string
}

// A Draft is not stored yet.
type Draft struct{ Name string }

// Find returns an item.
func Find(items []Item, address *url.URL) *Item {
	for i, item := range items {
		if item.ID == address.Path {
			return &items[i]
		}
	}
	return nil
}
`
	files["store/route.go"] = "package store\n\ntype (\n\tRoute struct{}\n\ttable struct{ tag, Tag int }\n)\n\nfunc (r Route) Message() {}\n"
	files["store/wheels.go"] = "package store\n"
	files["handlers/items.go"] = `package handlers

import (
	"example.org/lantern/store"
)

// Items answers.
func Items(file string) (item store.Item) { return item }
`
	files["store/items_test.go"] = "package store_test\n\nvar item, message = 0, 1\n"
	files["handlers/post.go"] = `package handlers

// A page has two lists.
type page struct{ Items, Widgets []string }

type Balance struct{ Items int }

func (b Balance) Scales() {}
`
	files["main.go"] = strings.Replace(lantern["main.go"], "println(name)", `if "/items" == "/docs" { panic("/docs is taken") }`, 1)
	files["message/message.go"] = "package message\n\nfunc Message() {}\n\ntype Posts struct{}\n"
	return files
}

func TestNounsThatDoNotCollideAreAccepted(t *testing.T) {
	for noun, variable := range map[string]string{
		"parcel":  "parcel",
		"address": "item",    // a parameter
		"url":     "item",    // an import
		"type":    "item",    // a keyword
		"error":   "item",    // predeclared
		"table":   "item",    // an unexported type
		"tag":     "item",    // a field
		"post":    "post",    // of another package
		"file":    "file",    // of another package
		"message": "message", // of the package of the tests
	} {
		t.Run(noun, func(t *testing.T) {
			r := newRepository(t, catalog())
			if err := initialize(r.root, called(noun), &strings.Builder{}); err != nil {
				t.Fatal(err)
			}
			n, err := parseNoun(noun)
			if err != nil {
				t.Fatal(err)
			}
			code := read(t, r.root, "store/"+n.Many+".go")
			if tests := read(t, r.root, "store/"+n.Many+"_test.go"); noun == "message" && !strings.Contains(tests, "var item, message") {
				t.Errorf("the tests are\n%s", tests)
			}
			for _, want := range []string{"type " + clone.Title(noun) + " struct", "for i, " + variable + " := range "} {
				if !strings.Contains(code, want) {
					t.Errorf("%s is not in\n%s", want, code)
				}
			}
		})
	}
}

func TestNounsThatCollideAreRejected(t *testing.T) {
	r := newRepository(t, catalog())
	for noun, want := range map[string]string{
		"route":  "Route redeclared",   // a type
		"widget": "Widgets redeclared", // a field
		"scale":  "field and method with the same name Scales",
		"doc":    "panic: /docs is taken", // a route
	} {
		err := initialize(r.root, called(noun), &strings.Builder{})
		if err == nil || !strings.HasPrefix(err.Error(), `ITEM: the product does not compile with the noun "`+noun+`"`) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", noun, err, want)
		}
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("they changed\n%s", changes)
	}
}

// Another file has the new name, and keeps it.
func TestFilesAreNotOverwritten(t *testing.T) {
	r := newRepository(t, catalog())
	if err := initialize(r.root, called("wheel"), &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r.root, "store/wheels.go"); got != "package store\n" {
		t.Errorf("store/wheels.go is\n%s", got)
	}
	if got := read(t, r.root, "store/items.go"); !strings.Contains(got, "type Wheel struct") {
		t.Errorf("store/items.go is\n%s", got)
	}
}
