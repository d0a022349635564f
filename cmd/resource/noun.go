package main

import (
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// nameForm matches names of resources and fields, in lower case with underscores: order_line.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// parseNoun reads the name of a resource, with its plural if that is irregular.
func parseNoun(text string) (clone.Noun, error) {
	isName := func(word string) bool { return nameForm.MatchString(word) && len(word) <= 30 }
	return clone.ParseNoun(text, isName, "note or order_line")
}

// camel returns a name as one of Go: OrderLine.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		switch part {
		case "id", "url", "uri", "api", "http", "ip", "uuid":
			b.WriteString(strings.ToUpper(part))
		default:
			b.WriteString(clone.Title(part))
		}
	}
	return b.String()
}

var wordBreak = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// snake returns a name of Go as one of JSON: order_line.
func snake(name string) string {
	return strings.ToLower(wordBreak.ReplaceAllString(name, "${1}_$2"))
}

// words returns a name as it is in a sentence.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// variable returns a name as a variable of the handlers, or the other one where it has a meaning there.
func variable(name, other string) string {
	v := camel(name)
	v = strings.ToLower(v[:1]) + v[1:]
	if token.IsKeyword(v) || types.Universe.Lookup(v) != nil || slices.Contains([]string{"auth", "store", "http", "gin", "next", "caller", "parent", "c", "h"}, v) {
		return other
	}
	return v
}
