package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// TestBodiesGetTheirOwnCause has bodies that are near those that the page of a variant shows.
func TestBodiesGetTheirOwnCause(t *testing.T) {
	api := apitest.Start(t)
	token := api.Token("alice", "items:write")
	for body, want := range map[string]*problem.Variant{
		"<item/>":                problem.BodyForm,
		"{name: 1}":              problem.BodyQuotes,
		"{“name”: “a”}":          problem.BodyQuotes,
		`{\"name\":\"a\"}`:       problem.BodyQuotes,
		"\xff\xfe{\x00}\x00":     problem.BodyMark,
		"{ }}":                   problem.BodyMore,
		`{"name":"a",/**/}`:      nil,
		`{/* a */ "name": "a"}`:  nil,
		`{"name":NaN}`:           nil,
		"{\"name\":\"caf\xe9\"}": nil,
	} {
		t.Run(body, func(t *testing.T) {
			r := api.Call(t, token, "POST /items", body)
			got := apitest.Decode[problem.Body](t, r)
			if want != nil && !want.Matches(got.Detail, got.Hint) || r.Status != http.StatusBadRequest {
				t.Errorf("got %d %s", r.Status, r.Body)
			}
			if placed := strings.Contains(r.Body, "is not well formed at byte "); placed != (want == nil) {
				t.Errorf("got %s", r.Body)
			}
		})
	}
	patch := api.Request(t, token, "PATCH "+newItem(t, api, token), strings.NewReader("{}"))
	api.Send(t, patch).WantProblem(t, problem.ContentTypeAbsent)
}
