package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func TestWhatNoRouteAnswersIsAProblemToo(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	i, _ := s.create(t, alice, "Lantern")
	for _, test := range []struct {
		name, token, line string
		want              *problem.Type
		allow             string
	}{
		{"an unknown path is not found", "", "GET /nowhere", problem.NotFound, ""},
		{"an unknown path is not found by a caller either", alice, "GET /nowhere", problem.NotFound, ""},
		{"a public path with a slash too many is not found", "", "GET /healthz/", problem.NotFound, ""},
		{"a public path in capitals is not found", "", "GET /Healthz", problem.NotFound, ""},
		{"a list with a slash too many is not found", alice, "GET /items/", problem.NotFound, ""},
		{"an item with a slash too many is not found", alice, "GET /items/" + i.ID + "/", problem.NotFound, ""},
		{"an identifier in capitals is not found", alice, "GET /items/" + strings.ToUpper(i.ID), problem.NotFound, ""},
		{"a slash in an identifier is not found", alice, "GET /items/a%2Fb", problem.NotFound, ""},
		{"two slashes are not found", alice, "GET //items", problem.NotFound, ""},
		{"a stranger does not learn what is below items", "", "GET /items/1/2", problem.CredentialsMissing, ""},
		{"a stranger does not learn what is below admin", "", "GET /admin", problem.CredentialsMissing, ""},
		{"a stranger does not learn which methods items has", "", "PATCH /items", problem.CredentialsMissing, ""},
		{"a stranger does not learn the slashes of a list", "", "GET /items/", problem.CredentialsMissing, ""},
		{"a public path has few methods", "", "POST /healthz", problem.MethodNotAllowed, "GET, HEAD"},
		{"the root has few methods", "", "DELETE /", problem.MethodNotAllowed, "GET, HEAD"},
		{"a list is not deleted", alice, "DELETE /items", problem.MethodNotAllowed, "GET, HEAD, POST"},
		{"an item is not patched", alice, "PATCH /items/" + i.ID, problem.MethodNotAllowed, "DELETE, GET, HEAD, PUT"},
		{"OPTIONS without a preflight is a method like another", alice, "OPTIONS /me", problem.MethodNotAllowed, "GET, HEAD"},
		{"OPTIONS without a preflight is closed to strangers", "", "OPTIONS /me", problem.CredentialsMissing, ""},
		{"a method of one's own is none", "", "BREW /healthz", problem.MethodNotAllowed, "GET, HEAD"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := s.call(t, test.token, test.line, "")
			r.wantProblem(t, test.want, "")
			allow := strings.Split(r.header.Get("Allow"), ", ")
			slices.Sort(allow)
			if got := strings.Join(allow, ", "); got != test.allow {
				t.Errorf("Allow is %q, want %q", got, test.allow)
			}
			if test.want.Status == 401 != (r.header.Get("WWW-Authenticate") != "") {
				t.Errorf("the challenge is %q", r.header.Get("WWW-Authenticate"))
			}
		})
	}
}

func TestHEADAnswersAsGETDoes(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	i, _ := s.create(t, alice, "Lantern")
	for _, target := range []string{"/", "/healthz", "/readyz", "/me", "/items", "/items/" + i.ID, "/items/none", "/nowhere"} {
		for name, token := range map[string]string{"a caller": alice, "a stranger": ""} {
			t.Run(name+" at "+target, func(t *testing.T) {
				get, head := s.call(t, token, "GET "+target, ""), s.call(t, token, "HEAD "+target, "")
				if head.body != "" {
					t.Errorf("the body is %q", head.body)
				}
				get.body = ""
				wantSameAnswer(t, head, get)
			})
		}
	}
}

func TestEveryScopeThatARouteAsksForIsDescribed(t *testing.T) {
	verifier, issuer := unreached(t)
	described := map[string]bool{}
	for _, scope := range handlers.Scopes {
		described[scope.Name] = scope.Description != ""
	}
	for _, route := range newAPI(t, verifier, issuer, t.Output()).Table() {
		for _, scope := range route.Requirement.Scopes {
			if !described[scope] {
				t.Errorf("%s %s asks for %q, which Scopes does not describe", route.Method, route.Path, scope)
			}
		}
	}
}
