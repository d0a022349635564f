package handlers_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

// listing is a page as the tests read it.
type listing struct {
	Items      []struct{ ID, Name string }
	NextCursor string `json:"next_cursor"`
}

// page returns the names on a page and where the next begins.
func (s *server) page(t *testing.T, token, query string) ([]string, string) {
	t.Helper()
	r := s.call(t, token, "GET /items?"+query, "")
	if r.status != 200 {
		t.Fatalf("GET /items?%s answers %d %s", query, r.status, r.body)
	}
	page := decode[listing](t, r.body)
	var names []string
	for _, item := range page.Items {
		names = append(names, item.Name)
	}
	return names, page.NextCursor
}

func wantNames(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the page has %q, want %q", got, want)
	}
}

func TestAListIsReadPageByPage(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	ids := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		i, _ := s.create(t, alice, name)
		ids[name] = i.ID
		s.create(t, s.user("bob"), name+" of bob")
	}
	names, next := s.page(t, alice, "limit=2")
	wantNames(t, names, "a", "b")
	wantSame, _ := s.page(t, alice, "limit=2&cursor=")
	wantNames(t, wantSame, "a", "b")

	s.call(t, alice, "DELETE /items/"+ids["a"], "") // on a page that was read
	s.call(t, alice, "DELETE /items/"+ids["b"], "") // where the cursor points
	s.create(t, alice, "f")
	names, next = s.page(t, alice, "limit=2&cursor="+next)
	wantNames(t, names, "c", "d")
	s.call(t, alice, "DELETE /items/"+ids["e"], "") // on the page that is next
	names, next = s.page(t, alice, "limit=2&cursor="+next)
	wantNames(t, names, "f")
	if next != "" {
		t.Errorf("the last page has the next_cursor %q", next)
	}
	names, next = s.page(t, alice, "limit=3")
	wantNames(t, names, "c", "d", "f")
	if next != "" {
		t.Errorf("a last page that is full has the next_cursor %q", next)
	}
	if names, _ := s.page(t, s.user("bob"), "limit=1&cursor="+next); len(names) != 1 {
		t.Errorf("bob's page has %q", names)
	}
}

const (
	limitInvalid  = `"errors":[{"parameter":"limit","message":"must be a whole number from 1 to 100"}]`
	cursorInvalid = `"errors":[{"parameter":"cursor","message":"must be a next_cursor of this list"}]`
)

func TestALimitIsBounded(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	for i := range 101 {
		s.create(t, alice, strconv.Itoa(i))
	}
	for query, want := range map[string]int{"": 20, "limit=1": 1, "limit=100": 100} {
		if names, _ := s.page(t, alice, query); len(names) != want {
			t.Errorf("%q gives %d items, want %d", query, len(names), want)
		}
	}
	for _, limit := range []string{"", "0", "-1", "101", "x", "1.5", "1e1", "0x10", "99999999999999999999", "10 ", "１"} {
		t.Run("not "+limit, func(t *testing.T) {
			s.call(t, alice, "GET /items?limit="+url.QueryEscape(limit), "").wantProblem(t, problem.ParameterInvalid, limitInvalid)
		})
	}
}

func TestACursorIsTakenAsItWasGiven(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	i, _ := s.create(t, alice, "a")
	s.create(t, alice, "b")
	_, next := s.page(t, alice, "limit=1")
	for name, cursor := range map[string]string{
		"not a cursor": "x", "the item's own identifier": i.ID, "padded": next + "==", "cut": next[:20], "longer": next + "AAAA",
		"of another alphabet": "!" + next[1:], "with bits that are not used": next[:21] + "_", "huge": strings.Repeat("A", 9000),
		"with a space": " " + next, "with a line break": next[:4] + "\n" + next[4:],
	} {
		t.Run(name, func(t *testing.T) {
			s.call(t, alice, "GET /items?cursor="+url.QueryEscape(cursor), "").wantProblem(t, problem.ParameterInvalid, cursorInvalid)
		})
	}
}

func TestAQueryIsReadAsAWholeOrNotAtAll(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	for _, query := range []string{"cursor=%zz", "limit=5;cursor=x", "limit=5&%"} {
		t.Run(query, func(t *testing.T) {
			s.call(t, alice, "GET /items?"+query, "").wantProblem(t, problem.ParameterInvalid, at("", "the query is not well formed"))
		})
	}
	s.call(t, alice, "GET /items?unknown=1", "").wantJSON(t, 200, `{"items":[],"next_cursor":null}`)
}
