package main

import (
	"regexp"

	"example.com/gatehouse/cmd/internal/clone"
)

// A noun is what a product calls the items of the starter.
type noun = clone.Noun

// item is the starter's own noun.
var item = noun{One: "item", Many: "items"}

var validNoun = regexp.MustCompile(`^[a-z]{2,30}$`)

func parseNoun(text string) (noun, error) {
	return clone.ParseNoun(text, validNoun.MatchString, "order")
}

// forms returns what replaces each form of item.
func forms(n noun) map[string]string {
	return map[string]string{
		item.One: n.One, item.Many: n.Many,
		clone.Title(item.One): clone.Title(n.One), clone.Title(item.Many): clone.Title(n.Many),
	}
}
