package main

import (
	"errors"
	"testing"
)

func TestRubbishIsRefusedForItsReason(t *testing.T) {
	i := startIssuer("RS256")
	t.Cleanup(i.close)
	v, err := verifier(t.Context(), i, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Authenticate(bearing("Bearer " + i.token())); err != nil {
		t.Fatal(err)
	}
	for _, r := range rubbishes {
		t.Run(r.name, func(t *testing.T) {
			if _, err := v.Authenticate(bearing(r.value(i))); !errors.Is(err, r.reason) {
				t.Errorf("the reason is %v, want %v", err, r.reason)
			}
		})
	}
}
