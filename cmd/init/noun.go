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

// A noun is what a product calls the items of the starter, in lower case.
type noun struct{ one, many string }

// item is the starter's own noun.
var item = noun{"item", "items"}

var (
	validNoun = regexp.MustCompile(`^[a-z]{2,30}( [a-z]{2,30})?$`)
	// irregular matches words whose plural is not the word and an s, and words that are plurals.
	irregular = regexp.MustCompile(`(s|x|z|ch|sh|[^aeiou]y)$`)
)

// reserved are nouns that SQL has, and the names of columns.
var reserved = []string{"owner", "values", "references", "columns", "rows", "tables", "groups", "indexes", "version", "name", "description"}

// parseNoun reads a noun, with its plural if that is irregular: "order" or "category categories".
func parseNoun(text string) (noun, error) {
	one, many, hasPlural := strings.Cut(text, " ")
	switch {
	case !validNoun.MatchString(text) || reservedByGo(one) || reservedByGo(many):
		return noun{}, fmt.Errorf(`ITEM: %q is no noun such as order, or "category categories" with an irregular plural`, text)
	case !hasPlural && irregular.MatchString(one):
		return noun{}, fmt.Errorf(`ITEM: add the plural of %q, as in "address addresses"`, one)
	case !hasPlural:
		many = one + "s"
	}
	if slices.Contains(reserved, one) || slices.Contains(reserved, many) {
		return noun{}, fmt.Errorf("ITEM: %q is a word of SQL, or a column of the items: choose another noun", one)
	}
	return noun{one, many}, nil
}

func reservedByGo(word string) bool {
	return token.IsKeyword(word) || types.Universe.Lookup(word) != nil
}

func (n noun) String() string { return n.one + " " + n.many }

// forms returns what replaces each form of item.
func (n noun) forms() map[string]string {
	return map[string]string{item.one: n.one, item.many: n.many, title(item.one): title(n.one), title(item.many): title(n.many)}
}

// checkUnused returns an error if the code in these files, relative to root, declares the noun already.
func (n noun) checkUnused(root string, files []string) error {
	words := strings.Join([]string{n.one, n.many, title(n.one), title(n.many)}, "|")
	declaration := regexp.MustCompile(`(?m)^(func|type|var|const) (` + words + `)\b.*`)
	for _, file := range files {
		if filepath.Ext(file) != ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return err
		}
		if line := declaration.Find(text); line != nil {
			return fmt.Errorf("ITEM: the code uses the word %s: %s has %s", n.one, file, line)
		}
	}
	return nil
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
