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

// camel returns a name as one of Go: OrderLine, URLs.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		b.WriteString(clone.Title(acronym.ReplaceAllStringFunc(part, upper)))
	}
	return b.String()
}

var (
	acronym = regexp.MustCompile(`\b(id|url|uri|api|http|ip|uuid)s?\b`)
	// wordBreak matches where a word of a name begins, also after an acronym: APIToken.
	wordBreak = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
)

// upper writes an acronym in capitals, but for the s of its plural.
func upper(word string) string {
	one := strings.TrimSuffix(word, "s")
	return strings.ToUpper(one) + word[len(one):]
}

// snake returns a name of Go as one of JSON: order_line.
func snake(name string) string {
	return strings.ToLower(wordBreak.ReplaceAllString(name, "${1}${3}_$2$4"))
}

// words returns a name as it is in a sentence: order line, API token.
func words(name string) string {
	return acronym.ReplaceAllStringFunc(strings.ReplaceAll(name, "_", " "), upper)
}

// variable returns a name as a variable of the handlers, or the other one where it has a meaning there.
func variable(name, other string) string {
	first, _, _ := strings.Cut(name, "_")
	v := first + camel(name)[len(first):]
	if token.IsKeyword(v) || types.Universe.Lookup(v) != nil || slices.Contains([]string{"auth", "store", "http", "gin", "next", "caller", "parent", "c", "h"}, v) {
		return other
	}
	return v
}
