package doctor

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	set := func(pairs ...string) func(*ward) {
		return func(w *ward) {
			for i := 0; i < len(pairs); i += 2 {
				w.env[pairs[i]] = pairs[i+1]
			}
		}
	}
	meta := func(name string, value any) func(*ward) { return func(w *ward) { w.metadata[name] = value } }
	fault := func(path string, f http.HandlerFunc) func(*ward) { return func(w *ward) { w.fault[path] = f } }
	const well = "/.well-known/openid-configuration"
	for _, test := range []struct {
		name   string
		spoil  func(*ward)
		mark   mark
		check  string
		detail string
		remedy string
	}{
		{"no issuer", set("OIDC_ISSUER", ""), failure, "OIDC_ISSUER", "not set", ".env.example"},
		{"no audience", set("OIDC_AUDIENCE", ""), failure, "OIDC_AUDIENCE", "not set", ".env.example"},
		{"a wrong variable", set("CLOCK_SKEW", "2m"), failure, "CLOCK_SKEW", `"2m" is not a duration`, ".env.example"},

		{"no provider", func(w *ward) { delete(w.network, idURL) }, failure, "OIDC_ISSUER", docURL + " does not answer: no such host", "Start the provider"},
		{"a provider in trouble", fault(well, authtest.Down), failure, "OIDC_ISSUER", docURL + " answers 503", "address below which"},
		{"a provider elsewhere", fault(well, redirect), failure, "OIDC_ISSUER", `answers 301 and points to "https://other.example.com/"`, "address below which"},
		{"a page in its place", fault(well, authtest.Garbage), failure, "OIDC_ISSUER", "is not the metadata of a provider", "address below which"},
		{"too much in its place", fault(well, authtest.Huge), failure, "OIDC_ISSUER", "too large", "Start the provider"},

		{"a slash more", meta("issuer", idURL+"/"), failure, "OIDC_ISSUER", `calls itself "https://id.example.com/"`, "differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com/."},
		{"a slash less", func(w *ward) { w.move(idURL+"/", idURL) }, failure, "OIDC_ISSUER", `calls itself "https://id.example.com"`, "differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com."},
		{"other letters", meta("issuer", "https://ID.example.com"), failure, "OIDC_ISSUER", `calls itself "https://ID.example.com"`, "differ only by upper and lower case: set OIDC_ISSUER=https://ID.example.com."},
		{"another scheme", meta("issuer", "http://id.example.com"), failure, "OIDC_ISSUER", `calls itself "http://id.example.com"`, "differ only by http and https"},
		{"another name of this machine", func(w *ward) { w.move("http://127.0.0.1:9000/a", "http://localhost:9000/a") }, failure, "OIDC_ISSUER", `calls itself "http://localhost:9000/a"`, "differ only by localhost and 127.0.0.1"},
		{"another port", meta("issuer", "https://id.example.com:8443"), failure, "OIDC_ISSUER", `calls itself "https://id.example.com:8443"`, "differ only by the port"},
		{"a template", meta("issuer", "https://id.example.com/{tenantid}/v2.0"), failure, "OIDC_ISSUER", `calls itself "https://id.example.com/{tenantid}/v2.0"`, "a template for many tenants"},
		{"another issuer", meta("issuer", "https://other.example.com"), failure, "OIDC_ISSUER", `calls itself "https://other.example.com"`, "exactly as the provider writes it"},
		{"no issuer in the metadata", meta("issuer", ""), failure, "OIDC_ISSUER", `calls itself ""`, "exactly as the provider writes it"},
		{"an issuer that is no address", meta("issuer", ":\x1b[2J"), failure, "OIDC_ISSUER", `calls itself ":\x1b[2J"`, "exactly as the provider writes it"},

		{"a clock behind", func(w *ward) { w.fault[well] = w.dated(10*time.Second, "") }, warning, "clock", "it is 10s behind the provider's; CLOCK_SKEW, 30s, still covers that", "NTP"},
		{"a clock far ahead", func(w *ward) { w.fault[well] = w.dated(-time.Hour, "") }, failure, "clock", "it is 1h0m0s ahead of the provider's, and CLOCK_SKEW is 30s", "NTP"},
		{"a clock far behind", func(w *ward) { w.fault[well] = w.dated(time.Hour, "") }, failure, "clock", "it is 1h0m0s behind the provider's, and CLOCK_SKEW is 30s", "NTP"},
		{"as far behind as is forgiven", func(w *ward) { w.fault[well] = w.dated(30*time.Second, "") }, warning, "clock", "it is 30s behind", "NTP"},
		{"a second more", func(w *ward) { w.fault[well] = w.dated(31*time.Second, "") }, failure, "clock", "it is 31s behind", "NTP"},
		{"as far ahead as nobody minds", func(w *ward) { w.fault[well] = w.dated(-2*time.Second, "") }, healthy, "clock", "it is within 2s of the provider's", ""},
		{"a cached answer", func(w *ward) { w.fault[well] = w.dated(-time.Hour, "3600") }, healthy, "clock", "it is within 2s of the provider's", ""},
		{"no date", func(w *ward) {
			w.fault[well] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Del("Date")
				json.NewEncoder(rw).Encode(w.metadata)
			}
		}, warning, "clock", "the provider sends no Date", "yourself"},

		{"no key set", meta("jwks_uri", nil), failure, "jwks_uri", `"" is not an absolute URL`, "at the provider"},
		{"a key set in the clear", meta("jwks_uri", "http://id.example.com/keys"), failure, "jwks_uri", "must be https", "at the provider"},
		{"a key set that nobody serves", meta("jwks_uri", "https://keys.example.com/"), failure, "jwks_uri", "https://keys.example.com/ does not answer: no such host", "network"},
		{"a key set in trouble", fault("/keys", authtest.Down), failure, "jwks_uri", "answers 503", "provider"},
		{"a key set elsewhere", fault("/keys", redirect), failure, "jwks_uri", "answers 301 and points to", "provider"},
		{"a page in place of a key set", fault("/keys", authtest.Garbage), failure, "jwks_uri", "is not a key set", "provider"},
		{"no keys", func(w *ward) { w.keys = nil }, failure, "keys", "none of 0 can verify a token", "P-256"},
		{"a weak key", func(w *ward) { w.keys = []any{weak()} }, failure, "keys", "none of 1 can verify a token", "2048"},
		{"why a key is weak", func(w *ward) { w.keys = append(w.keys, weak()) }, warning, "key", `number 2, "weak", cannot be used: it has 1024 bits`, "another"},
		{"a key to sign with", func(w *ward) {
			w.keys = append(w.keys, with(authtest.NewKey("ES256").JWK(), map[string]any{"key_ops": []string{"sign"}}))
		}, warning, "key", "cannot be used: its key_ops do not include verify", "another"},
		{"a kid with a line break", func(w *ward) {
			w.keys = append(w.keys, with(authtest.NewKey("ES256").JWK(), map[string]any{"kid": "a\nb"}))
		}, warning, "key", `number 2, "a\nb", cannot be used: its kid`, "another"},
		{"a kid of 300 characters", func(w *ward) {
			w.keys = append(w.keys, with(authtest.NewKey("ES256").JWK(), map[string]any{"kid": strings.Repeat("k", 300)}))
		}, warning, "key", "cannot be used: its kid has more than 256 bytes", "another"},
		{"a weak key beside a good one", func(w *ward) { w.keys = append(w.keys, weak()) }, healthy, "keys", "1 of 2 can verify tokens", ""},
		{"a key for encryption", func(w *ward) {
			w.keys = append(w.keys, with(authtest.NewKey("RS256").JWK(), map[string]any{"use": "enc", "alg": "RSA-OAEP"}))
		}, healthy, "keys", "1 of 2 can verify tokens", ""},
		{"algorithms that are secrets", meta("id_token_signing_alg_values_supported", []string{"HS256"}), failure, "algorithms", `signs with ["HS256"], and its keys are for ["ES256"]`, "RS256 or ES256"},
		{"algorithms without a key", meta("id_token_signing_alg_values_supported", []string{"RS256"}), failure, "algorithms", `signs with ["RS256"], and its keys are for ["ES256"]`, "RS256 or ES256"},
		{"algorithms that are not named", meta("id_token_signing_alg_values_supported", nil), healthy, "algorithms", `any of ["ES256"]`, ""},

		{"nowhere to sign in", meta("authorization_endpoint", nil), warning, "sign-in", "no authorization_endpoint", "DOCS=off"},
		{"a sign-in in the clear", meta("authorization_endpoint", "http://id.example.com/"), failure, "sign-in", "must be https", "at the provider"},
		{"no PKCE", meta("code_challenge_methods_supported", nil), warning, "sign-in", "PKCE with S256", "Allow PKCE"},
		{"weak PKCE", meta("code_challenge_methods_supported", []string{"plain"}), warning, "sign-in", "PKCE with S256", "Allow PKCE"},

		{"everybody's audience", set("OIDC_AUDIENCE", "orders,account"), failure, "OIDC_AUDIENCE", `"account"`, "Audience mapper"},
		{"the client's audience", set("OIDC_AUDIENCE", "docs"), warning, "OIDC_AUDIENCE", `"docs" is the client of the documentation`, "name of its own"},
		{"the provider's audience", set("OIDC_AUDIENCE", idURL), warning, "OIDC_AUDIENCE", "is the provider itself", "name of its own"},

		{"an API in the clear", set("PUBLIC_URL", "http://api.example.com"), failure, "PUBLIC_URL", "cross the network in the clear", "Use https"},
		{"an API that does not answer", set("PUBLIC_URL", "https://elsewhere.example.com"), warning, "PUBLIC_URL", "nobody answers at https://elsewhere.example.com from here: no such host", "Start the API"},
		{"something else in its place", func(w *ward) { w.env["PUBLIC_URL"] = idURL }, warning, "PUBLIC_URL", "/healthz answers 404 from here", "before the API"},
		{"where the documentation is sent back to", set("DOCS_CLIENT_ID", "swagger"), healthy, "redirect URI", `register https://api.example.com/docs/oauth2-redirect.html for the public client "swagger"`, ""},

		{"scripts of an origin", set("CORS_ORIGINS", "https://app.example.com"), healthy, "CORS_ORIGINS", "scripts of https://app.example.com may call the API", ""},
		{"scripts of a caller's machine", set("CORS_ORIGINS", "https://app.example.com,http://localhost:3000"), warning, "CORS_ORIGINS", "http://localhost:3000 is whatever runs on a caller's machine", "production"},
		{"scripts of this machine for an API on it", set("CORS_ORIGINS", "http://localhost:3000", "PUBLIC_URL", "http://localhost:8080"), healthy, "CORS_ORIGINS", "scripts of http://localhost:3000 may call the API", ""},
		{"scripts that anybody can change", set("CORS_ORIGINS", "http://app.example.com"), warning, "CORS_ORIGINS", "can be changed on their way", "https"},

		{"development in the open", set("DEVELOPMENT", "true"), failure, "DEVELOPMENT", "tells everybody how to sign in", "Remove it"},
		{"a provider on this machine", func(w *ward) { w.move("http://localhost:9000", "http://localhost:9000") }, failure, "OIDC_ISSUER", "is on this machine", "sign in at"},
		{"documentation in the open", set("DOCS", "on"), warning, "DOCS", "everybody can read the documentation", "DOCS=protected"},
		{"the most clock skew", set("CLOCK_SKEW", "60s"), warning, "CLOCK_SKEW", "the longest time possible", "CLOCK_SKEW=30s"},
		{"no limit for failures", set("FAILURE_LIMIT", "0"), warning, "FAILURE_LIMIT", "nobody is slowed down", "600"},
		{"everybody is a proxy", set("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0"), failure, "TRUSTED_PROXIES", "can choose the address", "Name the proxies"},
		{"metrics in the open", set("METRICS_ADDR", ":9464"), warning, "METRICS_ADDR", "whoever reaches :9464 can read the metrics", "localhost"},
		{"a log for debugging", set("LOG_LEVEL", "debug"), warning, "LOG_LEVEL", "for debugging", "LOG_LEVEL=info"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWard()
			test.spoil(w)
			status, findings := w.examine(t)
			found, failures := false, 0
			for _, f := range findings {
				found = found || f.Check == test.check && f.Mark == test.mark && strings.Contains(f.Detail, test.detail) && strings.Contains(f.Remedy, test.remedy)
				if f.Mark == failure {
					failures++
				}
				if (f.Remedy == "") != (f.Mark == healthy) {
					t.Errorf("%+v: there must be a remedy unless all is well", f)
				}
			}
			if !found {
				t.Errorf("it finds %+v\nwant %s %s: %s. %s", findings, test.mark, test.check, test.detail, test.remedy)
			}
			if (status == 1) != (failures > 0) || test.mark == failure && failures == 0 {
				t.Errorf("the status is %d with %d failures", status, failures)
			}
			if test.mark != failure && failures > 0 {
				t.Errorf("it fails with %+v", findings)
			}
		})
	}
}

func TestDoctorLeavesOutWhatDoesNotMatter(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*ward)
		never string
	}{
		{"signing in without a documentation", func(w *ward) { w.env["DOCS"] = "off" }, "sign-in"},
		{"where to come back to without a documentation", func(w *ward) { w.env["DOCS"] = "off" }, "redirect URI"},
		{"the documentation on this machine", func(w *ward) { w.env["DOCS"], w.env["PUBLIC_URL"] = "on", "http://localhost:8080" }, "DOCS"},
		{"development on this machine", func(w *ward) { w.env["DEVELOPMENT"], w.env["PUBLIC_URL"] = "true", "http://localhost:8080" }, "DEVELOPMENT"},
		{"algorithms without a key", func(w *ward) { w.keys = nil }, "algorithms"},
		{"keys for encryption", func(w *ward) {
			w.keys = append(w.keys, with(authtest.NewKey("RS256").JWK(), map[string]any{"use": "enc"}))
		}, "key"},
		{"a provider whose address is wrong", func(w *ward) { w.env["OIDC_ISSUER"] = "id" }, "jwks_uri"},
		{"an address that is none", func(w *ward) { w.env["PUBLIC_URL"] = "api" }, "redirect URI"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWard()
			test.spoil(w)
			_, findings := w.examine(t)
			for _, f := range findings {
				if f.Check == test.never {
					t.Errorf("it finds %+v", f)
				}
			}
		})
	}
}
