package problem

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestEveryTypeIsComplete holds the registry against RFC 6750, section 3.1: which error has which status,
// and which characters a description may have.
func TestEveryTypeIsComplete(t *testing.T) {
	statuses := map[string]int{"invalid_request": 400, "invalid_token": 401, "insufficient_scope": 403, "insufficient_user_authentication": 401}
	codes := map[string]bool{}
	for _, r := range Types() {
		t.Run(r.Code, func(t *testing.T) {
			if codes[r.Code] {
				t.Error("another type has the same code")
			}
			codes[r.Code] = true
			if strings.Trim(r.Code, "abcdefghijklmnopqrstuvwxyz-") != "" || slices.Contains(strings.Split(r.Code, "-"), "") {
				t.Error("the code is not words of lower-case letters with hyphens between them")
			}
			if r.OAuth != "" && r.Status != statuses[r.OAuth] {
				t.Errorf("%s is %d", r.OAuth, r.Status)
			}
			if strings.ContainsFunc(r.Detail, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
				t.Errorf("%q cannot be quoted in a challenge", r.Detail)
			}
			if r.Status < 400 || r.Title == "" || r.Operator == "" || len(r.Causes) == 0 ||
				!strings.HasSuffix(r.Detail, ".") || !strings.HasSuffix(r.Hint, ".") {
				t.Errorf("something is missing: %+v", r)
			}
			if (r.About == Caller) != slices.Contains(Auth(), r) {
				t.Error("About and Auth disagree on whether it is about the caller")
			}
			if (r.RetryAfter > 0) != (r.Status == 503) {
				t.Errorf("it is %d, and RetryAfter is %s", r.Status, r.RetryAfter)
			}
			if r.Error() != r.Code || Of(r) != r {
				t.Errorf("as an error it is %v, of type %v", r.Error(), Of(r))
			}
		})
	}
}

func TestAnErrorHasOneType(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want *Type
	}{
		{"a type", NotFound, NotFound},
		{"a wrapped type", fmt.Errorf("%w: order 5", NotFound), NotFound},
		{"the first of two types", errors.Join(errors.New("x"), TokenExpired, NotFound), TokenExpired},
		{"an error without a type", errors.New("x"), Internal},
		{"no error", nil, Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Of(test.err); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestABodyNamesItsType(t *testing.T) {
	got := TokenExpired.Body("https://api.example.com", "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90")
	if got.Type != "https://api.example.com/problems/token-expired" || got.Instance != "urn:uuid:8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90" ||
		got.Code != "token-expired" || got.Status != 401 || got.Title != TokenExpired.Title || got.Detail != TokenExpired.Detail || got.Hint != TokenExpired.Hint {
		t.Errorf("got %+v", got)
	}
}
