package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// An operation is what a test reads of one.
type operation struct {
	Parameters []struct{ Name, Description string }
	Responses  map[string]struct {
		Description string
		Headers     map[string]struct{ Description string }
	}
}

// TestFormCompletesTheComment has, for each operation, all its parameters and responses with their headers.
func TestFormCompletesTheComment(t *testing.T) {
	b, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]operation
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"get /items":               "limit cursor count_from count_to kind shelf done due_from due_to price_from price_to seen_from seen_to; 200 Link, 400, 503, default",
		"post /items":              "; 201 ETag Location, 400, 408, 409, 413, 415, 422, 503",
		"get /items/{id}":          "id If-None-Match; 200 ETag, 304, 404, 412, 503",
		"put /items/{id}":          "id If-Match; 200 Content-Location ETag, 400, 404, 408, 412, 413, 415, 422, 428, 503",
		"patch /items/{id}":        "id If-Match; 200 Content-Location ETag, 400, 404, 408, 412, 413, 415, 422, 428, 503",
		"delete /items/{id}":       "id If-Match; 204, 404, 409, 412, 428, 503",
		"post /items/{id}/publish": "id when; 204, 400, 404",
		"get /admin/items":         "limit cursor count_from count_to kind shelf done due_from due_to price_from price_to seen_from seen_to; 200, 400, 503",
		"get /readyz":              "; 200, 503",
		"get /shelves/{room}":      "room If-None-Match; 200 ETag, 304, 404",
	} {
		t.Run(name, func(t *testing.T) {
			method, path, _ := strings.Cut(name, " ")
			if got := doc.Paths[path][method].String(); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	list, put := doc.Paths["/items"]["get"], doc.Paths["/items/{id}"]["put"]
	for what, got := range map[string]struct{ got, want string }{
		"a parameter that the comment has": {list.Parameters[0].Description, "How many"},
		"a response that the comment has":  {list.Responses["400"].Description, "Said here"},
		"the noun of a row":                {put.Responses["200"].Headers["ETag"].Description, "Version of the small item, for If-Match and If-None-Match."},
	} {
		if got.got != got.want {
			t.Errorf("%s: got %q, want %q", what, got.got, got.want)
		}
	}
}

// String returns the parameters, and the responses with their headers.
func (op operation) String() string {
	var parameters, responses []string
	for _, p := range op.Parameters {
		parameters = append(parameters, p.Name)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		names := slices.Sorted(maps.Keys(op.Responses[status].Headers))
		responses = append(responses, strings.Join(append([]string{status}, names...), " "))
	}
	return strings.Join(parameters, " ") + "; " + strings.Join(responses, ", ")
}
