package conformance

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
)

const (
	rigApp     = "https://app.example.com"
	fromApp    = "Origin: " + rigApp
	forGET     = "Access-Control-Request-Method: GET"
	withHeader = "Access-Control-Request-Headers: "
)

// open lets the scripts of one origin call the API.
func open(_ *rig, _ *auth.Config, c *config.Config) { c.CORSOrigins = []string{rigApp} }

// TestOrigins is section 1.3 of the requirements: caches and scripts (RFC 9111; Fetch).
func TestOrigins(t *testing.T) {
	t.Parallel()
	r := newRig(t, open)
	good := r.token("items:read")
	noStore := func(name string, c call, code string) {
		t.Run(name, func(t *testing.T) {
			if got := r.want(t, c, code).header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("got Cache-Control: %s", got)
			}
		})
	}
	noStore("X01 what a caller was answered is not stored", get("/items", bearer(good)), "")
	noStore("X01 a refusal is not stored", get("/items"), "credentials-missing")
	noStore("X01 what is not there is not stored", get("/nothing/here"), "not-found")
	noStore("X01 a wrong method is not stored", post("/healthz", ""), "method-not-allowed")

	t.Run("X03 a preflight needs no credentials and reaches nothing", func(t *testing.T) {
		logged, fetched := r.log.String(), r.issuer.Fetches("/jwks")
		got := r.want(t, call{line: "OPTIONS /items", headers: []string{fromApp, forGET, withHeader + "authorization"}}, "preflight")
		allowed := got.header.Get("Access-Control-Allow-Origin") + " " + strings.ToLower(got.header.Get("Access-Control-Allow-Headers"))
		if allowed != rigApp+" authorization" || r.log.String() != logged || r.issuer.Fetches("/jwks") != fetched {
			t.Errorf("got %v", got.header)
		}
	})
	r.run(t, []row{
		{"X04 OPTIONS that is no preflight is asked for a token", call{line: "OPTIONS /items"}, "credentials-missing"},
		{"X04 OPTIONS with an origin alone is no preflight", call{line: "OPTIONS /items", headers: []string{fromApp}}, "credentials-missing"},
	})

	down := newRig(t, open, func(r *rig, _ *auth.Config, _ *config.Config) { r.issuer.Break(authtest.Down) })
	for _, test := range []struct {
		name, code string
		rig        *rig
		call       call
	}{
		{"200", "", r, get("/items", fromApp, bearer(good))},
		{"401", "credentials-missing", r, get("/items", fromApp)},
		{"403", "access-denied", r, get("/admin/items", fromApp, bearer(good))},
		{"404", "not-found", r, get("/items/a/b", fromApp, bearer(good))},
		{"503", "auth-unavailable", down, get("/items", fromApp, bearer(good))},
	} {
		t.Run("X05 a script may read an answer of "+test.name, func(t *testing.T) {
			got := test.rig.want(t, test.call, test.code).header
			if got.Get("Access-Control-Allow-Origin") != rigApp || !strings.Contains(strings.Join(got.Values("Vary"), ","), "Origin") {
				t.Errorf("got %v", got)
			}
		})
		t.Run("X06 and the headers that explain it "+test.name, func(t *testing.T) {
			if got := test.rig.send(t, test.call).header.Get("Access-Control-Expose-Headers"); got != "Etag, Location, Retry-After, Www-Authenticate, X-Request-Id" {
				t.Errorf("got %s", got)
			}
		})
	}
	for _, origin := range []string{
		rigApp + ".evil", "https://evil-app.example.com", "https://example.com", "https://x.app.example.com",
		"http://app.example.com", rigApp + ":444", "null", "*", "",
	} {
		t.Run("X08 the origin "+origin+" is not let in", func(t *testing.T) {
			actual := r.want(t, get("/items", "Origin: "+origin, bearer(good)), "")
			preflight := r.want(t, call{line: "OPTIONS /items", headers: []string{"Origin: " + origin, forGET}}, "preflight")
			for _, got := range []reply{actual, preflight} {
				if found := got.header.Get("Access-Control-Allow-Origin"); found != "" {
					t.Errorf("got %s", found)
				}
			}
		})
	}
}

func TestNoOrigins(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	t.Run("X08 without a list no origin is let in", func(t *testing.T) {
		if got := r.want(t, get("/me", fromApp), "credentials-missing").header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("got %s", got)
		}
	})
	r.run(t, []row{
		{"X04 without a list a preflight is a request like any other", call{line: "OPTIONS /items", headers: []string{fromApp, forGET}}, "credentials-missing"},
	})
}
