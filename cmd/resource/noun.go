package main

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// A noun is the name of a resource, in lower case with underscores: order_line and order_lines.
type noun struct{ one, many string }

var (
	validName  = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	sibilant   = regexp.MustCompile(`(ss|us|x|ch|sh)$`)
	consonantY = regexp.MustCompile(`[^aeiou]y$`)
	vowel      = regexp.MustCompile(`^([aeio]|un[^i]|u[lmpr]|hour|honor)`)
)

// parseNoun reads a noun, with its plural if that is irregular: "note" or "person people".
func parseNoun(variable, text string) (noun, error) {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 2 || slices.ContainsFunc(words, func(w string) bool { return !validName.MatchString(w) || len(w) > 30 }) {
		return noun{}, fmt.Errorf(`%s: %q is no noun in lower case such as note or order_line, or "person people" with an irregular plural`, variable, text)
	}
	n := noun{words[0], plural(words[0])}
	if len(words) == 2 {
		n.many = words[1]
	}
	if n.many == "" || n.many == n.one {
		return noun{}, fmt.Errorf(`%s: add the plural of %q, another word: as in "person people"`, variable, n.one)
	}
	return n, nil
}

// plural returns the regular plural of a word, or nothing if it may be another.
func plural(word string) string {
	switch {
	case sibilant.MatchString(word):
		return word + "es"
	case consonantY.MatchString(word):
		return strings.TrimSuffix(word, "y") + "ies"
	case strings.HasSuffix(word, "s") || strings.HasSuffix(word, "z"):
		return ""
	}
	return word + "s"
}

// article returns the article of a word.
func article(word string) string {
	if vowel.MatchString(word) {
		return "an"
	}
	return "a"
}

// camel returns a name as one of Go: OrderLine.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		switch part {
		case "id", "url", "uri", "api", "http", "ip", "uuid":
			b.WriteString(strings.ToUpper(part))
		default:
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// variable returns a name as a variable of the handlers, or the other one where it has a meaning there.
func variable(name, other string) string {
	v := camel(name)
	v = strings.ToLower(v[:1]) + v[1:]
	if token.IsKeyword(v) || types.Universe.Lookup(v) != nil || slices.Contains([]string{"auth", "store", "http", "gin", "next", "caller", "parent", "c", "h"}, v) {
		return other
	}
	return v
}

// words returns a name as it is in a sentence.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
