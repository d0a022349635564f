package apitest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/problem"
)

// MergePatch is the header of the body of PATCH.
const MergePatch = "Content-Type: application/merge-patch+json"

// Resource tests the operations of a resource at the path of its list, such as "/items": that each stores and
// returns what its body has, that members follow their rules, that lists are filtered, and that rows belong to their
// owner. Bodies are the examples of the document. For rows that belong to all callers, use [SharedResource].
func Resource(t *testing.T, list string) { startResource(t, list).run(t, false) }

// SharedResource is [Resource] for rows that belong to all callers alike.
func SharedResource(t *testing.T, list string) { startResource(t, list).run(t, true) }

// A resource is a resource that is tested, with one row of alice.
type resource struct {
	*API
	list       string // as the document writes it: /projects/{id}/notes
	operations *docstest.Requests
	alice, bob string         // tokens
	post, body string         // the request that created the row
	created    map[string]any // the row
	row        string         // its path
	rows       string         // the path of rows, as the document writes it
}

func startResource(t *testing.T, list string) *resource {
	t.Helper()
	r := &resource{API: Start(t), list: list, rows: "/" + path.Base(list) + "/{id}"}
	all := ginauth.RequiredBy(r.Table())
	scopes := strings.Join(all.Scopes, " ")
	r.alice, r.bob = r.Token("alice", scopes, all.Roles...), r.Token("bob", scopes, all.Roles...)
	return r
}

func (r *resource) run(t *testing.T, shared bool) {
	r.create(t)
	t.Run("read", r.testRead)
	t.Run("replace", r.testReplace)
	t.Run("patch", r.testPatch)
	t.Run("filters", r.testFilters)
	t.Run("references", r.testReferences)
	t.Run("other callers", func(t *testing.T) { r.testOthers(t, shared) })
	t.Run("delete", r.testDelete)
}

// must returns a value, and fails the test for an error.
func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// create creates the row, and those that it refers to.
func (r *resource) create(t *testing.T) {
	r.operations = r.requests(t, r.alice)
	var err error
	r.post, r.body, err = r.operations.Make("POST " + r.list)
	must(t, r.post, err)
	created := r.Call(t, r.alice, r.post, r.body)
	created.WantStatus(t, http.StatusCreated)
	r.created, r.row = Decode[map[string]any](t, created), created.Header.Get("Location")
	var sent map[string]any
	must(t, sent, json.Unmarshal([]byte(r.body), &sent))
	for member, value := range sent {
		if !equal(r.created[member], value) {
			t.Errorf("%s is %v in the response, and was %v", member, r.created[member], value)
		}
	}
}

func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// listed reports whether the row is in the list that a caller gets with a query.
func (r *resource) listed(t *testing.T, token, query string) bool {
	t.Helper()
	page := r.Call(t, token, strings.Replace(r.post, "POST", "GET", 1)+"?"+query, "")
	page.WantStatus(t, http.StatusOK)
	return strings.Contains(page.Body, `"id":"`+path.Base(r.row)+`"`)
}

func (r *resource) testRead(t *testing.T) {
	if got := Decode[map[string]any](t, r.Call(t, r.alice, "GET "+r.row, "")); !equal(got, r.created) {
		t.Errorf("got %v, want %v", got, r.created)
	}
	if !r.listed(t, r.alice, "") {
		t.Error("the list does not have it")
	}
}

func (r *resource) testReplace(t *testing.T) {
	replaced := r.Call(t, r.alice, "PUT "+r.row, r.body)
	replaced.WantStatus(t, http.StatusOK)
	got := Decode[map[string]any](t, replaced)
	got["updated_at"] = r.created["updated_at"]
	if !equal(got, r.created) {
		t.Errorf("got %v, want %v", got, r.created)
	}
	r.Call(t, r.alice, "PUT "+r.row, `{"unknown":1}`).WantStatus(t, http.StatusBadRequest)
}

// testPatch removes each member: an optional one is null or empty then, and a required one is missing.
func (r *resource) testPatch(t *testing.T) {
	members, _, err := r.operations.Members("POST " + r.list)
	must(t, members, err)
	for member, required := range members {
		patched := r.Call(t, r.alice, "PATCH "+r.row, `{"`+member+`":null}`, MergePatch)
		if required {
			patched.WantProblem(t, problem.ValidationFailed, `"errors":[{"pointer":"/`+member+`","message":"is required"}]`)
		} else {
			patched.WantStatus(t, http.StatusOK)
		}
	}
	r.Call(t, r.alice, "PATCH "+r.row, r.body, MergePatch).WantStatus(t, http.StatusOK)
	r.Call(t, r.alice, "PATCH "+r.row, r.body).WantProblem(t, problem.MediaTypeUnsupported)
}

// testFilters restricts the list to rows that have the members of the row.
func (r *resource) testFilters(t *testing.T) {
	parameters, err := r.operations.Parameters("GET " + r.list)
	for _, name := range must(t, parameters, err) {
		if name == "limit" || name == "cursor" {
			continue
		}
		member := strings.TrimSuffix(strings.TrimSuffix(name, "_from"), "_to")
		value, ok := r.created[name]
		if !ok {
			value = r.created[member]
		}
		text, isText := value.(string)
		if !isText {
			number, _ := json.Marshal(value)
			text = string(number)
		}
		if value != nil && !r.listed(t, r.alice, name+"="+url.QueryEscape(text)) {
			t.Errorf("%s=%s does not find it", name, text)
		}
		r.Call(t, r.alice, strings.Replace(r.post, "POST", "GET", 1)+"?"+name+"=%3F", "").WantStatus(t, http.StatusBadRequest)
	}
}

// testReferences refers to a row that does not exist, and to one of another caller.
func (r *resource) testReferences(t *testing.T) {
	_, references, err := r.operations.Members("POST " + r.list)
	for _, member := range must(t, references, err) {
		missing := r.Call(t, r.alice, "PATCH "+r.row, `{"`+member+`":"01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"}`, MergePatch)
		missing.WantStatus(t, http.StatusUnprocessableEntity)
	}
}

func (r *resource) testOthers(t *testing.T, shared bool) {
	if shared {
		r.Call(t, r.bob, "GET "+r.row, "").WantStatus(t, http.StatusOK)
		if !strings.Contains(r.list, "{") && !r.listed(t, r.bob, "") { // below a parent, the list is that of its owner
			t.Error("another caller's list does not have it")
		}
		return
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		r.Call(t, r.bob, method+" "+r.row, r.body).WantProblem(t, problem.NotFound)
	}
	r.Call(t, r.bob, "PATCH "+r.row, `{}`, MergePatch).WantProblem(t, problem.NotFound)
	if strings.Contains(r.list, "{") {
		r.Call(t, r.bob, r.post, r.body).WantProblem(t, problem.NotFound)
	} else if r.listed(t, r.bob, "") {
		t.Error("another caller's list has it")
	}
}

func (r *resource) testDelete(t *testing.T) {
	r.Call(t, r.alice, "DELETE "+r.row, "").WantStatus(t, http.StatusNoContent)
	r.Call(t, r.alice, "GET "+r.row, "").WantProblem(t, problem.NotFound)
	if r.listed(t, r.alice, "") {
		t.Error("the list still has it")
	}
}
