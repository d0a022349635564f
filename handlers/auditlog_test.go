package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/telemetry/logtest"
	"github.com/gin-gonic/gin"
)

var lamp = named("Lamp of the audit")

// TestChangesAreAudited compares the record of every request. Requests that only read have none.
func TestChangesAreAudited(t *testing.T) {
	api := startSamplesIn(t, func(rows sampleStore) sampleStore { return unavailableStore{rows} })
	api.Router().Require().Hidden().POST("/a-panic", func(*gin.Context, *auth.Principal) error { panic("at the disco") })
	api.Router().Require().Hidden().POST("/an-abort", func(*gin.Context, *auth.Principal) error { panic(http.ErrAbortHandler) })
	api.Router().Require().Hidden().Audit(true).GET("/a-secret", func(*gin.Context, *auth.Principal) error { return nil })
	alice, reader := user(api, "alice"), api.Token("bob", "samples:read")
	forged := alice[:strings.LastIndex(alice, ".")] + ".c2lnbmF0dXJl"
	created := api.Call(t, alice, "POST /samples", lamp).Header.Get("Location")
	for _, test := range []struct {
		name, token, line, body string
		actor                   any
		action, resource        string // no action: there is no record
		outcome                 string
	}{
		{"a created item", alice, "POST /samples", lamp, "alice", "POST /samples", "/samples/", "success"},
		{"a body that is invalid", alice, "POST /samples", `{"secret":"in-the-body"}`, "alice", "POST /samples", "/samples", "member-unknown"},
		{"a failure of the database", alice, "PUT " + created + "?secret=in-the-query", lamp, "alice", "PUT /samples/{id}", created, "database-unavailable"},
		{"a scope that is missing", reader, "DELETE " + created, "", "bob", "DELETE /samples/{id}", created, "scope-insufficient"},
		{"an anonymous caller", "", "DELETE " + created, "", "anonymous", "DELETE /samples/{id}", created, "credentials-missing"},
		{"a forged token", forged, "DELETE " + created, "", "anonymous", "DELETE /samples/{id}", created, "signature-invalid"},
		{"a panic", alice, "POST /a-panic", "", "alice", "POST /a-panic", "/a-panic", "internal"},
		{"a read that is declared as audited", alice, "GET /a-secret", "", "alice", "GET /a-secret", "/a-secret", "success"},
		{"a read", alice, "GET /samples", "", nil, "", "", ""},
		{"no route", alice, "POST /nowhere", "", nil, "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			api.Log.Reset()
			r := api.Call(t, test.token, test.line, test.body)
			records := api.Log.Records(t, "audit")
			if test.action == "" {
				if len(records) != 0 {
					t.Errorf("the audit log has %v", records)
				}
				return
			}
			want := logtest.Record{
				"msg": "audit", "level": "INFO", "client": "127.0.0.1", "request_id": r.Header.Get("X-Request-Id"), "actor": test.actor,
				"action": test.action, "resource": test.resource, "outcome": test.outcome, "status": float64(r.Status),
			}
			if test.actor != "anonymous" {
				want["actor"] = map[string]any{"iss": api.Issuer.URL, "sub": test.actor, "client_id": "docs"}
			}
			if test.token != "" {
				want["credential"] = map[string]any{"token": auth.AccessToken(test.token).Fingerprint()}
			}
			if test.resource == "/samples/" {
				want["resource"] = r.Header.Get("Location")
			}
			if len(records) == 1 {
				delete(records[0], "time")
			}
			if fmt.Sprint(records) != fmt.Sprint([]logtest.Record{want}) || !reflect.DeepEqual(records[0], want) {
				t.Errorf("the audit log has\n%v, want\n%v", records, want)
			}
			for _, secret := range []string{test.token, "in-the-body", "in-the-query", "Lamp of the audit"} {
				if secret != "" && strings.Contains(fmt.Sprint(records), secret) {
					t.Errorf("%q is in %v", secret, records)
				}
			}
		})
	}
	api.Log.Reset()
	if _, err := http.DefaultTransport.RoundTrip(api.Request(t, alice, "POST /an-abort", nil)); err == nil {
		t.Fatal("the connection is not cut")
	}
	if got := api.Log.Await(t, "audit")["outcome"]; got != "unknown" {
		t.Errorf("the outcome of a handler that does not end is %v", got)
	}
}

// part:inspector:begin

// TestInspectionsAreNotAudited sends POST requests, which change nothing.
func TestInspectionsAreNotAudited(t *testing.T) {
	for _, docs := range []string{"on", "protected"} {
		api := apitest.New(t, apitest.Env("DOCS="+docs))
		api.Call(t, api.Token("alice", ""), "POST /docs/inspect", `{"token":"x"}`).WantStatus(t, 200)
		if records := api.Log.Records(t, "audit"); len(records) != 0 {
			t.Errorf("DOCS=%s: the audit log has %v", docs, records)
		}
	}
}

// part:inspector:end

// TestAuditedPathsAreThoseOfRoutes has a path in PUBLIC_URL, which Location begins with.
func TestAuditedPathsAreThoseOfRoutes(t *testing.T) {
	for _, path := range []string{"/v1", "/samples"} {
		api := startSamples(t, apitest.Env("PUBLIC_URL="+apitest.PublicURL+path, "PUBLIC_PATH=stripped"))
		r := api.Call(t, user(api, "alice"), "POST /samples", lamp)
		if got := api.Log.Records(t, "audit")[0]["resource"]; path+fmt.Sprint(got) != r.Header.Get("Location") {
			t.Errorf("the resource is %s, and Location %s", got, r.Header.Get("Location"))
		}
	}
}

// TestTheAuditLogCanBeKeptApart has a handler of its own, and a log that has errors only.
func TestTheAuditLogCanBeKeptApart(t *testing.T) {
	var audit, log logtest.Buffer
	errorsOnly := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
	for _, test := range []struct {
		name      string
		handler   slog.Handler
		in, notIn *logtest.Buffer
	}{
		{"in the log, whatever its level", nil, &log, &audit},
		{"apart", slog.NewJSONHandler(&audit, nil), &audit, &log},
	} {
		t.Run(test.name, func(t *testing.T) {
			audit.Reset()
			log.Reset()
			api := startSamples(t, apitest.Parts(func(p *handlers.Parts) { p.Log, p.Audit = errorsOnly, test.handler }))
			api.Call(t, user(api, "alice"), "POST /samples", lamp).WantStatus(t, 201)
			if len(test.in.Records(t, "audit")) != 1 || test.notIn.String() != "" {
				t.Errorf("one log has %s, the other %s", test.in, test.notIn)
			}
		})
	}
}

// A fullDisk is a handler that writes nothing.
type fullDisk struct{ slog.Handler }

func (fullDisk) Handle(context.Context, slog.Record) error {
	return errors.New("no space left on device")
}

func TestARecordThatIsNotWrittenIsAnError(t *testing.T) {
	api := startSamples(t, apitest.Parts(func(p *handlers.Parts) { p.Audit = fullDisk{slog.DiscardHandler} }))
	r := api.Call(t, user(api, "alice"), "POST /samples", lamp)
	records := api.Log.Records(t, "audit record not written")
	if len(records) != 1 || records[0]["request_id"] != r.Header.Get("X-Request-Id") || records[0]["err"] != "no space left on device" {
		t.Errorf("the log has %v", records)
	}
}
