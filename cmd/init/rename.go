package main

import (
	"regexp"
	"strings"
)

// A renamer replaces the names of one tree by those of another.
type renamer struct {
	words   *regexp.Regexp
	names   map[string]string // whole words
	forms   map[string]string // parts of words, such as Item in ListItems
	article bool              // the noun does not begin with a vowel: a category, not an category
}

// newRenamer returns a renamer from one manifest to another. The tree may have further module paths.
func newRenamer(before, after *manifest, modules ...string) *renamer {
	r := &renamer{names: map[string]string{before.name: after.name, before.slug(): after.slug(), after.module: after.module}}
	modules = append(modules, before.module, after.module)
	for i, module := range modules {
		r.names[module] = after.module
		modules[i] = regexp.QuoteMeta(module)
	}
	if after.item != item {
		r.forms = after.item.forms()
		r.article = !strings.ContainsRune("aeio", rune(after.item.one[0])) // u as in a user, a unit
	}
	// An escape such as \n is no part of the word that follows it. The path of another module may begin
	// with one of these paths.
	r.words = regexp.MustCompile(`\\[a-z]|(?:` + strings.Join(modules, "|") + `)[\w-]*|(?:` +
		regexp.QuoteMeta(before.name) + `|` + regexp.QuoteMeta(before.slug()) + `)\b|[A-Za-z0-9]+`)
	return r
}

var (
	anItem = regexp.MustCompile(`\b([Aa])n ([Ii]tems?)\b`)
	// wordPart matches the parts of camelCase.
	wordPart = regexp.MustCompile(`[A-Z]?[a-z]+`)
)

// apply returns the text with the new names.
func (r *renamer) apply(text string) string {
	if r.article {
		text = anItem.ReplaceAllString(text, "$1 $2")
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
