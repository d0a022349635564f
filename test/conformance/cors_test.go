package conformance

import (
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

const (
	appOrigin  = "https://app.example.com"
	fromApp    = "Origin: " + appOrigin
	forGET     = "Access-Control-Request-Method: GET"
	forHeaders = "Access-Control-Request-Headers: "
)

// allowApp lets the scripts of one origin call the API.
func allowApp() apitest.Option { return apitest.Env("CORS_ORIGINS=" + appOrigin) }

// preflight is what a browser sends before a request with credentials.
func preflight(headers ...string) request {
	return request{line: "OPTIONS /items", headers: append([]string{forGET}, headers...)}
}

func TestResponsesAreNotStored(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, row := range []row{
		{"X01 a response to a caller", get("/items", bearer(a.withScopes("items:read"))), ""},
		{"X01 a rejection", get("/items"), "credentials-missing read"},
		{"X01 an unknown path", get("/nothing/here"), "not-found"},
		{"X01 a wrong method", post("/healthz", ""), "method-not-allowed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := a.want(t, row.request, row.code).header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("got Cache-Control: %s", got)
			}
		})
	}
}

func TestPreflightsNeedNoCredentials(t *testing.T) {
	t.Parallel()
	a, closed := start(t, allowApp()), start(t)
	t.Run("X03 a preflight does not reach the issuer", func(t *testing.T) {
		a.want(t, get("/me", bearer(a.Issuer.Token())), "") // after which the keys are fetched
		fetched := a.Issuer.Fetches("/jwks")
		got := a.want(t, preflight(fromApp, forHeaders+"authorization"), "preflight").header
		allowed := got.Get("Access-Control-Allow-Origin") + " " + strings.ToLower(got.Get("Access-Control-Allow-Headers"))
		if allowed != appOrigin+" authorization" || a.Issuer.Fetches("/jwks") != fetched {
			t.Errorf("got %v", got)
		}
	})
	a.run(t, []row{
		{"X04 OPTIONS alone is no preflight", request{line: "OPTIONS /items"}, "credentials-missing read"},
		{"X04 OPTIONS with Origin alone is no preflight", request{line: "OPTIONS /items", headers: []string{fromApp}}, "credentials-missing read"},
	})
	closed.run(t, []row{{"X04 no preflight without CORS_ORIGINS", preflight(fromApp), "credentials-missing read"}})
	t.Run("A35 a preflight with 10,000 header names is quick", func(t *testing.T) {
		began := time.Now()
		got := a.want(t, preflight(fromApp, forHeaders+strings.Repeat("a,", 10000)), "preflight").header
		size := 0
		for name, values := range got {
			size += len(name) + len(strings.Join(values, ""))
		}
		if took := time.Since(began); took > time.Second || got.Get("Access-Control-Allow-Origin") != "" || size > 1000 {
			t.Errorf("got %v after %s", got, took)
		}
	})
}

func TestAllowedOriginsCanReadEveryResponse(t *testing.T) {
	t.Parallel()
	a := start(t, allowApp())
	down := start(t, allowApp(), apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
	good := bearer(a.withScopes("items:read"))
	for _, test := range []struct {
		status, code string
		api          *testAPI
		request      request
	}{
		{"200", "", a, get("/items", fromApp, good)},
		{"401", "credentials-missing read", a, get("/items", fromApp)},
		{"403", "access-denied", a, get("/admin/items", fromApp, good)},
		{"404", "not-found", a, get("/items/a/b", fromApp, good)},
		{"503", "auth-unavailable", down, get("/items", fromApp, bearer(down.withScopes("items:read")))},
	} {
		t.Run("X05 a script reads a response of "+test.status, func(t *testing.T) {
			got := test.api.want(t, test.request, test.code).header
			if got.Get("Access-Control-Allow-Origin") != appOrigin || !strings.Contains(strings.Join(got.Values("Vary"), ","), "Origin") {
				t.Errorf("got %v", got)
			}
		})
		t.Run("X06 a script reads the headers of "+test.status, func(t *testing.T) {
			const want = "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
			if got := test.api.send(t, test.request).header.Get("Access-Control-Expose-Headers"); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestOtherOriginsAreNotAllowed(t *testing.T) {
	t.Parallel()
	a, closed := start(t, allowApp()), start(t)
	good := bearer(a.withScopes("items:read"))
	check := func(t *testing.T, got response) {
		t.Helper()
		if found := got.header.Get("Access-Control-Allow-Origin"); found != "" {
			t.Errorf("got %s", found)
		}
	}
	for _, origin := range []string{
		appOrigin + ".evil", "https://evil-app.example.com", "https://example.com", "https://x.app.example.com",
		"http://app.example.com", appOrigin + ":444", "null", "*", "",
	} {
		t.Run("X08 the origin "+origin, func(t *testing.T) {
			check(t, a.want(t, get("/items", "Origin: "+origin, good), ""))
			check(t, a.want(t, preflight("Origin: "+origin), "preflight"))
		})
	}
	t.Run("X08 no origin without CORS_ORIGINS", func(t *testing.T) {
		check(t, closed.want(t, get("/me", fromApp), "credentials-missing"))
	})
}
