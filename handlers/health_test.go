package handlers_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
)

func TestHealthzAnswersWithoutAProvider(t *testing.T) {
	s := serve(t)
	s.issuer.Break(authtest.Down)
	s.call(t, "", "GET /healthz", "").wantJSON(t, 200, `{"status":"ok"}`)
}

// The provider's troubles take an hour, which passes at once in a bubble of testing/synctest.
func TestReadyzFollowsTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.New("https://id.example.com", origin)
		issuer.Break(authtest.Down)
		verifier := connect(t, auth.Config{Issuer: issuer.URL, Audience: []string{origin}, Transport: issuer})
		api := newAPI(t, verifier, issuer, t.Output())
		for _, step := range []struct {
			name   string
			change func()
			status int
			want   string
		}{
			{"down before the first keys", func() {}, 503,
				`{"status":"down","checks":{"issuer":"the provider's keys cannot be fetched"}}`},
			{"ready with keys", func() { issuer.Break(nil); time.Sleep(10 * time.Second) }, 200,
				`{"status":"ready","checks":{"issuer":"the provider's keys are fresh"}}`},
			{"degraded when the next fetch fails", func() { issuer.Break(authtest.Down); time.Sleep(6 * time.Minute) }, 200,
				`{"status":"degraded","checks":{"issuer":"the provider does not respond; its last keys are used until 2000-01-01T01:00:05Z"}}`},
			{"down when the keys are too old", func() { time.Sleep(time.Hour) }, 503,
				`{"status":"down","checks":{"issuer":"the provider does not respond, and its last keys are too old"}}`},
			{"ready when the provider is back", func() { issuer.Break(nil); time.Sleep(10 * time.Second) }, 200,
				`{"status":"ready","checks":{"issuer":"the provider's keys are fresh"}}`},
		} {
			step.change()
			synctest.Wait()
			w := httptest.NewRecorder()
			api.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
			if w.Code != step.status || w.Body.String() != step.want {
				t.Errorf("%s: answers %d\n%s\nwant %d\n%s", step.name, w.Code, w.Body, step.status, step.want)
			}
		}
	})
}

// A dependent store is as ready as it is told.
type dependent struct {
	handlers.Store
	err error
}

func (d *dependent) Ready(context.Context) error { return d.err }

func TestReadyzNamesTheDatabaseBesideTheIssuer(t *testing.T) {
	store := &dependent{}
	s := serve(t, func(c *handlers.Config) { store.Store, c.Store = c.Store, store })
	s.call(t, s.user("alice"), "GET /me", "") // once there are keys
	const issuer = `"issuer":"the provider's keys are fresh"}}`
	s.call(t, "", "GET /readyz", "").wantJSON(t, 200, `{"status":"ready","checks":{"database":"the database answers",`+issuer)
	store.err = errors.New("the database does not answer")
	s.call(t, "", "GET /readyz", "").wantJSON(t, 503, `{"status":"down","checks":{"database":"the database does not answer",`+issuer)
	store.err = nil
	s.call(t, "", "GET /readyz", "").wantJSON(t, 200, `{"status":"ready","checks":{"database":"the database answers",`+issuer)
}

func TestReadyzSaysThatTheAPIIsAboutToStop(t *testing.T) {
	stopping := make(chan struct{})
	s := serve(t, func(c *handlers.Config) { c.Store, c.Stopping = handlers.NewMemory(), stopping })
	s.call(t, s.user("alice"), "GET /me", "") // once there are keys
	s.call(t, "", "GET /readyz", "").wantJSON(t, 200, `{"status":"ready","checks":{"issuer":"the provider's keys are fresh"}}`)
	close(stopping)
	s.call(t, "", "GET /readyz", "").wantJSON(t, 503,
		`{"status":"down","checks":{"issuer":"the provider's keys are fresh","process":"it is about to stop"}}`)
}
