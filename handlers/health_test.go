package handlers_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
)

func TestHealthzNeedsNoProvider(t *testing.T) {
	api := apitest.Start(t)
	api.Issuer.Break(authtest.Down)
	api.Call(t, "", "GET /healthz", "").WantJSON(t, 200, `{"status":"ok"}`)
}

// TestBalancersCanProbe has the requests that load balancers send by default. They are logged for debugging only.
func TestBalancersCanProbe(t *testing.T) {
	api := apitest.Start(t)
	api.Call(t, api.Token("alice", ""), "GET /me", "") // waits for the keys
	lines := []string{"GET /healthz", "HEAD /healthz", "GET /readyz", "HEAD /readyz", "OPTIONS /"}
	for _, line := range lines {
		if r := api.Call(t, "", line, ""); r.Status != 200 && r.Status != 204 || strings.HasPrefix(line, "HEAD") && r.Body != "" {
			t.Errorf("%s: got %d %s", line, r.Status, r.Body)
		}
	}
	api.Call(t, "", "OPTIONS /problems", "")
	api.Close()
	var levels []any
	for _, record := range api.Log.Records(t, "request") {
		levels = append(levels, record["level"])
	}
	if want := []any{"INFO", "DEBUG", "DEBUG", "DEBUG", "DEBUG", "DEBUG", "INFO"}; !slices.Equal(levels, want) {
		t.Errorf("the levels are %v, want %v", levels, want)
	}
}

// An outage of the provider takes an hour, which passes at once in a bubble of testing/synctest.
func TestReadyzFollowsTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
		for _, step := range []struct {
			name           string
			change         func()
			status         int
			state, because string
		}{
			{"down before the first keys", func() {}, 503, "down", "the provider's keys cannot be fetched"},
			{"ready with keys", func() { api.Issuer.Break(nil); time.Sleep(10 * time.Second) }, 200, "ready", "the provider's keys are fresh"},
			{"degraded when the next fetch fails", func() { api.Issuer.Break(authtest.Down); time.Sleep(6 * time.Minute) }, 200,
				"degraded", "the provider does not respond; its last keys are used until 2000-01-01T01:00:05Z"},
			{"down when the keys are too old", func() { time.Sleep(time.Hour) }, 503, "down", "the provider does not respond, and its last keys are too old"},
			{"ready when the provider is back", func() { api.Issuer.Break(nil); time.Sleep(10 * time.Second) }, 200, "ready", "the provider's keys are fresh"},
		} {
			step.change()
			synctest.Wait()
			t.Log(step.name)
			api.Call(t, "", "GET /readyz", "").WantJSON(t, step.status,
				`{"status":"`+step.state+`","checks":{"database":"the database answers","issuer":"`+step.because+`"}}`)
		}
	})
}

// A fakeDatabase is ready, or has an error.
type fakeDatabase struct{ err error }

func (d *fakeDatabase) Ready(context.Context) error { return d.err }

func TestReadyzChecksTheDatabase(t *testing.T) {
	database := &fakeDatabase{}
	api := apitest.Start(t, apitest.Parts(func(p *handlers.Parts) { p.DB = database }))
	api.Call(t, api.Token("alice", ""), "GET /me", "") // waits for the keys
	const issuer = `"issuer":"the provider's keys are fresh"}}`
	api.Call(t, "", "GET /readyz", "").WantJSON(t, 200, `{"status":"ready","checks":{"database":"the database answers",`+issuer)
	database.err = errors.New("the database does not answer")
	api.Call(t, "", "GET /readyz", "").WantJSON(t, 503, `{"status":"down","checks":{"database":"the database does not answer",`+issuer)
	database.err = nil
	api.Call(t, "", "GET /readyz", "").WantJSON(t, 200, `{"status":"ready","checks":{"database":"the database answers",`+issuer)
}

func TestReadyzFailsWhileTheAPIStops(t *testing.T) {
	stopping := make(chan struct{})
	api := apitest.Start(t, apitest.Parts(func(p *handlers.Parts) { p.Stopping = stopping }))
	api.Call(t, api.Token("alice", ""), "GET /me", "") // waits for the keys
	const checks = `"checks":{"database":"the database answers","issuer":"the provider's keys are fresh"`
	api.Call(t, "", "GET /readyz", "").WantJSON(t, 200, `{"status":"ready",`+checks+`}}`)
	close(stopping)
	api.Call(t, "", "GET /readyz", "").WantJSON(t, 503, `{"status":"down",`+checks+`,"process":"it is about to stop"}}`)
}
