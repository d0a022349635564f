package docs_test

import (
	"html"
	"strings"
	"testing"
)

func TestARouteThatAsksForAStepUpIsTheSample(t *testing.T) {
	_, body := get(t, "GET", serve(t, config(t)).URL+"/problems/step-up-required", "Accept", browser)
	page := html.UnescapeString(string(body))
	for _, want := range []string{"curl -i -X POST https://api.example.com/transfers ", `acr_values="2", max_age="300"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}
