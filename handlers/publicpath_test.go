package handlers_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry/metrics"
	"github.com/gin-gonic/gin"
)

// arrivals are how proxies pass on a request below the path of PUBLIC_URL.
var arrivals = []struct{ name, setting, before string }{
	{"kept", "PUBLIC_PATH=", "/base/v2"},
	{"kept, as PUBLIC_PATH says", "PUBLIC_PATH=kept", "/base/v2"},
	{"stripped", "PUBLIC_PATH=", ""},
	{"stripped, as PUBLIC_PATH says", "PUBLIC_PATH=stripped", ""},
}

func TestAddressesHaveThePathOfPublicURL(t *testing.T) {
	const publicURL = "https://example.com/base/v2"
	for _, test := range arrivals {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env("PUBLIC_URL="+publicURL, "DOCS=on", test.setting))
			alice := api.Token("alice", "items:read items:write")
			_, body := api.Example(t, alice, "POST /items")

			location := api.Call(t, alice, "POST "+test.before+"/items", body).Header.Get("Location")
			below, ok := strings.CutPrefix(location, "/base/v2/items/")
			if !ok {
				t.Fatalf("the row is at %q", location)
			}
			changed := api.Call(t, alice, "PUT "+test.before+"/items/"+below, body)
			if got := changed.Header.Get("Content-Location"); got != location {
				t.Errorf("after a change the row is at %q, want %q", got, location)
			}
			for name, link := range apitest.Decode[handlers.Index](t, api.Call(t, "", "GET "+test.before+"/", "")).Links {
				want := publicURL + "/"
				if name == "metadata" {
					want = "https://example.com/.well-known/oauth-protected-resource/base/v2"
				}
				if !strings.HasPrefix(link, want) {
					t.Errorf("the link %s is %s, want %s", name, link, want)
				}
			}
			rejected := api.Call(t, "", "GET "+test.before+"/me", "")
			rejected.WantProblem(t, problem.CredentialsMissing)
			const metadata = `resource_metadata="https://example.com/.well-known/oauth-protected-resource/base/v2"`
			if challenge := rejected.Header.Get("WWW-Authenticate"); !strings.Contains(challenge, metadata) {
				t.Errorf("the challenge is %s", challenge)
			}
			document := api.Call(t, "", "GET "+test.before+"/openapi.json", "")
			if !strings.Contains(document.Body, `"servers":[{"url":"`+publicURL+`"}]`) {
				t.Errorf("the document has no server %s: %.300s", publicURL, document.Body)
			}
			if got := api.Call(t, "", "GET "+test.before+"/docs", "").Header.Get("Location"); got != "/base/v2/docs/" {
				t.Errorf("/docs redirects to %q", got)
			}
		})
	}
}

// The metadata is where clients construct its address (RFC 9728, section 3.1), and below the path.
func TestMetadataIsServedAtBothAddresses(t *testing.T) {
	const metadata = "/.well-known/oauth-protected-resource"
	for _, test := range arrivals {
		api := apitest.Start(t, apitest.Env("PUBLIC_URL=https://example.com/base/v2", test.setting))
		for _, path := range []string{metadata + "/base/v2", test.before + metadata} {
			got := apitest.Decode[handlers.Metadata](t, api.Call(t, "", "GET "+path, ""))
			if got.Resource != "https://example.com/base/v2" {
				t.Errorf("%s: at %s the resource is %q", test.name, path, got.Resource)
			}
		}
		for _, path := range []string{metadata + "/base", metadata + "/base/v2/", metadata + "/other"} {
			api.Call(t, "", "GET "+path, "").WantProblem(t, problem.NotFound)
		}
	}
}

func TestPagesLinkBelowThePathOfPublicURL(t *testing.T) {
	api := apitest.Start(t, apitest.Env("PUBLIC_URL=https://example.com/base", "DOCS=on", "ERROR_DETAIL=minimal"))
	link := regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	paths := []string{"/problems", "/problems/token-expired"}
	paths = append(paths, "/docs/inspect") // part:inspector
	for _, path := range paths {
		found := link.FindAllStringSubmatch(api.Call(t, "", "GET "+path, "", "Accept: text/html").Body, -1)
		for _, target := range found {
			if api.Call(t, "", "GET "+target[1], "").Status != 200 || !strings.HasPrefix(target[1], "/base/") {
				t.Errorf("%s links to %s", path, target[1])
			}
		}
		if len(found) < 3 {
			t.Errorf("%s links to %q", path, found)
		}
	}
}

func TestOnlyThePathOfPublicURLIsRemoved(t *testing.T) {
	for setting, tests := range map[string][]struct {
		path   string
		status int
	}{
		"PUBLIC_PATH=": {
			{"/base", 200}, {"/base/", 200}, {"/base/healthz", 200}, {"/base/problems?x", 200}, {"/%62ase/healthz", 200},
			{"/", 200}, {"/healthz", 200}, {"/base/problems/token%2Dexpired", 200},
			{"/baseX", 404}, {"/basehealthz", 404}, {"/base/base", 404}, {"/base/base/healthz", 404}, {"/Base/healthz", 404},
			{"//base/healthz", 404}, {"/base//healthz", 404}, {"//healthz", 404}, {"/base%2Fhealthz", 404}, {"/base/healthz/", 404},
			{"/base/../healthz", 404}, {"/./base/healthz", 404}, {"/base/items/a%2Fb", 401}, {"/base;v=1/healthz", 404},
		},
		"PUBLIC_PATH=kept":     {{"/base", 200}, {"/base/healthz", 200}, {"/healthz", 200}, {"/base/base", 404}},
		"PUBLIC_PATH=stripped": {{"/", 200}, {"/healthz", 200}, {"/base", 404}, {"/base/healthz", 404}},
	} {
		api := apitest.Start(t, apitest.Env("PUBLIC_URL=https://example.com/base", setting))
		for _, test := range tests {
			if got := api.Call(t, "", "GET "+test.path, "").Status; got != test.status {
				t.Errorf("%s: GET %s returns %d, want %d", setting, test.path, got, test.status)
			}
		}
	}
}

func TestTheRestOfThePathStaysAsItIs(t *testing.T) {
	api := apitest.Start(t, apitest.Env("PUBLIC_URL=https://example.com/base"))
	api.Router().Public().GET("/café/:name", func(c *gin.Context) error {
		c.String(http.StatusOK, c.Param("name"))
		return nil
	})
	for path, want := range map[string]string{"/caf%C3%A9/a+b": "a+b", "/caf%C3%A9/a%20b": "a b"} {
		for _, base := range []string{"", "/base"} {
			if got := api.Call(t, "", "GET "+base+path, ""); got.Status != 200 || got.Body != want {
				t.Errorf("GET %s%s returns %d %s, want %s", base, path, got.Status, got.Body, want)
			}
		}
	}
}

func TestAPathLikeThatOfARouteIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		path, setting, route string
		asks                 bool
	}{
		{"/base", "", "/other/{id}", false}, {"/base", "", "/", false}, {"/base", "", "/based", false}, {"/base", "", "/v2/base", false},
		{"/base", "", "/base", true}, {"/base", "", "/base/{id}", true}, {"/base/v2", "", "/base/{id}", true},
		{"/base/v2", "", "/base", true}, {"/base", "", "/{tenant}/x", true},
		{"/base", "kept", "/base", false}, {"/base", "stripped", "/base", false}, {"", "", "/base", false},
	} {
		cfg := &config.Config{PublicURL: "https://example.com" + test.path, PublicPath: test.setting}
		err := handlers.CheckPublicPath(cfg, []ginauth.Route{{Method: "GET", Path: test.route}})
		if asks := err != nil && strings.HasPrefix(err.Error(), "PUBLIC_PATH: not set: "); asks != test.asks {
			t.Errorf("%s and %s with PUBLIC_PATH=%s: got %v", test.path, test.route, test.setting, err)
		}
	}
}

// A path like that of a route can be either, which PUBLIC_PATH says.
func TestAPathLikeThatOfARouteIsKeptOrStripped(t *testing.T) {
	for setting, want := range map[string][3]int{
		"PUBLIC_PATH=kept":     {404, 200, 200}, // /token-expired, /problems/token-expired, /
		"PUBLIC_PATH=stripped": {200, 404, 200}, // /problems/token-expired, /problems/problems/token-expired, /
	} {
		api := apitest.Start(t, apitest.Env("PUBLIC_URL=https://example.com/problems", setting))
		got := [3]int{}
		for i, path := range []string{"/problems/token-expired", "/problems/problems/token-expired", "/"} {
			got[i] = api.Call(t, "", "GET "+path, "").Status
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", setting, got, want)
		}
	}
}

func TestLogsAndMetricsAreWithoutThePath(t *testing.T) {
	options := []apitest.Option{apitest.Env("PUBLIC_URL=https://example.com/base", "CORS_ORIGINS=https://app.example.com", "FAILURE_LIMIT=1")}
	counts := metrics.New()                              // part:metrics
	options = append(options, apitest.Hooks(counts.Use)) // part:metrics
	api := apitest.Start(t, options...)
	const token = "eyJ.eyJ.sig"
	for _, path := range []string{"/base/me", "/me"} {
		api.Call(t, token, "GET "+path, "")
	}
	api.Call(t, token, "GET /base/me", "").WantStatus(t, 429) // one limit for both
	preflight := api.Call(t, "", "OPTIONS /base/me", "", "Origin: https://app.example.com", "Access-Control-Request-Method: GET")
	if preflight.Status != 204 || preflight.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("the preflight returns %d %v", preflight.Status, preflight.Header)
	}
	api.Call(t, "", "GET /base/me%2Fprofile", "") // a log that unescapes it names another route
	api.Close()
	var paths []any
	for _, record := range api.Log.Records(t, "request") {
		paths = append(paths, record["path"])
	}
	if want := []any{"/me", "/me", "/me", "/me", "/me%2Fprofile"}; !slices.Equal(paths, want) {
		t.Errorf("the log has the paths %v, want %v", paths, want)
	}
	// part:metrics:begin
	if text := exposition(counts); !strings.Contains(text, `route="/me"`) || strings.Contains(text, "/base") {
		t.Errorf("the metrics are\n%s", text)
	}
	// part:metrics:end
}
