package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

const mergePatch = "Content-Type: application/merge-patch+json"

// RFC 7396, section 2.
func TestPatchesAreMerged(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	const before = `{"name":"Lantern","description":"Brass.","note":"n","status":"paid","done":true,"priority":5,"ratio":0.5,"due":"2026-11-23","amount":"12.5","tags":["a","b"]}`
	for _, test := range []struct{ name, patch, member, want string }{
		{"a member that is absent stays", `{}`, "name", `"Lantern"`},
		{"a text", `{"name":"Lamp"}`, "name", `"Lamp"`},
		{"an empty text", `{"description":""}`, "description", `""`},
		{"null for an optional text", `{"note":null}`, "note", `null`},
		{"null for a text that may be empty", `{"description":null}`, "description", `""`},
		{"null for a member with a default", `{"status":null}`, "status", `"open"`},
		{"null for a date", `{"due":null}`, "due", `null`},
		{"null for a decimal", `{"amount":null}`, "amount", `null`},
		{"null for what is null", `{"level":null}`, "level", `null`},
		{"null for a list", `{"tags":null}`, "tags", `[]`},
		{"false", `{"done":false}`, "done", `false`},
		{"a number", `{"priority":1}`, "priority", `1`},
		{"zero", `{"ratio":0}`, "ratio", `0`},
		{"a list, which is replaced as a whole", `{"tags":["c"]}`, "tags", `["c"]`},
		{"a decimal with all its digits", `{"amount":"7"}`, "amount", `"7.00"`},
		{"a date", `{"due":"2024-02-29"}`, "due", `"2024-02-29"`},
		{"white space", " {\"name\" : \"Lamp\"}\n", "name", `"Lamp"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := api.Call(t, alice, "POST /samples", before).Header.Get("Location")
			old := apitest.Decode[map[string]json.RawMessage](t, api.Call(t, alice, "GET "+path, ""))
			r := api.Call(t, alice, "PATCH "+path, test.patch, mergePatch)
			r.WantStatus(t, 200)
			if tag, location := r.Header.Get("ETag"), r.Header.Get("Content-Location"); tag != `"2"` || location != path {
				t.Errorf("the ETag is %s, and the Content-Location %s", tag, location)
			}
			api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, r.Body)
			old[test.member] = json.RawMessage(test.want)
			for member, value := range apitest.Decode[map[string]json.RawMessage](t, r) {
				if member != "updated_at" && string(value) != string(old[member]) {
					t.Errorf("%s is %s, want %s", member, value, old[member])
				}
			}
		})
	}
}

func TestPatchesAreValidated(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	item, before := createSample(t, api, alice, "Lantern")
	path := "/samples/" + item.ID
	for _, test := range []struct {
		name, patch string
		problem     *problem.Type
		errors      string
	}{
		{"null for a required member", `{"name":null}`, problem.ValidationFailed, memberError("/name", "is required")},
		{"an empty required member", `{"name":""}`, problem.ValidationFailed, memberError("/name", "is required")},
		{"a long member", `{"name":"` + strings.Repeat("a", 101) + `"}`, problem.ValidationFailed, memberError("/name", "must have at most 100 characters")},
		{"none of several", `{"status":"lost"}`, problem.ValidationFailed, memberError("/status", "must be one of [open paid]")},
		{"an optional one, none of several", `{"level":""}`, problem.ValidationFailed, memberError("/level", "must be one of [low high]")},
		{"out of range", `{"priority":0}`, problem.ValidationFailed, memberError("/priority", "must be at least 1")},
		{"too many digits", `{"amount":"1.234"}`, problem.ValidationFailed, memberError("/amount", "must have at most 12 digits, with at most 2 of them after the point")},
		{"too large", `{"amount":"10000000000"}`, problem.ValidationFailed, memberError("/amount", "must have at most 12 digits, with at most 2 of them after the point")},
		{"an empty element", `{"tags":["a",""]}`, problem.ValidationFailed, memberError("/tags/1", "must have at least 1 character")},
		{"an unknown member", `{"color":"red"}`, problem.MemberUnknown, memberError("/color", "is not known")},
		{"null for an unknown member", `{"color":null}`, problem.MemberUnknown, memberError("/color", "is not known")},
		{"null for a member that callers cannot write", `{"id":null}`, problem.MemberUnknown, memberError("/id", "is not known")},
		{"a decimal as a number", `{"amount":12.5}`, problem.MemberTypeWrong, memberError("/amount", "has the wrong type")},
		{"a decimal with an exponent", `{"amount":"1e3"}`, problem.MemberTypeWrong, memberError("/amount", "has the wrong type")},
		{"a day that does not exist", `{"due":"2026-02-29"}`, problem.MemberTypeWrong, memberError("/due", "has the wrong type")},
		{"a number for a text", `{"name":5}`, problem.MemberTypeWrong, memberError("/name", "has the wrong type")},
		{"null in a list", `{"tags":[null]}`, problem.MemberTypeWrong, memberError("/tags/0", "has the wrong type")},
		{"an array", `[]`, problem.MemberTypeWrong, memberError("", "has the wrong type")},
		{"null", `null`, problem.MemberTypeWrong, memberError("", "has the wrong type")},
		{"a member twice", `{"name":"a","name":"b"}`, problem.BodyMalformed, memberError("/name", "is not well formed")},
		{"an empty body", ` `, problem.BodyMalformed, memberError("", "is not well formed")},
	} {
		t.Run(test.name, func(t *testing.T) {
			api.Call(t, alice, "PATCH "+path, test.patch, mergePatch).WantProblem(t, test.problem, test.errors)
			api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, before)
		})
	}
}

// RFC 5789, section 2.2.
func TestPatchesHaveTheirMediaType(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	item, _ := createSample(t, api, alice, "Lantern")
	for _, mediaType := range []string{"application/json", "application/json-patch+json", "text/plain", "", "application/merge-patch+json; charset=latin1"} {
		r := api.Call(t, alice, "PATCH /samples/"+item.ID, `{"name":"Lamp"}`, "Content-Type: "+mediaType)
		r.WantProblem(t, problem.MediaTypeUnsupported)
		if got := r.Header.Get("Accept-Patch"); got != "application/merge-patch+json" {
			t.Errorf("%s: Accept-Patch is %q", mediaType, got)
		}
	}
	for _, method := range []string{"POST /samples", "PUT /samples/" + item.ID} {
		api.Call(t, alice, method, named("Lamp"), mergePatch).WantProblem(t, problem.MediaTypeUnsupported)
	}
}

func TestPatchesHaveConditions(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	item, _ := createSample(t, api, alice, "Lantern")
	line := "PATCH /samples/" + item.ID
	api.Call(t, alice, line, `{"name":"Lamp"}`, mergePatch, `If-Match: "1"`).WantStatus(t, 200)
	api.Call(t, alice, line, `{"name":"Lamp"}`, mergePatch, `If-Match: "1"`).WantProblem(t, problem.PreconditionFailed)
	api.Call(t, user(api, "bob"), line, `{}`, mergePatch).WantProblem(t, problem.NotFound)
}
