package docs_test

import "testing"

func TestEveryRefusalIsDescribed(t *testing.T) {
	doc := merge(t, config(t), routes())
	for status, want := range map[string]string{
		"400": "The credentials are malformed.",
		"401": "The credentials are missing or not accepted.",
		"429": "Too many requests from this address were refused.",
		"500": "Something went wrong in the API.",
		"503": "The credentials cannot be judged at the moment.",
	} {
		if got := at(doc, "paths", "/me", "get", "responses", status, "description"); got != want {
			t.Errorf("%s: got description %v, want %s", status, got, want)
		}
	}
}
