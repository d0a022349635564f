package doctor

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

func TestDoctorReportsFaults(t *testing.T) {
	set := func(pairs ...string) func(*fixture) {
		return func(f *fixture) {
			for i := 0; i < len(pairs); i += 2 {
				f.env[pairs[i]] = pairs[i+1]
			}
		}
	}
	meta := func(name string, value any) func(*fixture) { return func(f *fixture) { f.metadata[name] = value } }
	fault := func(path string, h http.HandlerFunc) func(*fixture) { return func(f *fixture) { f.fault[path] = h } }
	const well = "/.well-known/openid-configuration"
	for _, test := range []struct {
		name   string
		change func(*fixture)
		status status
		check  string
		detail string
		remedy string
	}{
		{"no issuer", set("OIDC_ISSUER", ""), failure, "OIDC_ISSUER", "not set", ".env.example"},
		{"no audience", set("OIDC_AUDIENCE", ""), failure, "OIDC_AUDIENCE", "not set", ".env.example"},
		{"a wrong variable", set("CLOCK_SKEW", "2m"), failure, "CLOCK_SKEW", `"2m" is not a duration`, ".env.example"},

		{"no provider", func(f *fixture) { delete(f.network, idURL) }, failure, "OIDC_ISSUER", docURL + " does not respond: no such host", "Start the provider"},
		{"a provider with an error", fault(well, authtest.Down), failure, "OIDC_ISSUER", docURL + " returns 503", "URL below which"},
		{"a provider that redirects", fault(well, redirect), failure, "OIDC_ISSUER", `returns 301 and points to "https://other.example.com/"`, "URL below which"},
		{"a page in its place", fault(well, authtest.Garbage), failure, "OIDC_ISSUER", "is not the metadata of a provider", "URL below which"},
		{"too much in its place", fault(well, authtest.Huge), failure, "OIDC_ISSUER", "too large", "Start the provider"},

		{"a slash more", meta("issuer", idURL+"/"), failure, "OIDC_ISSUER", `the issuer "https://id.example.com/"`, "differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com/."},
		{"a slash less", func(f *fixture) { f.move(idURL+"/", idURL) }, failure, "OIDC_ISSUER", `the issuer "https://id.example.com"`, "differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com."},
		{"other letters", meta("issuer", "https://ID.example.com"), failure, "OIDC_ISSUER", `the issuer "https://ID.example.com"`, "differ only by upper and lower case: set OIDC_ISSUER=https://ID.example.com."},
		{"another scheme", meta("issuer", "http://id.example.com"), failure, "OIDC_ISSUER", `the issuer "http://id.example.com"`, "differ only by http and https"},
		{"another name of this machine", func(f *fixture) { f.move("http://127.0.0.1:9000/a", "http://localhost:9000/a") }, failure, "OIDC_ISSUER", `the issuer "http://localhost:9000/a"`, "differ only by localhost and 127.0.0.1"},
		{"another port", meta("issuer", "https://id.example.com:8443"), failure, "OIDC_ISSUER", `the issuer "https://id.example.com:8443"`, "differ only by the port"},
		{"a template", meta("issuer", "https://id.example.com/{tenantid}/v2.0"), failure, "OIDC_ISSUER", `the issuer "https://id.example.com/{tenantid}/v2.0"`, "a template for many tenants"},
		{"another issuer", meta("issuer", "https://other.example.com"), failure, "OIDC_ISSUER", `the issuer "https://other.example.com"`, "exactly as the provider writes it"},
		{"another issuer, as B2C has it", func(f *fixture) {
			f.move(idURL+"/acme/B2C_1_signin/v2.0", idURL+"/11-22/v2.0/")
		}, failure, "OIDC_ISSUER", `the issuer "https://id.example.com/11-22/v2.0/"`, "If its metadata is not below that, set OIDC_DISCOVERY_URL"},
		{"both, as B2C has it", func(f *fixture) {
			f.move(idURL+"/11-22/v2.0/", idURL+"/11-22/v2.0/")
			f.network[idURL] = f
			f.env["OIDC_DISCOVERY_URL"] = docURL
		}, passed, "OIDC_ISSUER", "its metadata names the same issuer", ""},
		{"the tenant common", set("OIDC_ISSUER", "https://login.microsoftonline.com/common/v2.0"), failure, "OIDC_ISSUER", `never "common": set OIDC_ISSUER=https://login.microsoftonline.com/{tenantid}/v2.0 and OIDC_TENANTS`, ""},
		{"the template of Entra ID", func(f *fixture) {
			f.move("https://login.microsoftonline.com/common/v2.0", "https://login.microsoftonline.com/{tenantid}/v2.0")
			f.env["OIDC_ISSUER"], f.env["OIDC_TENANTS"] = "https://login.microsoftonline.com/{tenantid}/v2.0", "*"
		}, passed, "OIDC_ISSUER", "its metadata names the same issuer", ""},
		{"no issuer in the metadata", meta("issuer", ""), failure, "OIDC_ISSUER", `names the issuer ""`, "exactly as the provider writes it"},
		{"an issuer that is no address", meta("issuer", ":\x1b[2J"), failure, "OIDC_ISSUER", `the issuer ":\x1b[2J"`, "exactly as the provider writes it"},

		{"a clock behind", func(f *fixture) { f.fault[well] = f.dated(10*time.Second, "") }, warning, "clock", "it is 10s behind the provider's; CLOCK_SKEW, 30s, still covers that", "NTP"},
		{"a clock far ahead", func(f *fixture) { f.fault[well] = f.dated(-time.Hour, "") }, failure, "clock", "it is 1h0m0s ahead of the provider's, and CLOCK_SKEW is 30s", "NTP"},
		{"a clock far behind", func(f *fixture) { f.fault[well] = f.dated(time.Hour, "") }, failure, "clock", "it is 1h0m0s behind the provider's, and CLOCK_SKEW is 30s", "NTP"},
		{"as far behind as is tolerated", func(f *fixture) { f.fault[well] = f.dated(30*time.Second, "") }, warning, "clock", "it is 30s behind", "NTP"},
		{"a second more", func(f *fixture) { f.fault[well] = f.dated(31*time.Second, "") }, failure, "clock", "it is 31s behind", "NTP"},
		{"as far ahead as does not matter", func(f *fixture) { f.fault[well] = f.dated(-2*time.Second, "") }, passed, "clock", "it is within 2s of the provider's", ""},
		{"a cached response", func(f *fixture) { f.fault[well] = f.dated(-time.Hour, "3600") }, passed, "clock", "it is within 2s of the provider's", ""},
		{"no date", func(f *fixture) {
			f.fault[well] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Del("Date")
				json.NewEncoder(rw).Encode(f.metadata)
			}
		}, warning, "clock", "the provider sends no Date", "yourself"},

		{"no key set", meta("jwks_uri", nil), failure, "jwks_uri", `"" is not an absolute URL`, "at the provider"},
		{"a key set by http", meta("jwks_uri", "http://id.example.com/keys"), failure, "jwks_uri", "must be https", "at the provider"},
		{"a key set without a server", meta("jwks_uri", "https://keys.example.com/"), failure, "jwks_uri", "https://keys.example.com/ does not respond: no such host", "network"},
		{"a key set with an error", fault("/keys", authtest.Down), failure, "jwks_uri", "returns 503", "provider"},
		{"a key set that redirects", fault("/keys", redirect), failure, "jwks_uri", "returns 301 and points to", "provider"},
		{"a page in place of a key set", fault("/keys", authtest.Garbage), failure, "jwks_uri", "is not a key set", "provider"},
		{"no keys", func(f *fixture) { f.keys = nil }, failure, "keys", "none of 0 can verify a token", "P-256"},
		{"a weak key", func(f *fixture) { f.keys = []any{weak()} }, failure, "keys", "none of 1 can verify a token", "2048"},
		{"why a key is weak", func(f *fixture) { f.keys = append(f.keys, weak()) }, warning, "key", `number 2, "weak", cannot be used: it has 1024 bits`, "replace it"},
		{"a key to sign with", func(f *fixture) {
			f.keys = append(f.keys, with(authtest.NewKey("ES256").JWK(), map[string]any{"key_ops": []string{"sign"}}))
		}, warning, "key", "cannot be used: its key_ops do not include verify", "replace it"},
		{"a kid with a line break", func(f *fixture) {
			f.keys = append(f.keys, with(authtest.NewKey("ES256").JWK(), map[string]any{"kid": "a\nb"}))
		}, warning, "key", `number 2, "a\nb", cannot be used: its kid`, "replace it"},
		{"a kid of 300 characters", func(f *fixture) {
			f.keys = append(f.keys, with(authtest.NewKey("ES256").JWK(), map[string]any{"kid": strings.Repeat("k", 300)}))
		}, warning, "key", "cannot be used: its kid has more than 256 bytes", "replace it"},
		{"a weak key beside a good one", func(f *fixture) { f.keys = append(f.keys, weak()) }, passed, "keys", "1 of 2 can verify tokens", ""},
		{"a key for encryption", func(f *fixture) {
			f.keys = append(f.keys, with(authtest.NewKey("RS256").JWK(), map[string]any{"use": "enc", "alg": "RSA-OAEP"}))
		}, passed, "keys", "1 of 2 can verify tokens", ""},
		{"algorithms that are secrets", meta("id_token_signing_alg_values_supported", []string{"HS256"}), failure, "algorithms", `signs with ["HS256"], and its keys are for ["ES256"]`, "RS256 or ES256"},
		{"algorithms without a key", meta("id_token_signing_alg_values_supported", []string{"RS256"}), failure, "algorithms", `signs with ["RS256"], and its keys are for ["ES256"]`, "RS256 or ES256"},
		{"algorithms that are not named", meta("id_token_signing_alg_values_supported", nil), passed, "algorithms", `any of ["ES256"]`, ""},

		{"introspection", introspecting(http.StatusOK, `{"active":false}`), passed, "introspection", `accepts the client "api"`, ""},                                                                                // part:introspection
		{"introspection that is off", func(f *fixture) { f.env["INTROSPECTION_CLIENT_ID"] = "api" }, warning, "INTROSPECTION", "it is off, and INTROSPECTION_CLIENT_ID", "INTROSPECTION=opaque"},                    // part:introspection
		{"introspection by a wrong client", introspecting(http.StatusUnauthorized, ""), failure, "introspection", "https://id.example.com/introspect returns 401", "CLIENT_SECRET"},                                 // part:introspection
		{"introspection of an unknown token", introspecting(http.StatusOK, `{"active":true}`), failure, "introspection", "a made-up token is active", "INTROSPECTION_URL"},                                          // part:introspection
		{"a page in place of an answer", introspecting(http.StatusOK, "<html>"), failure, "introspection", "returns no answer of introspection", "INTROSPECTION_URL"},                                               // part:introspection
		{"introspection of opaque tokens alone", rejectingJWTs, failure, "INTROSPECTION", "for one https://id.example.com/introspect returns 400", "INTROSPECTION=opaque"},                                          // part:introspection
		{"introspection nowhere", set("INTROSPECTION", "opaque", "INTROSPECTION_CLIENT_ID", "api", "INTROSPECTION_CLIENT_SECRET", "s"), failure, "introspection", "no introspection_endpoint", "INTROSPECTION_URL"}, // part:introspection

		{"no sign-in", meta("authorization_endpoint", nil), warning, "sign-in", "no authorization_endpoint", "DOCS=off"},
		{"a sign-in by http", meta("authorization_endpoint", "http://id.example.com/"), failure, "sign-in", "must be https", "at the provider"},
		{"no PKCE", meta("code_challenge_methods_supported", nil), warning, "sign-in", "PKCE with S256", "Allow PKCE"},
		{"weak PKCE", meta("code_challenge_methods_supported", []string{"plain"}), warning, "sign-in", "PKCE with S256", "Allow PKCE"},

		{"the audience of every client", set("OIDC_AUDIENCE", "orders,account"), failure, "OIDC_AUDIENCE", `"account"`, "Audience mapper"},
		{"the client's audience", set("OIDC_AUDIENCE", "docs"), warning, "OIDC_AUDIENCE", `"docs" is the client of the documentation`, "name of its own"},
		{"the provider's audience", set("OIDC_AUDIENCE", idURL), warning, "OIDC_AUDIENCE", "is the provider itself", "name of its own"},

		{"an audience that is not the resource", set("OIDC_AUDIENCE", "api://orders"), warning, "resource",
			"ask for tokens for the resource https://api.example.com (PUBLIC_URL), which is not in OIDC_AUDIENCE",
			"At the provider, map the resource https://api.example.com to the audience api://orders; or let it write https://api.example.com into aud, and add that to OIDC_AUDIENCE."},

		{"an API by http", set("PUBLIC_URL", "http://api.example.com"), failure, "PUBLIC_URL", "cross the network unencrypted", "Use https"},
		{"an API that does not respond", set("PUBLIC_URL", "https://elsewhere.example.com"), warning, "PUBLIC_URL", "from here, https://elsewhere.example.com/healthz does not respond: no such host", "Start the API"},
		{"another server in its place", func(f *fixture) { f.env["PUBLIC_URL"] = idURL }, warning, "PUBLIC_URL", "from here, https://id.example.com/healthz returns 404", "the proxy in front of it"},
		{"metadata that the proxy passes on", below("/base", `{"resource":"https://api.example.com/base"}`), passed, "metadata", "https://api.example.com/.well-known/oauth-protected-resource/base describes the API", ""},
		{"metadata of another API", below("/base", `{"resource":"https://api.example.com"}`), warning, "metadata", `describes "https://api.example.com"`, "Let the proxy pass this address on"},
		{"a page in place of metadata", below("/base", "<html>"), warning, "metadata", "from here, invalid character", "Let the proxy pass this address on"},
		{"metadata that the proxy does not pass on", below("/base", ""), warning, "metadata", "from here, https://api.example.com/.well-known/oauth-protected-resource/base returns 404", "Let the proxy pass this address on"},
		{"the redirect URI below a path", below("/base", ""), passed, "redirect URI", `register https://api.example.com/base/docs/oauth2-redirect.html for`, ""},
		{"the redirect URI of the documentation", set("DOCS_CLIENT_ID", "swagger"), passed, "redirect URI", `register https://api.example.com/docs/oauth2-redirect.html for the public client "swagger"`, ""},

		{"scripts of an origin", set("CORS_ORIGINS", "https://app.example.com"), passed, "CORS_ORIGINS", "scripts of https://app.example.com may call the API", ""},
		{"scripts of a caller's machine", set("CORS_ORIGINS", "https://app.example.com,http://localhost:3000"), warning, "CORS_ORIGINS", "http://localhost:3000 is any program on a caller's machine", "production"},
		{"scripts of this machine for an API on it", set("CORS_ORIGINS", "http://localhost:3000", "PUBLIC_URL", "http://localhost:8080"), passed, "CORS_ORIGINS", "scripts of http://localhost:3000 may call the API", ""},
		{"scripts of an app", set("CORS_ORIGINS", "capacitor://localhost"), passed, "CORS_ORIGINS", "scripts of the app capacitor://localhost may call the API", ""},
		{"scripts by http", set("CORS_ORIGINS", "http://app.example.com"), warning, "CORS_ORIGINS", "can be changed in transit", "https"},

		{"development in production", set("DEVELOPMENT", "true"), failure, "DEVELOPMENT", "other machines reach the API", "Remove it"},
		{"development for other machines", set("DEVELOPMENT", "true", "PUBLIC_URL", "http://localhost:8080", "ADDR", ":8080"), failure, "DEVELOPMENT", "other machines reach the API", "Remove it"},
		{"a provider on this machine", func(f *fixture) { f.move("http://localhost:9000", "http://localhost:9000") }, failure, "OIDC_ISSUER", "is on this machine", "sign in at"},
		{"public documentation", set("DOCS", "on"), warning, "DOCS", "the documentation is public", "DOCS=protected"},
		{"the most clock skew", set("CLOCK_SKEW", "60s"), warning, "CLOCK_SKEW", "for the longest time possible", "CLOCK_SKEW=30s"},
		{"no limit for failures", set("FAILURE_LIMIT", "0"), warning, "FAILURE_LIMIT", "any number of tokens", "600"},
		{"every address is a proxy", set("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0"), failure, "TRUSTED_PROXIES", "can choose the address", "Name only the proxies"},
		{"public metrics", set("METRICS_ADDR", ":9464"), warning, "METRICS_ADDR", "every client that reaches :9464 can read the metrics", "localhost"}, // part:metrics
		{"a log for debugging", set("LOG_LEVEL", "debug"), warning, "LOG_LEVEL", "for debugging", "LOG_LEVEL=info"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			test.change(f)
			status, results := f.run(t)
			found, failures := false, 0
			for _, r := range results {
				found = found || r.Check == test.check && r.Status == test.status && strings.Contains(r.Detail, test.detail) && strings.Contains(r.Remedy, test.remedy)
				if r.Status == failure {
					failures++
				}
				if (r.Remedy == "") != (r.Status == passed) {
					t.Errorf("%+v: there must be a remedy unless the check passed", r)
				}
			}
			if !found {
				t.Errorf("the results are %+v\nwant %s %s: %s. %s", results, test.status, test.check, test.detail, test.remedy)
			}
			if (status == 1) != (failures > 0) || test.status == failure && failures == 0 {
				t.Errorf("the status is %d with %d failures", status, failures)
			}
			if test.status != failure && failures > 0 {
				t.Errorf("the results are %+v, want no failure", results)
			}
		})
	}
}

func TestDoctorOmitsWhatDoesNotApply(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*fixture)
		never  string
	}{
		{"the sign-in without a documentation", func(f *fixture) { f.env["DOCS"] = "off" }, "sign-in"},
		{"the resource that is one of the audiences", func(f *fixture) { f.env["OIDC_AUDIENCE"] = "api://orders,https://api.example.com" }, "resource"},
		{"the redirect URI without a documentation", func(f *fixture) { f.env["DOCS"] = "off" }, "redirect URI"},
		{"the documentation on this machine", func(f *fixture) { f.env["DOCS"], f.env["PUBLIC_URL"] = "on", "http://localhost:8080" }, "DOCS"},
		{"development on this machine", func(f *fixture) {
			f.env["DEVELOPMENT"], f.env["PUBLIC_URL"], f.env["ADDR"] = "true", "http://localhost:8080", "localhost:8080"
		}, "DEVELOPMENT"},
		{"algorithms without a key", func(f *fixture) { f.keys = nil }, "algorithms"},
		{"keys for encryption", func(f *fixture) {
			f.keys = append(f.keys, with(authtest.NewKey("RS256").JWK(), map[string]any{"use": "enc"}))
		}, "key"},
		{"a provider whose address is wrong", func(f *fixture) { f.env["OIDC_ISSUER"] = "id" }, "jwks_uri"},
		{"a PUBLIC_URL that is wrong", func(f *fixture) { f.env["PUBLIC_URL"] = "api" }, "redirect URI"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			test.change(f)
			_, results := f.run(t)
			for _, r := range results {
				if r.Check == test.never {
					t.Errorf("the results have %+v", r)
				}
			}
		})
	}
}

// below returns a change that has the API below a path, and this metadata, if there is any.
func below(path, metadata string) func(*fixture) {
	return func(f *fixture) {
		f.env["PUBLIC_URL"] += path
		f.network["https://api.example.com"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == path+"/healthz":
			case r.URL.Path == "/.well-known/oauth-protected-resource"+path && metadata != "":
				w.Write([]byte(metadata))
			default:
				http.NotFound(w, r)
			}
		})
	}
}
