package handlers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

func TestEveryChangeMakesANewETag(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	created := api.Call(t, alice, "POST /samples", named("Lantern"))
	path := created.Header.Get("Location")
	replaced := api.Call(t, alice, "PUT "+path, named("Lantern"))
	got := api.Call(t, alice, "GET "+path, "")
	for name, test := range map[string]struct{ got, want string }{
		"of a new item":                   {created.Header.Get("ETag"), `"1"`},
		"of an item replaced by the same": {replaced.Header.Get("ETag"), `"2"`},
		"of an item":                      {got.Header.Get("ETag"), `"2"`},
		"of a list":                       {api.Call(t, alice, "GET /samples", "").Header.Get("ETag"), ""},
	} {
		if test.got != test.want {
			t.Errorf("the ETag %s is %q, want %q", name, test.got, test.want)
		}
	}
	if location := replaced.Header.Get("Content-Location"); location != path || replaced.Body != got.Body {
		t.Errorf("the response to PUT is %s at %q, want %s at %q", replaced.Body, location, got.Body, path)
	}
}

// Every condition is checked against an item with the ETag "2".
func TestConditionsAreChecked(t *testing.T) {
	const fails, holds = false, true
	for _, test := range []struct {
		name, header string
		change, get  bool // whether the item is changed, and whether it is returned
	}{
		{"the ETag", `If-Match: "2"`, holds, holds},
		{"a list with the ETag", `If-Match: "1", "2" ,"x"`, holds, holds},
		{"any ETag", `If-Match: *`, holds, holds},
		{"a former ETag", `If-Match: "1"`, fails, fails},
		{"a later ETag", `If-Match: "3"`, fails, fails},
		{"a list without the ETag", `If-Match: "1","3"`, fails, fails},
		{"the ETag behind nginx with gzip", `If-Match: W/"2"`, holds, holds},
		{"the ETag behind Apache with gzip", `If-Match: "2-gzip"`, holds, holds},
		{"the ETag behind Apache with Brotli", `If-Match: "2-br"`, holds, holds},
		{"the ETag behind Jetty with gzip", `If-Match: "2--gzip"`, holds, holds},
		{"the ETag behind both", `If-Match: W/"2-gzip"`, holds, holds},
		{"a list with the ETag behind a proxy", `If-Match: "1", W/"2-gzip"`, holds, holds},
		{"a former ETag behind nginx", `If-Match: W/"1"`, fails, fails},
		{"a former ETag behind Apache", `If-Match: "1-gzip"`, fails, fails},
		{"a later ETag that begins as this one", `If-Match: "22-gzip"`, fails, fails},
		{"a suffix that is no coding", `If-Match: "2-1"`, fails, fails},
		{"a suffix without a coding", `If-Match: "2-"`, fails, fails},
		{"a suffix without a hyphen", `If-Match: "2gzip"`, fails, fails},
		{"a prefix within the quotes", `If-Match: "W/2"`, fails, fails},
		{"a prefix in another case", `If-Match: w/"2"`, fails, fails},
		{"an empty header", `If-Match: `, fails, fails},
		{"no quotes", `If-Match: 2`, fails, fails},
		{"no closing quote", `If-Match: "2`, fails, fails},
		{"single quotes", `If-Match: '2'`, fails, fails},
		{"between the quotes of others", `If-Match: "a,"2",b"`, fails, fails},
		{"after another text", `If-Match: x "2"`, fails, fails},
		{"no comma", `If-Match: "1" "2"`, fails, fails},
		{"any beside an ETag", `If-Match: *, "2"`, fails, fails},
		{"a leading zero", `If-Match: "02"`, fails, fails},
		{"not the ETag", `If-None-Match: "2"`, fails, fails},
		{"not the ETag behind nginx", `If-None-Match: W/"2"`, fails, fails},
		{"not the ETag behind Apache", `If-None-Match: "2-gzip"`, fails, fails},
		{"not one of a list", `If-None-Match: "1", W/"2"`, fails, fails},
		{"not any ETag", `If-None-Match: *`, fails, fails},
		{"not a former ETag", `If-None-Match: "1"`, holds, holds},
		{"not a malformed ETag", `If-None-Match: 2`, holds, holds},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := startSamples(t)
			alice := user(api, "alice")
			second := func() (path, text string) {
				item, _ := createSample(t, api, alice, "Lantern")
				path = "/samples/" + item.ID
				return path, api.Call(t, alice, "PUT "+path, named("Lamp")).Body
			}
			path, text := second()
			got := api.Call(t, alice, "GET "+path, "", test.header)
			switch {
			case test.get:
				got.WantJSON(t, 200, text)
			case strings.HasPrefix(test.header, "If-None-Match"):
				if got.Status != http.StatusNotModified || got.Body != "" || got.Header.Get("ETag") != `"2"` || got.Header.Get("Content-Type") != "" {
					t.Errorf("got %d %q with the headers %v", got.Status, got.Body, got.Header)
				}
			default:
				got.WantProblem(t, problem.PreconditionFailed)
			}
			replaced := api.Call(t, alice, "PUT "+path, named("Lantern"), test.header)
			if test.change {
				replaced.WantStatus(t, http.StatusOK)
				path, _ = second()
				api.Call(t, alice, "DELETE "+path, "", test.header).WantStatus(t, http.StatusNoContent)
				return
			}
			replaced.WantProblem(t, problem.PreconditionFailed)
			api.Call(t, alice, "DELETE "+path, "", test.header).WantProblem(t, problem.PreconditionFailed)
			api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)
		})
	}
}

func TestConditionsCanHaveSeveralHeaders(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	item, _ := createSample(t, api, alice, "Lantern")
	api.Call(t, alice, "DELETE /samples/"+item.ID, "", `If-Match: "7"`, `If-Match: "1"`).WantStatus(t, http.StatusNoContent)
}

// RFC 9110, section 13.2.1.
func TestConditionsAreCheckedLast(t *testing.T) {
	api := startSamples(t)
	alice, bob := user(api, "alice"), user(api, "bob")
	item, _ := createSample(t, api, alice, "Lantern")
	const match = `If-Match: "7"`
	api.Call(t, "", "DELETE /samples/"+item.ID, "", match).WantProblem(t, problem.CredentialsMissing)
	api.Call(t, bob, "DELETE /samples/"+item.ID, "", match).WantProblem(t, problem.NotFound)
	api.Call(t, bob, "GET /samples/"+item.ID, "", "If-None-Match: *").WantProblem(t, problem.NotFound)
	api.Call(t, alice, "PUT /samples/"+item.ID, `{"name":""}`, match).WantProblem(t, problem.ValidationFailed, memberError("/name", "is required"))
}

// A racedStore is a store in which another caller changes an item after each time it was read.
type racedStore struct{ sampleStore }

func (s racedStore) Get(ctx context.Context, owner store.Owner, id string) (handlers.Sample, error) {
	item, err := s.sampleStore.Get(ctx, owner, id)
	if err == nil {
		changed := item
		changed.Name = "changed"
		_, err = s.sampleStore.Update(ctx, changed)
	}
	return item, err
}

func TestConcurrentChangesAreNotLost(t *testing.T) {
	api := startSamplesIn(t, func(rows sampleStore) sampleStore { return racedStore{rows} })
	alice := user(api, "alice")
	item, _ := createSample(t, api, alice, "Lantern")
	path := "/samples/" + item.ID
	api.Call(t, alice, "PUT "+path, named("Lamp"), `If-Match: "1"`).WantProblem(t, problem.PreconditionFailed)
	api.Call(t, alice, "DELETE "+path, "", `If-Match: "2"`).WantProblem(t, problem.PreconditionFailed)
	wantPage(t, api, alice, "", "changed")

	r := api.Call(t, alice, "PUT "+path, named("Lamp")) // without a condition the last change wins
	if r.Status != http.StatusOK || r.Header.Get("ETag") != `"5"` {
		t.Errorf("got %d %s with the ETag %s", r.Status, r.Body, r.Header.Get("ETag"))
	}
	api.Call(t, alice, "DELETE "+path, "", `If-Match: *`).WantStatus(t, http.StatusNoContent)
}

func TestConditionsCanBeRequired(t *testing.T) {
	api := startSamples(t, apitest.Env("REQUIRE_IF_MATCH=true"))
	alice := user(api, "alice")
	item, text := createSample(t, api, alice, "Lantern")
	path := "/samples/" + item.ID
	api.Call(t, alice, "PUT "+path, named("Lamp")).WantProblem(t, problem.PreconditionRequired)
	api.Call(t, alice, "DELETE "+path, "").WantProblem(t, problem.PreconditionRequired)
	api.Call(t, alice, "DELETE "+path, "", `If-None-Match: "7"`).WantProblem(t, problem.PreconditionRequired)
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)
	api.Call(t, alice, "PUT "+path, named("Lamp"), `If-Match: "1"`).WantStatus(t, http.StatusOK)
	api.Call(t, alice, "DELETE "+path, "", `If-Match: *`).WantStatus(t, http.StatusNoContent)
}

// An unavailableStore is a store whose database cannot be used.
type unavailableStore struct{ sampleStore }

func (unavailableStore) Get(context.Context, store.Owner, string) (handlers.Sample, error) {
	return handlers.Sample{}, problem.DatabaseUnavailable
}

func TestAnUnavailableDatabaseSaysWhenToRetry(t *testing.T) {
	api := startSamplesIn(t, func(rows sampleStore) sampleStore { return unavailableStore{rows} })
	r := api.Call(t, user(api, "alice"), "GET /samples/1", "")
	r.WantStatus(t, problem.DatabaseUnavailable.Status)
	if got := r.Header.Get("Retry-After"); got != "5" || !strings.Contains(r.Body, `"retry_after":5`) {
		t.Errorf("Retry-After is %q, and the body is %s", got, r.Body)
	}
}
