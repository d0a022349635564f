package handlers_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// A samplePage is a page of samples as a test reads it.
type samplePage struct {
	Samples    []struct{ ID, Name string }
	NextCursor string `json:"next_cursor"`
}

// wantPage fails unless a page has the samples with the names, separated by spaces. It returns the next cursor.
func wantPage(t *testing.T, api *apitest.API, token, query, names string) string {
	t.Helper()
	r := api.Call(t, token, "GET /samples?"+query, "")
	if r.Status != 200 {
		t.Fatalf("GET /samples?%s: got %d %s", query, r.Status, r.Body)
	}
	page := apitest.Decode[samplePage](t, r)
	var got []string
	for _, sample := range page.Samples {
		got = append(got, sample.Name)
	}
	if strings.Join(got, " ") != names {
		t.Errorf("GET /samples?%s: got %q, want %q", query, got, names)
	}
	return page.NextCursor
}

func TestListsAreReadPageByPage(t *testing.T) {
	api := startSamples(t)
	alice, bob := user(api, "alice"), user(api, "bob")
	all := map[string]sampleKey{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		all[name], _ = createSample(t, api, alice, name)
		createSample(t, api, bob, "bob's-"+name)
	}
	next := wantPage(t, api, alice, "limit=2", "a b")
	wantPage(t, api, alice, "limit=2&cursor=", "a b")

	api.Call(t, alice, "DELETE /samples/"+all["a"].ID, "") // on the page before
	api.Call(t, alice, "DELETE /samples/"+all["b"].ID, "") // the item of the cursor
	createSample(t, api, alice, "f")
	next = wantPage(t, api, alice, "limit=2&cursor="+next, "c d")
	api.Call(t, alice, "DELETE /samples/"+all["e"].ID, "") // on the next page
	if next = wantPage(t, api, alice, "limit=2&cursor="+next, "f"); next != "" {
		t.Errorf("the last page has the next_cursor %q", next)
	}
	if next = wantPage(t, api, alice, "limit=3", "c d f"); next != "" {
		t.Errorf("a full last page has the next_cursor %q", next)
	}
	next = wantPage(t, api, alice, "limit=1", "c")
	wantPage(t, api, bob, "limit=1&cursor="+next, "bob's-c")
}

const (
	limitInvalid  = `"errors":[{"parameter":"limit","message":"must be a whole number from 1 to 100"}]`
	cursorInvalid = `"errors":[{"parameter":"cursor","message":"must be a next_cursor of this list"}]`
)

func TestPagesHaveALimit(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	var names []string
	for i := range 101 {
		names = append(names, strconv.Itoa(i))
		createSample(t, api, alice, names[i])
	}
	for query, want := range map[string]int{"": 20, "limit=1": 1, "limit=100": 100} {
		wantPage(t, api, alice, query, strings.Join(names[:want], " "))
	}
	for _, limit := range []string{"", "0", "-1", "101", "x", "1.5", "1e1", "0x10", "99999999999999999999", "10 ", "１"} {
		t.Run("not "+limit, func(t *testing.T) {
			api.Call(t, alice, "GET /samples?limit="+url.QueryEscape(limit), "").WantProblem(t, problem.ParameterInvalid, limitInvalid)
		})
	}
}

func TestChangedCursorsAreRejected(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	item, _ := createSample(t, api, alice, "a")
	createSample(t, api, alice, "b")
	next := wantPage(t, api, alice, "limit=1", "a")
	for name, cursor := range map[string]string{
		"another text": "x", "the identifier": item.ID, "padding": next + "==", "too short": next[:20], "too long": next + "AAAA",
		"another alphabet": "!" + next[1:], "unused bits": next[:21] + "_", "9,000 characters": strings.Repeat("A", 9000),
		"a space": " " + next, "a line break": next[:4] + "\n" + next[4:],
	} {
		t.Run(name, func(t *testing.T) {
			api.Call(t, alice, "GET /samples?cursor="+url.QueryEscape(cursor), "").WantProblem(t, problem.ParameterInvalid, cursorInvalid)
		})
	}
}

func TestMalformedQueriesAreRejected(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	for _, query := range []string{"cursor=%zz", "limit=5;cursor=x", "limit=5&%"} {
		t.Run(query, func(t *testing.T) {
			api.Call(t, alice, "GET /samples?"+query, "").
				WantProblem(t, problem.ParameterInvalid, `"errors":[{"message":"the query is not well formed"}]`)
		})
	}
}

func TestParametersAreKnownAndThereOnce(t *testing.T) {
	api := startSamples(t)
	root := api.Token("root", "samples:read samples:write", "admin")
	const unknown, repeated = "is not known", "must not be repeated"
	for _, test := range []struct{ name, query, errors string }{
		{"an unknown one", "unknown=1", parameterErrors("unknown", unknown)},
		{"a misspelt one", "limits=5", parameterErrors("limits", unknown)},
		{"another case", "Limit=5", parameterErrors("Limit", unknown)},
		{"one without a value", "offset", parameterErrors("offset", unknown)},
		{"one without a name", "=1", `"errors":[{"message":"is not known"}]`},
		{"two limits", "limit=1&limit=2", parameterErrors("limit", repeated)},
		{"the same limit twice", "limit=1&limit=1", parameterErrors("limit", repeated)},
		{"two cursors", "cursor=&cursor=", parameterErrors("cursor", repeated)},
		{"two names for one", "limit=1&%6cimit=2", parameterErrors("limit", repeated)},
		{"all that is wrong", "limit=1&sort=name&limit=2&filter=x", parameterErrors("filter", unknown, "limit", repeated, "sort", unknown)},
		{"a long name", strings.Repeat("x", 1000) + "=1", parameterErrors(strings.Repeat("x", 299)+"…", unknown)},
		{"control characters in a name", "a%C2%85%E2%80%AEb%00=1", parameterErrors(`a\\u0085\\u202eb\\x00`, unknown)},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, list := range []string{"/samples", "/admin/samples"} {
				api.Call(t, root, "GET "+list+"?"+test.query, "").WantProblem(t, problem.ParameterInvalid, test.errors)
			}
		})
	}
	api.Call(t, root, "GET /samples?", "").WantJSON(t, 200, noSamples)
	api.Call(t, root, "GET /samples?&", "").WantJSON(t, 200, noSamples)
	api.Call(t, root, "GET /samples?access_token=x", "").WantProblem(t, problem.CredentialsMultiple)
}

// parameterErrors returns the errors member of a problem with the names of parameters, each followed by a message.
func parameterErrors(pairs ...string) string {
	var all []string
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, `{"parameter":"`+pair[0]+`","message":"`+pair[1]+`"}`)
	}
	return `"errors":[` + strings.Join(all, ",") + `]`
}

func TestAResponseNamesABoundedNumberOfParameters(t *testing.T) {
	api := startSamples(t)
	var query []string
	for i := range 500 {
		query = append(query, strconv.Itoa(i))
	}
	r := api.Call(t, user(api, "alice"), "GET /samples?"+strings.Join(query, "&"), "")
	if n := strings.Count(r.Body, "is not known"); n != 100 {
		t.Errorf("the response names %d", n)
	}
}
