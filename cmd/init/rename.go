package main

import (
	"regexp"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// A renamer replaces the names of one tree by those of another.
type renamer struct {
	words *regexp.Regexp
	names map[string]string // whole words
	noun  noun
	forms map[string]string // parts of words, such as Item in ListItems; nil if items stay items
}

// newRenamer returns a renamer from one manifest to another. The tree may have further module paths.
func newRenamer(before, after *manifest, modules ...string) *renamer {
	r := &renamer{
		names: map[string]string{before.name: after.name, before.slug(): after.slug(), after.module: after.module},
		noun:  after.item,
	}
	modules = append(modules, before.module, after.module)
	for i, module := range modules {
		r.names[module] = after.module
		modules[i] = regexp.QuoteMeta(module)
	}
	if after.item != item {
		r.forms = forms(after.item)
	}
	// An escape such as \n is no part of the word that follows it. The path of another module may begin
	// with one of these paths.
	r.words = regexp.MustCompile(`\\[a-z]|(?:` + strings.Join(modules, "|") + `)[\w-]*|(?:` +
		regexp.QuoteMeta(before.name) + `|` + regexp.QuoteMeta(before.slug()) + `)\b|[A-Za-z0-9]+`)
	return r
}

var (
	// anItem matches the article with the noun, or with a name that begins with it, such as ItemStore. Between
	// them may be a line break in a comment, a quote or a bracket.
	anItem = regexp.MustCompile("\\b([Aa])n([\\s/#*>\"'`(\\[]+[Ii]tems?)(\\b|[A-Z_])")
	// wordPart matches the parts of camelCase.
	wordPart = regexp.MustCompile(`[A-Z]?[a-z]+`)
)

// apply returns the text with the new names.
func (r *renamer) apply(text string) string {
	if r.forms != nil && clone.Article(r.noun.One) == "a" {
		text = anItem.ReplaceAllString(text, "$1$2$3")
	}
	return r.words.ReplaceAllStringFunc(text, func(word string) string {
		if name, ok := r.names[word]; ok {
			return name
		}
		if r.forms == nil || word[0] == '\\' {
			return word
		}
		return wordPart.ReplaceAllStringFunc(word, func(part string) string {
			if form, ok := r.forms[part]; ok {
				return form
			}
			return part
		})
	})
}

// starterLines matches the lines between the comments starter:begin and starter:end, and these comments.
var starterLines = regexp.MustCompile(`(?ms)^[ \t]*(?:#|//|<!--) starter:begin\b.*?^[ \t]*(?:#|//|<!--) starter:end\b[^\n]*\n?`)
