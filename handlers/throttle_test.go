package handlers_test

import (
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// TestRepeatedFailuresAreThrottled sends bad tokens from one address, which a trusted proxy names.
func TestRepeatedFailuresAreThrottled(t *testing.T) {
	api := apitest.Start(t, apitest.Env("FAILURE_LIMIT=10", "TRUSTED_PROXIES=127.0.0.1"))
	const attacker, neighbour = "198.51.100.1", "198.51.100.2"
	for _, step := range []struct {
		name                string
		times               int
		from, authorization string
		status              int
	}{
		{"anonymous requests", 20, attacker, "", 401},
		{"bad tokens up to the limit", 10, attacker, "Bearer x.y.z", 401},
		{"a bad token beyond the limit", 1, attacker, "Bearer x.y.z", 429},
		{"malformed credentials beyond the limit", 1, attacker, "Bearer", 429},
		{"an anonymous request beyond the limit", 1, attacker, "", 401},
		{"a good token from the same address", 1, attacker, "Bearer " + api.Issuer.Token(), 200},
		{"a bad token from another address", 1, neighbour, "Bearer x.y.z", 401},
	} {
		for range step.times {
			headers := []string{"X-Forwarded-For: " + step.from}
			if step.authorization != "" {
				headers = append(headers, "Authorization: "+step.authorization)
			}
			r := api.Call(t, "", "GET /me", "", headers...)
			if wait := r.Header.Get("Retry-After"); r.Status != step.status || (wait != "") != (step.status == 429) {
				t.Errorf("%s: got %d and Retry-After %q, want %d", step.name, r.Status, wait, step.status)
			}
		}
	}
}

// TestOutagesAreNotThrottled sends more tokens than the limit while the provider is down: the failures are not
// the caller's.
func TestOutagesAreNotThrottled(t *testing.T) {
	api := apitest.New(t, apitest.Env("FAILURE_LIMIT=1"), apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
	for range 3 {
		api.Call(t, api.Token("alice", ""), "GET /me", "").WantProblem(t, problem.AuthUnavailable, `"retry_after":5`)
	}
}
