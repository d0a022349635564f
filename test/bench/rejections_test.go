package main

import (
	"errors"
	"testing"
)

func TestInvalidCredentialsHaveTheirProblem(t *testing.T) {
	i := startIssuer("RS256")
	t.Cleanup(i.close)
	v, err := newVerifier(t.Context(), i, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Authenticate(newRequest("Bearer " + i.token())); err != nil {
		t.Fatal(err)
	}
	for _, kind := range invalid {
		t.Run(kind.name, func(t *testing.T) {
			if _, err := v.Authenticate(newRequest(kind.value(i))); !errors.Is(err, kind.problem) {
				t.Errorf("got %v, want %v", err, kind.problem)
			}
		})
	}
}
