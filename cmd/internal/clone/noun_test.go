package clone

import (
	"regexp"
	"strings"
	"testing"
)

func TestNounsAreParsed(t *testing.T) {
	for text, want := range map[string]string{
		"order":           "order orders",
		"category":        "category categories",
		"company":         "company companies",
		"day":             "day days",
		"address":         "address addresses",
		"status":          "status statuses",
		"branch":          "branch branches",
		"wish":            "wish wishes",
		"person people":   "person people",
		"type":            "type types",
		"Order":           `"Order" is no noun in lower case such as order`,
		"or-der":          `"or-der" is no noun in lower case such as order`,
		"a b c":           `"a b c" is no noun in lower case such as order`,
		"":                `"" is no noun in lower case such as order`,
		"orders":          `add the plural of "orders"`,
		"person":          `add the plural of "person"`,
		"grandchild":      `add the plural of "grandchild"`,
		"shelf":           `add the plural of "shelf"`,
		"shelf shelves":   "shelf shelves",
		"roof":            "roof roofs",
		"children":        `add the plural of "children"`,
		"mouse mice":      "mouse mice",
		"box":             "box boxes",
		"photo":           "photo photos",
		"series serieses": "series serieses",
		"order line":      `"order line" is no noun in lower case such as order`,
		"Order Line":      `"Order Line" is no noun in lower case such as order`,
		"quiz":            `add the plural of "quiz"`,
		"sheep sheep":     `add the plural of "sheep"`,
	} {
		n, err := ParseNoun(text, regexp.MustCompile(`^[a-z]{2,30}$`).MatchString, "order")
		if got := n.String(); err == nil && got != want || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestArticlesFollowTheSound(t *testing.T) {
	for article, words := range map[string]string{
		"an": "order item event address invoice hour heir honor honour honest update upload umbrella uncle unknown sms html",
		"a":  "category user unit union university usage utility url uuid euro ewe one house host hotel book task year xenon",
	} {
		for word := range strings.FieldsSeq(words) {
			if got := Article(word); got != article {
				t.Errorf("got %s %s, want %s", got, word, article)
			}
		}
	}
}
