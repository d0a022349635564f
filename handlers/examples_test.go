package handlers_test

import (
	"html"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// problemPage returns the text of the page of a problem type.
func problemPage(t *testing.T, api *apitest.API, code string) string {
	t.Helper()
	return html.UnescapeString(api.Call(t, "", "GET /problems/"+code, "", "Accept: text/html").Body)
}

// TestExamplesHaveTheErrorsOfTheAPI compares the document's examples of problems with the problems themselves.
func TestExamplesHaveTheErrorsOfTheAPI(t *testing.T) {
	api := startSamples(t, apitest.Env("DOCS=on"))
	alice := user(api, "alice")
	type example struct {
		Code   string
		Errors []map[string]string
	}
	doc := apitest.Decode[struct {
		Components struct {
			Examples map[string]struct{ Value example }
		}
	}](t, api.Call(t, "", "GET /openapi.json", ""))
	for code, request := range map[string]struct{ line, body string }{
		"body-malformed":    {"POST /samples", `{"name": "a}`},
		"member-unknown":    {"POST /samples", `{"Name": "a"}`},
		"member-type-wrong": {"POST /samples", `{"name": 5}`},
		"validation-failed": {"POST /samples", `{}`},
		"parameter-invalid": {"GET /samples?limit=0", ""},
	} {
		t.Run(code, func(t *testing.T) {
			got, want := doc.Components.Examples[code].Value, apitest.Decode[example](t, api.Call(t, alice, request.line, request.body))
			if want.Code != code || len(want.Errors) == 0 || len(got.Errors) == 0 {
				t.Fatalf("the API returns %+v, and the example is %+v", want, got)
			}
			members := func(e example) []string { return slices.Sorted(maps.Keys(e.Errors[0])) }
			if !slices.Equal(members(got), members(want)) || got.Errors[0]["message"] != want.Errors[0]["message"] {
				t.Errorf("the API returns %v, and the example has %v", want.Errors, got.Errors)
			}
			if !strings.Contains(problemPage(t, api, code), `"errors": [`) {
				t.Error("the page shows no errors")
			}
		})
	}
}

func TestProblemPagesShowACorrectRequest(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=on"))
	const body = `-H "Content-Type: application/json" -d @body.json`
	for code, wants := range map[string][]string{
		"token-expired":          {"curl -i " + apitest.PublicURL + "/me "},
		"internal":               {"curl -i " + apitest.PublicURL + "/me "},
		"method-not-allowed":     {"curl -i " + apitest.PublicURL + "/me ", "\nAllow: GET, HEAD\n"},
		"step-up-required":       {`, max_age="300"`, `"max_age": 300`},
		"body-malformed":         {body},
		"media-type-unsupported": {body},
		"precondition-required":  {`-X PUT -H 'If-Match: "1"'`, body},
	} {
		page := problemPage(t, api, code)
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("the page of %s has no %q", code, want)
			}
		}
	}
	rejected := api.Call(t, api.Token("alice", ""), "DELETE /me", "")
	rejected.WantProblem(t, problem.MethodNotAllowed)
	if allow := rejected.Header.Get("Allow"); allow != "GET, HEAD" {
		t.Errorf("the API sends Allow: %s", allow)
	}
}
