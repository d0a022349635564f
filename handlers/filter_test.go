package handlers_test

import (
	"fmt"
	"net/url"
	"testing"

	"example.com/gatehouse/problem"
)

func TestListsAreFiltered(t *testing.T) {
	api := startSamples(t)
	alice, bob := user(api, "alice"), user(api, "bob")
	a, _ := createSample(t, api, alice, "a")
	for _, body := range []string{
		`{"name":"b","status":"paid","level":"low","done":true,"priority":1,"ratio":0.5,"due":"2026-01-31","amount":"-0.05","parent":"` + a.ID + `"}`,
		`{"name":"c","level":"high","priority":5,"ratio":10,"due":"2026-10-01","amount":"9.99"}`,
		`{"name":"d","priority":4,"ratio":-2.5,"due":"2026-02-01","amount":"9999999999.99"}`,
		`{"name":"e","due":"2025-12-31","amount":"10"}`,
	} {
		api.Call(t, alice, "POST /samples", body).WantStatus(t, 201)
	}
	createSample(t, api, bob, "bob's")
	for query, want := range map[string]string{
		"status=open": "a c d e", "status=paid": "b", "level=high": "c", "done=true": "b", "done=false": "a c d e",
		"priority_from=4": "c d", "priority_to=3": "a b e", "priority_from=3&priority_to=4": "a d e",
		"ratio_from=0.5": "b c", "ratio_to=-2.5": "d", "ratio_from=1e1": "c",
		"due_from=2026-02-01": "c d", "due_to=2026-01-31": "b e", "due_from=2026-01-31&due_to=2026-01-31": "b",
		"amount_from=9.99": "c d e", "amount_to=9.99": "b c", "amount_from=-0.05&amount_to=0": "b",
		"amount_from=10.00": "d e", "amount_from=9999999999.99": "d",
		"parent=" + a.ID: "b", "status=open&due_to=2026-06-30&priority_from=4": "d", "due_from=2027-01-01": "",
	} {
		t.Run(query, func(t *testing.T) {
			wantPage(t, api, alice, query, want)
		})
	}
	next := wantPage(t, api, alice, "status=open&limit=2", "a c")
	wantPage(t, api, alice, "status=open&limit=2&cursor="+next, "d e")
	wantPage(t, api, alice, "status=open&limit=1&due_from=2026-01-01&cursor="+next, "d")
	api.Call(t, alice, "GET /samples?parent=01938F4E-7C1A-7D2E-9B6F-2F1C0A9D8E77", "").WantJSON(t, 200, noSamples)
}

func TestFiltersThatCannotBeAreRejected(t *testing.T) {
	api := startSamples(t)
	root := api.Token("root", "samples:read", "admin")
	for name, wrong := range map[string][]string{
		"status": {"", "lost", "Open", "open,paid"}, "done": {"", "1", "yes", "True"}, "parent": {"", "1", "x"},
		"priority_from": {"", "x", "1.5", "99999999999999999999"}, "ratio_to": {"", "x", "NaN", "Inf", "1e999"},
		"due_from": {"", "2026", "2026-02-29", "23.11.2026", "0000-01-01", "2026-11-23T00:00:00Z"}, "amount_to": {"", "x", "1e3", "1,5", "12345678901", "9.991"},
	} {
		for _, value := range wrong {
			t.Run(fmt.Sprintf("%s is %q", name, value), func(t *testing.T) {
				for _, list := range []string{"/samples", "/admin/samples"} {
					api.Call(t, root, "GET "+list+"?"+name+"="+url.QueryEscape(value), "").WantStatus(t, 400)
				}
			})
		}
	}
	for _, name := range []string{"priority", "due", "amount", "name", "name_from", "tags", "status_from", "created_at_from", "owner"} {
		api.Call(t, root, "GET /samples?"+name+"=1", "").WantProblem(t, problem.ParameterInvalid, parameterErrors(name, "is not known"))
	}
}

func TestReferencesAreTheCallersOwn(t *testing.T) {
	api := startSamples(t)
	alice, bob := user(api, "alice"), user(api, "bob")
	mine, _ := createSample(t, api, alice, "mine")
	other, _ := createSample(t, api, bob, "bob's")
	to := func(id string) string { return fmt.Sprintf(`{"name":"a","parent":%q}`, id) }
	created := api.Call(t, alice, "POST /samples", to(mine.ID))
	created.WantStatus(t, 201)
	path := created.Header.Get("Location")
	for _, id := range []string{other.ID, "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", "1", ""} {
		want := memberError("/parent", "identifies none of the caller's samples")
		api.Call(t, alice, "POST /samples", to(id)).WantProblem(t, problem.ValidationFailed, want)
		api.Call(t, alice, "PUT "+path, to(id)).WantProblem(t, problem.ValidationFailed, want)
		api.Call(t, alice, "PATCH "+path, to(id), mergePatch).WantProblem(t, problem.ValidationFailed, want)
	}
	api.Call(t, alice, "DELETE /samples/"+mine.ID, "").WantProblem(t, problem.InUse)
	api.Call(t, alice, "PATCH "+path, `{"parent":null}`, mergePatch).WantStatus(t, 200)
	api.Call(t, alice, "DELETE /samples/"+mine.ID, "").WantStatus(t, 204)
}
