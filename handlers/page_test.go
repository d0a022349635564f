package handlers_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// An itemPage is a page of items as a test reads it.
type itemPage struct {
	Items      []struct{ ID, Name string }
	NextCursor string `json:"next_cursor"`
}

// wantPage fails unless a page has the items with the names, separated by spaces. It returns the next cursor.
func wantPage(t *testing.T, api *apitest.API, token, query, names string) string {
	t.Helper()
	r := api.Call(t, token, "GET /items?"+query, "")
	if r.Status != 200 {
		t.Fatalf("GET /items?%s: got %d %s", query, r.Status, r.Body)
	}
	page := apitest.Decode[itemPage](t, r)
	var got []string
	for _, item := range page.Items {
		got = append(got, item.Name)
	}
	if strings.Join(got, " ") != names {
		t.Errorf("GET /items?%s: got %q, want %q", query, got, names)
	}
	return page.NextCursor
}

func TestListsAreReadPageByPage(t *testing.T) {
	api := apitest.Start(t)
	alice, bob := user(api, "alice"), user(api, "bob")
	items := map[string]itemKey{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		items[name], _ = createItem(t, api, alice, name)
		createItem(t, api, bob, "bob's-"+name)
	}
	next := wantPage(t, api, alice, "limit=2", "a b")
	wantPage(t, api, alice, "limit=2&cursor=", "a b")

	api.Call(t, alice, "DELETE /items/"+items["a"].ID, "") // on the page before
	api.Call(t, alice, "DELETE /items/"+items["b"].ID, "") // the item of the cursor
	createItem(t, api, alice, "f")
	next = wantPage(t, api, alice, "limit=2&cursor="+next, "c d")
	api.Call(t, alice, "DELETE /items/"+items["e"].ID, "") // on the next page
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
	api := apitest.Start(t)
	alice := user(api, "alice")
	var names []string
	for i := range 101 {
		names = append(names, strconv.Itoa(i))
		createItem(t, api, alice, names[i])
	}
	for query, want := range map[string]int{"": 20, "limit=1": 1, "limit=100": 100} {
		wantPage(t, api, alice, query, strings.Join(names[:want], " "))
	}
	for _, limit := range []string{"", "0", "-1", "101", "x", "1.5", "1e1", "0x10", "99999999999999999999", "10 ", "１"} {
		t.Run("not "+limit, func(t *testing.T) {
			api.Call(t, alice, "GET /items?limit="+url.QueryEscape(limit), "").WantProblem(t, problem.ParameterInvalid, limitInvalid)
		})
	}
}

func TestChangedCursorsAreRejected(t *testing.T) {
	api := apitest.Start(t)
	alice := user(api, "alice")
	item, _ := createItem(t, api, alice, "a")
	createItem(t, api, alice, "b")
	next := wantPage(t, api, alice, "limit=1", "a")
	for name, cursor := range map[string]string{
		"another text": "x", "the identifier": item.ID, "padding": next + "==", "too short": next[:20], "too long": next + "AAAA",
		"another alphabet": "!" + next[1:], "unused bits": next[:21] + "_", "9,000 characters": strings.Repeat("A", 9000),
		"a space": " " + next, "a line break": next[:4] + "\n" + next[4:],
	} {
		t.Run(name, func(t *testing.T) {
			api.Call(t, alice, "GET /items?cursor="+url.QueryEscape(cursor), "").WantProblem(t, problem.ParameterInvalid, cursorInvalid)
		})
	}
}

func TestMalformedQueriesAreRejected(t *testing.T) {
	api := apitest.Start(t)
	alice := user(api, "alice")
	for _, query := range []string{"cursor=%zz", "limit=5;cursor=x", "limit=5&%"} {
		t.Run(query, func(t *testing.T) {
			api.Call(t, alice, "GET /items?"+query, "").
				WantProblem(t, problem.ParameterInvalid, `"errors":[{"message":"the query is not well formed"}]`)
		})
	}
	api.Call(t, alice, "GET /items?unknown=1", "").WantJSON(t, 200, emptyList)
}
