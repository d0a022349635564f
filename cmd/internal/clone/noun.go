package clone

import (
	"fmt"
	"regexp"
	"strings"
)

// A Noun is what a product calls the rows of a resource, in lower case.
type Noun struct{ One, Many string }

func (n Noun) String() string { return n.One + " " + n.Many }

// ParseNoun reads a noun, with its plural if that is irregular: "order" or "person people". Valid reports whether a word
// can be a name, and example is a noun for the error.
func ParseNoun(text string, valid func(word string) bool, example string) (Noun, error) {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 2 || !valid(words[0]) || !valid(words[len(words)-1]) || words[0][0] != words[len(words)-1][0] {
		return Noun{}, fmt.Errorf(`%q is no noun in lower case such as %s, or "person people" with an irregular plural`, text, example)
	}
	n := Noun{words[0], plural(words[0])}
	if len(words) == 2 {
		n.Many = words[1]
	}
	if n.Many == "" || n.Many == n.One {
		return Noun{}, fmt.Errorf(`add the plural of %q, another word: as in "person people"`, n.One)
	}
	return n, nil
}

var (
	// sibilant and consonantY match words whose plural has es and ies.
	sibilant   = regexp.MustCompile(`(ss|us|x|ch|sh)$`)
	consonantY = regexp.MustCompile(`[^aeiou]y$`)
	// ambiguous matches plurals, and words whose plural does not follow from their end: quiz, analysis, shelf, person.
	ambiguous = regexp.MustCompile(`([sz]|lf|arf|eaf|oaf|ief|ife|man|person|child|foot|tooth|goose|mouse|datum|medium|criterion|` +
		`hero|echo|potato|tomato|sheep|fish|people|children|women|data|media)$`)
)

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

var (
	// vowel matches words that sound as if they began with a vowel, or would if consonant did not match:
	// an hour, an SMS.
	vowel = regexp.MustCompile(`^([aeiou]|hour|heir|hono|honest|[fhlmnrsx][^aeiouy]*$)`)
	// consonant matches words that begin with a vowel and sound otherwise: a user, a euro, a URL.
	consonant = regexp.MustCompile(`^(e[uw]|one$|once|uni([^nmd]|mo)|u[bcfhjkqrst][aeiou]|url$|uuid)`)
)

// Article returns the article of a word.
func Article(word string) string {
	if vowel.MatchString(word) && !consonant.MatchString(word) {
		return "an"
	}
	return "a"
}

// Title returns a word that begins with a capital letter.
func Title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
