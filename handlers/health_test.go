package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
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

// TestAWrongIssuerIsExplainedEverywhere looks for the sentence of the command doctor in the log of the start, in
// /readyz and in the log of a 503: only a change of the configuration helps.
func TestAWrongIssuerIsExplainedEverywhere(t *testing.T) {
	for issuer, advice := range map[string]string{
		"https://id.example.com/": "The issuers differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com.",
		"https://ID.example.com":  "The issuers differ only by upper and lower case: set OIDC_ISSUER=https://id.example.com.",
		"https://id.example.org":  "The provider's metadata names another issuer: set OIDC_ISSUER exactly as the provider writes it.",
	} {
		synctest.Test(t, func(t *testing.T) {
			api := apitest.New(t, apitest.Env("OIDC_ISSUER="+issuer))
			synctest.Wait()
			if text := fmt.Sprint(api.Log.Records(t, "provider refresh failed")); !strings.Contains(text, advice) {
				t.Errorf("the log of the start has %s", text)
			}
			api.Call(t, "", "GET /readyz", "").WantJSON(t, 503,
				`{"status":"down","checks":{"database":"the database answers","issuer":"the provider's keys cannot be fetched. `+advice+`"}}`)
			api.Call(t, api.Token("alice", ""), "GET /me", "").WantProblem(t, problem.IssuerWrong)
			api.Call(t, api.Issuer.Token(authtest.Claims{"iss": issuer}), "GET /me", "").WantProblem(t, problem.ProviderOther, `"retry_after":5`)
			if text := fmt.Sprint(api.Log.Records(t, "request rejected")[1]["err"]); !strings.Contains(text, advice) {
				t.Errorf("the log of the 503 has %s", text)
			}
		})
	}
}

func TestAWrongIssuerIsReportedWhileItIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t)
		synctest.Wait()
		other := api.Issuer.On("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"issuer":"https://id.example.com/"}`)
		})
		for _, step := range []struct {
			name, status string
			fault        http.HandlerFunc
			wrong        bool
		}{
			{"the provider names another issuer", "degraded", other, true},
			{"the provider does not respond", "degraded", authtest.Down, false},
			{"the provider names its issuer", "ready", nil, false},
		} {
			api.Issuer.Break(step.fault)
			time.Sleep(6 * time.Minute)
			synctest.Wait()
			r := api.Call(t, "", "GET /readyz", "")
			health := apitest.Decode[handlers.Health](t, r)
			if health.Status != step.status || strings.Contains(r.Body, "differ only by a trailing slash") != step.wrong {
				t.Errorf("%s: got %s", step.name, r.Body)
			}
		}
	})
}
