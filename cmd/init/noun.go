package main

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A noun is what a product calls the items of the starter: one and many of them, in lower case.
type noun struct{ one, many string }

// item is the starter's own noun.
var item = noun{"item", "items"}

var nounPattern = regexp.MustCompile(`^[a-z]{2,30}( [a-z]{2,30})?$`)

// readNoun reads a noun: order, or category categories.
func readNoun(text string) (noun, error) {
	one, many, irregular := strings.Cut(text, " ")
	if !nounPattern.MatchString(text) || ofGo(one) || ofGo(many) {
		return noun{}, fmt.Errorf(`ITEM: %q is not what you call one item, such as order, with the plural behind if it is not orders: "category categories"`, text)
	}
	switch {
	case !irregular && sibilant.MatchString(one):
		return noun{}, fmt.Errorf(`ITEM: say what many of %q are called, with the plural behind: "address addresses"`, one)
	case !irregular:
		many = one + "s"
	}
	if slices.Contains(reserved, one) || slices.Contains(reserved, many) {
		return noun{}, fmt.Errorf("ITEM: %q is a word of SQL, or of the code around the items: take another one", one)
	}
	return noun{one, many}, nil
}

// ofGo reports whether a word has a meaning in every file of Go.
func ofGo(word string) bool { return token.IsKeyword(word) || types.Universe.Lookup(word) != nil }

// sibilant matches words whose plural does not just have an s more, and plurals themselves.
var sibilant = regexp.MustCompile(`(s|x|z|ch|sh|[^aeiou]y)$`)

// reserved are words that items cannot have: of SQL as the name of a table, and of what an item has.
var reserved = []string{"owner", "values", "references", "columns", "rows", "tables", "groups", "indexes", "version", "name", "description"}

func (n noun) String() string { return n.one + " " + n.many }

// unused reports whether the code declares something that is called as the noun. Files are relative
// to root.
func (n noun) unused(root string, files []string) error {
	words := strings.Join([]string{n.one, n.many, title(n.one), title(n.many)}, "|")
	declares := regexp.MustCompile(`(?m)^(func|type|var|const) (` + words + `)\b.*`)
	for _, file := range files {
		if filepath.Ext(file) != ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return err
		}
		if line := declares.Find(text); line != nil {
			return fmt.Errorf("ITEM: %s is a word of the code: %s has %s", n.one, file, line)
		}
	}
	return nil
}

// Every item, with its article. What stands around it decides whether it is the noun.
var items = regexp.MustCompile(`(\b[Aa]n )?[Ii]tems?`)

// apply returns a text with the noun instead of item.
func (n noun) apply(text string) string {
	if n == item {
		return text
	}
	var out strings.Builder
	last := 0
	for _, at := range items.FindAllStringSubmatchIndex(text, -1) {
		start, end, article := at[0], at[1], at[3]
		if article > 0 {
			start = article
		}
		if follows(text[:start]) && text[start] == 'i' || end < len(text) && 'a' <= text[end] && text[end] <= 'z' {
			continue // omitempty, itemize
		}
		out.WriteString(text[last:at[0]])
		if article > 0 {
			out.WriteString(n.article(text[at[0]:article]))
		}
		out.WriteString(n.like(text[start:end]))
		last = end
	}
	out.WriteString(text[last:])
	return out.String()
}

// like returns the noun in the number and the case of a word for item.
func (n noun) like(word string) string {
	form := n.one
	if strings.HasSuffix(word, "s") {
		form = n.many
	}
	if word[0] == 'I' {
		return title(form)
	}
	return form
}

// article returns the article of the noun in place of "an ".
func (n noun) article(an string) string {
	if strings.IndexByte("aeio", n.one[0]) >= 0 { // a user, a unit
		return an
	}
	return an[:1] + " "
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
