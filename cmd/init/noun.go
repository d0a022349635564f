package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A noun is what a product calls the items of the starter, in lower case.
type noun struct{ one, many string }

// item is the starter's own noun.
var item = noun{"item", "items"}

var (
	validNoun = regexp.MustCompile(`^[a-z]{2,30}( [a-z]{2,30})?$`)
	// sibilant and consonantY match words whose plural has es and ies.
	sibilant   = regexp.MustCompile(`(ss|us|x|ch|sh)$`)
	consonantY = regexp.MustCompile(`[^aeiou]y$`)
	// ambiguous matches plurals, and words whose plural does not follow from their end: quiz, analysis.
	ambiguous = regexp.MustCompile(`[sz]$`)
)

// parseNoun reads a noun, with its plural if that is irregular: "order" or "person people".
func parseNoun(text string) (noun, error) {
	one, many, _ := strings.Cut(text, " ")
	if !validNoun.MatchString(text) {
		return noun{}, fmt.Errorf(`%q is no noun in lower case such as order, or "person people" with an irregular plural`, text)
	}
	if many == "" {
		many = plural(one)
	}
	if many == "" || many == one {
		return noun{}, fmt.Errorf(`add the plural of %q, another word: as in "person people"`, one)
	}
	return noun{one, many}, nil
}

// plural returns the regular plural of a word, or nothing if it may be another.
func plural(word string) string {
	switch {
	case sibilant.MatchString(word):
		return word + "es"
	case consonantY.MatchString(word):
		return strings.TrimSuffix(word, "y") + "ies"
	case ambiguous.MatchString(word):
		return ""
	}
	return word + "s"
}

func (n noun) String() string { return n.one + " " + n.many }

// forms returns what replaces each form of item.
func (n noun) forms() map[string]string {
	return map[string]string{item.one: n.one, item.many: n.many, title(item.one): title(n.one), title(item.many): title(n.many)}
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

var (
	// vowel matches words that sound as if they began with a vowel, or would if consonant did not match:
	// an hour, an SMS.
	vowel = regexp.MustCompile(`^([aeiou]|hour|heir|hono|honest|[fhlmnrsx][^aeiouy]*$)`)
	// consonant matches words that begin with a vowel and sound otherwise: a user, a euro, a URL.
	consonant = regexp.MustCompile(`^(e[uw]|one$|once|uni([^nmd]|mo)|u[bcfhjkqrst][aeiou]|url$|uuid)`)
)

// takesAn reports whether the noun's article is "an".
func (n noun) takesAn() bool { return vowel.MatchString(n.one) && !consonant.MatchString(n.one) }
