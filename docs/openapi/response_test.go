package openapi_test

import "testing"

func TestEveryRejectionIsDescribed(t *testing.T) {
	doc := build(t, config(t), routes(), endpoint)
	for status, want := range map[string]string{
		"400": "Bad Request",
		"401": "Unauthorized",
		"429": "Too Many Requests",
		"500": "Internal Server Error",
		"503": "Service Unavailable",
	} {
		if got := at(doc, "paths", "/me", "get", "responses", status, "description"); got != want {
			t.Errorf("%s: got description %v, want %s", status, got, want)
		}
	}
}
