package handlers_test

import (
	"html"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

// problemPage returns the text of the page of a problem.
func (s *server) problemPage(t *testing.T, code string) string {
	t.Helper()
	r := s.request(t, "", "GET /problems/"+code, nil)
	r.Header.Set("Accept", "text/html")
	return html.UnescapeString(send(t, r).body)
}

// The document's examples of a refusal for what was sent point to it, as the API does.
func TestExamplesPointToWhatIsWrong(t *testing.T) {
	s := serve(t, withDocs)
	alice := s.user("alice")
	type problem struct {
		Code   string
		Errors []map[string]string
	}
	doc := decode[struct {
		Components struct {
			Examples map[string]struct{ Value problem }
		}
	}](t, s.call(t, "", "GET /openapi.json", "").body)
	for reason, request := range map[string]struct{ line, body string }{
		"body-malformed":    {"POST /items", `{"name": "a}`},
		"member-unknown":    {"POST /items", `{"Name": "a"}`},
		"member-type-wrong": {"POST /items", `{"name": 5}`},
		"validation-failed": {"POST /items", `{}`},
		"parameter-invalid": {"GET /items?limit=0", ""},
	} {
		t.Run(reason, func(t *testing.T) {
			got, want := doc.Components.Examples[reason].Value, decode[problem](t, s.call(t, alice, request.line, request.body).body)
			if want.Code != reason || len(want.Errors) == 0 || len(got.Errors) == 0 {
				t.Fatalf("the API answers %+v, and the example is %+v", want, got)
			}
			members := func(p problem) []string { return slices.Sorted(maps.Keys(p.Errors[0])) }
			if !slices.Equal(members(got), members(want)) || got.Errors[0]["message"] != want.Errors[0]["message"] {
				t.Errorf("the API points to %v, and the example to %v", want.Errors, got.Errors)
			}
			if !strings.Contains(s.problemPage(t, reason), `"errors": [`) {
				t.Error("the page points to nothing")
			}
		})
	}
}

func TestProblemPagesShowACorrectRequest(t *testing.T) {
	s := serve(t, withDocs)
	const body = `-H "Content-Type: application/json" -d @body.json`
	for code, wants := range map[string][]string{
		"token-expired":          {"curl -i " + origin + "/me "},
		"internal":               {"curl -i " + origin + "/me "},
		"method-not-allowed":     {"curl -i " + origin + "/me ", "\nAllow: GET, HEAD\n"},
		"step-up-required":       {`, max_age="300"`, `"max_age": 300`},
		"body-malformed":         {body},
		"media-type-unsupported": {body},
		"precondition-required":  {`-X PUT -H 'If-Match: "1"'`, body},
	} {
		page := s.problemPage(t, code)
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s: there is no %q", code, want)
			}
		}
	}
	rejected := s.call(t, s.user("alice"), "DELETE /me", "")
	rejected.wantProblem(t, problem.MethodNotAllowed, "")
	if allow := rejected.header.Get("Allow"); allow != "GET, HEAD" {
		t.Errorf("the API sends Allow: %s", allow)
	}
}
