package apitest

import (
	"net/http/httptest"
	"testing"

	"example.com/gatehouse/docs/docstest"
)

// Example returns the request of an operation that is made from the examples of the document: its line and its body.
// "POST /items" returns itself and an item. What the request refers to is created with the token.
func (a *API) Example(t testing.TB, token, operation string) (line, body string) {
	t.Helper()
	line, body, err := a.requests(t, token).Make(operation)
	if err != nil {
		t.Fatal(err)
	}
	return line, body
}

func (a *API) requests(t testing.TB, token string) *docstest.Requests {
	t.Helper()
	w := httptest.NewRecorder()
	a.Document().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/openapi.json", nil))
	requests, err := docstest.NewRequests(w.Body.Bytes(), func(line, body string) string {
		return a.Call(t, token, line, body).Header.Get("Location")
	})
	if err != nil {
		t.Fatal(err)
	}
	return requests
}
