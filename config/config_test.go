package config

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
)

// env returns a look-up of variables: the required ones, and pairs of further names and values.
func env(pairs ...string) func(string) string {
	values := map[string]string{"OIDC_ISSUER": "https://id.example.com", "OIDC_AUDIENCE": "https://api.example.com"}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

// defaults returns the configuration of the required variables alone.
func defaults() *Config {
	return &Config{
		Issuer: "https://id.example.com", Audience: []string{"https://api.example.com"},
		Addr: ":8080", PublicURL: "http://localhost:8080", TokenProfile: "auto", MaxTokenSize: 8 << 10, ClockSkew: 30 * time.Second,
		Docs: DocsOn, DocsClientID: "docs", FailureLimit: 600,
		DatabaseURL: "sqlite:items.db", // part:sqlite
		// without:sqlite DatabaseURL: "postgres://localhost/items",
		TokenCacheSize: 64 << 20,
		IdleTimeout:    2 * time.Minute, StopDelay: 3 * time.Second, LogLevel: slog.LevelInfo, LogFormat: "json",
		IntrospectionVariables: introspectionDefaults, // part:introspection
		ProviderAddr:           "localhost:9000", TokenClientID: "cli",
	}
}

func TestVariablesSetTheirField(t *testing.T) {
	for _, test := range []struct {
		name, value string
		change      func(*Config)
	}{
		{"NONE", "", func(*Config) {}},
		{"OIDC_ISSUER", "http://localhost:9000", func(c *Config) { c.Issuer = "http://localhost:9000" }},
		{"OIDC_ISSUER", " https://id.example.com/realms/a/ ", func(c *Config) { c.Issuer = "https://id.example.com/realms/a/" }},
		{"OIDC_AUDIENCE", "a, b,,c ", func(c *Config) { c.Audience = []string{"a", "b", "c"} }},
		{"ADDR", " ", func(*Config) {}},
		{"ADDR", "127.0.0.1:9090", func(c *Config) { c.Addr, c.PublicURL = "127.0.0.1:9090", "http://localhost:9090" }},
		{"ADDR", ":80", func(c *Config) { c.Addr, c.PublicURL = ":80", "http://localhost" }},
		{"ADDR", "[::1]:8443", func(c *Config) { c.Addr, c.PublicURL = "[::1]:8443", "http://localhost:8443" }},
		{"PUBLIC_URL", "https://api.example.com", func(c *Config) { c.PublicURL = "https://api.example.com" }},
		{"PUBLIC_URL", "https://example.com/Orders/v1.2", func(c *Config) { c.PublicURL = "https://example.com/Orders/v1.2" }},
		{"PUBLIC_PATH", "kept", func(c *Config) { c.PublicPath = PathKept }},
		{"PUBLIC_PATH", "stripped", func(c *Config) { c.PublicPath = PathStripped }},
		{"TOKEN_PROFILE", "auto", func(*Config) {}},
		{"TOKEN_PROFILE", "jwt", func(c *Config) { c.TokenProfile = "jwt" }},
		{"ROLES_CLAIM", "https://api.example.com/roles, realm_access.roles", func(c *Config) {
			c.RolesClaim = []string{"https://api.example.com/roles", "realm_access.roles"}
		}},
		{"SCOPES_CLAIM", "scp", func(c *Config) { c.ScopesClaim = []string{"scp"} }},
		{"SCOPE_PREFIX", "api://items/", func(c *Config) { c.ScopePrefix = "api://items/" }},
		{"OIDC_CLIENTS", "spa,batch", func(c *Config) { c.Clients = []string{"spa", "batch"} }},
		{"REQUIRED_CLAIMS", "tid=1, repository_owner=acme", func(c *Config) { c.RequiredClaims = []string{"tid=1", "repository_owner=acme"} }},
		{"OIDC_DISCOVERY_URL", "https://id.example.com/policy?p=1", func(c *Config) { c.DiscoveryURL = "https://id.example.com/policy?p=1" }},
		{"OIDC_AUTHORIZE_PARAMS", "audience=a&prompt=login", func(c *Config) { c.Authorize = "audience=a&prompt=login" }},
		{"MAX_TOKEN_SIZE", "24KB", func(c *Config) { c.MaxTokenSize = 24 << 10 }},
		{"CLOCK_SKEW", "0s", func(c *Config) { c.ClockSkew = 0 }},
		{"CLOCK_SKEW", "1m", func(c *Config) { c.ClockSkew = auth.MaxLeeway }},
		{"STOP_DELAY", "0s", func(c *Config) { c.StopDelay = 0 }},
		{"ERROR_DETAIL", "standard", func(*Config) {}},
		{"ERROR_DETAIL", "minimal", func(c *Config) { c.MinimalErrors = true }},
		{"DOCS", "off", func(c *Config) { c.Docs = DocsOff }},
		{"DOCS", "protected", func(c *Config) { c.Docs = DocsProtected }},
		{"DOCS_CLIENT_ID", "swagger", func(c *Config) { c.DocsClientID = "swagger" }},
		{"CORS_ORIGINS", "https://a.example.com, http://localhost:3000", func(c *Config) {
			c.CORSOrigins = []string{"https://a.example.com", "http://localhost:3000"}
		}},
		{"CORS_ORIGINS", "capacitor://localhost,tauri://localhost,chrome-extension://abcdefghijklmnopabcdefghijklmnop", func(c *Config) {
			c.CORSOrigins = []string{"capacitor://localhost", "tauri://localhost", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"}
		}},
		{"CORS_ORIGINS", "safari-web-extension://9A9B6A2C-0B0C-4E53-8C6B-0C5B5E0B7D11", func(c *Config) {
			c.CORSOrigins = []string{"safari-web-extension://9A9B6A2C-0B0C-4E53-8C6B-0C5B5E0B7D11"}
		}},
		{"BACKCHANNEL_LOGOUT", "docs,web", func(c *Config) { c.LogoutClients = []string{"docs", "web"} }}, // part:revocation
		{"CORS_HEADERS", "Baggage, sentry-trace,X_Tenant", func(c *Config) { c.CORSHeaders = []string{"Baggage", "sentry-trace", "X_Tenant"} }},
		{"API_KEY_HEADER", "X-API-Key", func(c *Config) { c.APIKeyHeader = "X-API-Key" }}, // part:keys
		{"RATE_LIMIT", "60", func(c *Config) { c.RateLimit = 60 }},
		{"FAILURE_LIMIT", "0", func(c *Config) { c.FailureLimit = 0 }},
		{"TOKEN_CACHE_SIZE", "0", func(c *Config) { c.TokenCacheSize = 0 }},
		{"TOKEN_CACHE_SIZE", "1000000", func(c *Config) { c.TokenCacheSize = 1_000_000 }},
		{"TOKEN_CACHE_SIZE", "512K", func(c *Config) { c.TokenCacheSize = 512 << 10 }},
		{"TOKEN_CACHE_SIZE", "256MB", func(c *Config) { c.TokenCacheSize = 256 << 20 }},
		{"TOKEN_CACHE_SIZE", "2gb", func(c *Config) { c.TokenCacheSize = 2 << 30 }},
		{"TRUSTED_PROXIES", "10.0.0.0/8, ::1", func(c *Config) {
			c.TrustedProxies = Networks{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		}},
		{"DATABASE_URL", "memory:", func(c *Config) { c.DatabaseURL = "memory:" }},                                                 // part:sqlite
		{"DATABASE_URL", "sqlite:/var/lib/orders/items.db", func(c *Config) { c.DatabaseURL = "sqlite:/var/lib/orders/items.db" }}, // part:sqlite
		{"DATABASE_URL", "postgres://u:p@db/orders", func(c *Config) { c.DatabaseURL = "postgres://u:p@db/orders" }},               // part:postgres
		{"DATABASE_CONNECTIONS", "", func(*Config) {}},
		{"DATABASE_CONNECTIONS", "3", func(c *Config) { c.DatabaseConns = 3 }},
		{"REQUIRE_IF_MATCH", "true", func(c *Config) { c.RequireIfMatch = true }},
		{"DEVELOPMENT", "true", func(c *Config) { c.Development = true }},
		{"STOP_AT_EOF", "true", func(c *Config) { c.StopAtEOF = true }},
		{"IDLE_TIMEOUT", "620s", func(c *Config) { c.IdleTimeout = 620 * time.Second }},
		{"IDLE_TIMEOUT", "0s", func(c *Config) { c.IdleTimeout = 0 }},
		{"HTTP2", "on", func(c *Config) { c.HTTP2 = true }},
		{"HTTP2", "off", func(*Config) {}},
		{"METRICS_ADDR", "localhost:9464", func(c *Config) { c.MetricsAddr = "localhost:9464" }}, // part:metrics
		{"LOG_LEVEL", "debug", func(c *Config) { c.LogLevel = slog.LevelDebug }},
		{"LOG_LEVEL", "WARN", func(c *Config) { c.LogLevel = slog.LevelWarn }},
		{"LOG_FORMAT", "text", func(c *Config) { c.LogFormat = "text" }},
		{"DEVIDP_ADDR", ":9001", func(c *Config) { c.ProviderAddr = ":9001" }},
		{"TOKEN_CLIENT_ID", "mine", func(c *Config) { c.TokenClientID = "mine" }},
		{"TOKEN_CLIENT_SECRET", "secret", func(c *Config) { c.TokenClientSecret = "secret" }},
		{"TOKEN_CLIENT_SECRET", `'`, func(c *Config) { c.TokenClientSecret = "'" }},
		{"TOKEN_CLIENT_SECRET", `'a"`, func(c *Config) { c.TokenClientSecret = `'a"` }},
	} {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			want := defaults()
			test.change(want)
			got, err := Read(env(test.name, test.value))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Read returns %+v and %v, want %+v", got, err, want)
			}
		})
	}
}

func TestWrongVariablesAreNamed(t *testing.T) {
	for _, test := range []struct{ name, value, says string }{
		{"OIDC_ISSUER", "", "not set: the issuer, exactly as your provider writes it; to try the API without one, use make run"},
		{"OIDC_ISSUER", " ", "not set"},
		{"OIDC_ISSUER", "id.example.com", "not an absolute URL"},
		{"OIDC_ISSUER", "http://id.example.com", "must be https"},
		{"OIDC_ISSUER", "https://id.example.com?tenant=a", "without user, query and fragment"},
		{"OIDC_ISSUER", `"https://id.example.com"`, "it is in quotes, which are a part of the value: remove them (docker --env-file"},
		{"OIDC_AUDIENCE", "'api'", "it is in quotes"},
		{"TOKEN_CLIENT_SECRET", ` "a" `, "it is in quotes"},
		{"OIDC_AUDIENCE", "", "not set: what your provider writes into the aud of tokens for this API"},
		{"OIDC_AUDIENCE", " , ", "not set"},
		{"ADDR", "8080", "missing port"},
		{"ADDR", "localhost", "missing port"},
		{"ADDR", "unix:/run/api", `"unix:/run/api" is not an address such as :8080 or 127.0.0.1:8080`},
		{"ADDR", "localhost:http", "is not an address"},
		{"ADDR", ":65536", "is not an address"},
		{"PUBLIC_URL", "api.example.com", "is not a URL such as https://api.example.com or https://example.com/orders"},
		{"PUBLIC_URL", "https://api.example.com/", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/v1/", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com//v1", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/v1/../v2", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/.well-known", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/v%31", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/a b", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/:id", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/v1?a=b", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com/v1#a", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com?a=b", "is not a URL"},
		{"PUBLIC_URL", "https://me@api.example.com", "is not a URL"},
		{"PUBLIC_URL", "https://API.example.com", "is not a URL"},
		{"PUBLIC_URL", "https://api.example.com:443", "is not a URL"},
		{"PUBLIC_URL", "ftp://api.example.com", "is not a URL"},
		{"PUBLIC_PATH", "strip", `"strip" is none of kept, stripped`},
		{"TOKEN_PROFILE", "RFC9068", `there is no token profile "RFC9068": use auto, rfc9068`},
		{"SCOPE_PREFIX", "a b", "printable ASCII without spaces"},
		{"REQUIRED_CLAIMS", "acme", `"acme" is not NAME=VALUE`},
		{"OIDC_DISCOVERY_URL", "http://id.example.com/x", "must be https"},
		{"OIDC_TENANTS", "acme", "OIDC_ISSUER has no {tenantid} in it"},
		{"OIDC_AUTHORIZE_PARAMS", "scope=all", "scope is set by the client itself"},
		{"OIDC_AUTHORIZE_PARAMS", "?audience=a", "is not a query"},
		{"MAX_TOKEN_SIZE", "25KB", `"25KB" is not a size from 1 to 24KB`},
		{"MAX_TOKEN_SIZE", "0", "is not a size"},
		{"STOP_DELAY", "61s", `"61s" is not a duration from 0s to 1m0s`},
		{"CLOCK_SKEW", "61s", `"61s" is not a duration from 0s to 1m0s`},
		{"CLOCK_SKEW", "-1s", "is not a duration"},
		{"CLOCK_SKEW", "30", "is not a duration"},
		{"ERROR_DETAIL", "full", `"full" is none of standard, minimal`},
		{"DOCS", "yes", `"yes" is none of on, off, protected`},
		{"CORS_ORIGINS", "*", "is not an origin"},
		{"CORS_ORIGINS", "https://*.example.com", "is not an origin"},
		{"CORS_ORIGINS", "null", "is not an origin"},
		{"CORS_ORIGINS", "https://a.example.com,https://b.example.com/", `"https://b.example.com/" is not an origin`},
		{"CORS_ORIGINS", "http://a.example.com:80", "is not an origin"},
		{"CORS_ORIGINS", "https://A.example.com", "is not an origin"},
		{"CORS_ORIGINS", "capacitor://", "is not an origin such as https://app.example.com or capacitor://localhost"},
		{"CORS_ORIGINS", "capacitor:localhost", "is not an origin"},
		{"CORS_ORIGINS", "capacitor://localhost/", "is not an origin"},
		{"CORS_ORIGINS", "capacitor://*", "is not an origin"},
		{"CORS_ORIGINS", "capacitor://me@localhost", "is not an origin"},
		{"CORS_ORIGINS", "capacitor://localhost?a", "is not an origin"},
		{"CORS_ORIGINS", "Capacitor://localhost", "is not an origin"},
		{"CORS_ORIGINS", "*://localhost", "is not an origin"},
		{"CORS_ORIGINS", "chrome-extension://*", "is not an origin"},
		{"CORS_ORIGINS", "file://", "is not an origin"},
		{"CORS_ORIGINS", "file://localhost", "is not an origin"},
		{"CORS_ORIGINS", "ws://app.example.com", "is not an origin"},
		{"CORS_ORIGINS", "app.example.com", "is not an origin"},
		{"API_KEY_HEADER", "Authorization", `"Authorization" is not the name of a header of its own, such as X-API-Key`}, // part:keys
		{"API_KEY_HEADER", "X API Key", `"X API Key" is not the name of a header of its own`},                            // part:keys
		{"CORS_HEADERS", "*", `"*" is not the name of a header, such as Baggage`},
		{"CORS_HEADERS", "X Tenant", "is not the name of a header"},
		{"CORS_HEADERS", "Baggage: a", "is not the name of a header"},
		{"CORS_HEADERS", "Baggage;Sentry-Trace", "is not the name of a header"},
		{"CORS_ORIGINS", "*,null", `"*" is not an origin such as https://app.example.com or capacitor://localhost; "null" is not an origin`},
		{"RATE_LIMIT", "-1", `"-1" is not a whole number`},
		{"FAILURE_LIMIT", "-1", `"-1" is not a whole number`},
		{"FAILURE_LIMIT", "many", "is not a whole number"},
		{"DATABASE_CONNECTIONS", "2", `"2" is not a whole number of at least 3`},
		{"DATABASE_CONNECTIONS", "0", "of at least 3"},
		{"TOKEN_CACHE_SIZE", "-1", `"-1" is not a size such as 64MB`},
		{"TOKEN_CACHE_SIZE", "64 MB", "is not a size such as 64MB"},
		{"TOKEN_CACHE_SIZE", "1.5GB", "is not a size such as 64MB"},
		{"TOKEN_CACHE_SIZE", "64TB", "is not a size such as 64MB"},
		{"TOKEN_CACHE_SIZE", "9999999999GB", `"9999999999GB" is too large`},
		{"TOKEN_CACHE_SIZE", "99999999999999999999", "is too large"},
		{"TRUSTED_PROXIES", "proxy.example.com", "is neither an address nor a network"},
		{"DATABASE_URL", "items.db", "it is no"},
		{"REQUIRE_IF_MATCH", "1", `"1" is none of false, true`},
		{"DEVELOPMENT", "1", `"1" is none of false, true`},
		{"IDLE_TIMEOUT", "600", `"600" is not a duration from 0s to 24h0m0s`},
		{"IDLE_TIMEOUT", "25h", "is not a duration"},
		{"HTTP2", "true", `"true" is none of off, on`},
		{"METRICS_ADDR", "9464", "missing port"}, // part:metrics
		{"LOG_LEVEL", "loud", "unknown name"},
		{"LOG_FORMAT", "xml", `"xml" is none of json, text`},
	} {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			_, err := Read(env(test.name, test.value))
			if err == nil || !strings.HasPrefix(err.Error(), test.name+": ") || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %v, want only %s: %s", err, test.name, test.says)
			}
		})
	}
}

func TestAllWrongVariablesAreNamedAtOnce(t *testing.T) {
	names := []string{"OIDC_TENANTS", "OIDC_DISCOVERY_URL", "ADDR", "PUBLIC_URL", "PUBLIC_PATH", "TOKEN_PROFILE", "REQUIRED_CLAIMS", "OIDC_AUTHORIZE_PARAMS",
		"MAX_TOKEN_SIZE", "TOKEN_CACHE_SIZE", "CLOCK_SKEW",
		"ERROR_DETAIL", "DOCS", "CORS_ORIGINS", "CORS_HEADERS", "FAILURE_LIMIT", "RATE_LIMIT", "TRUSTED_PROXIES",
		"DATABASE_URL", "DATABASE_CONNECTIONS", "REQUIRE_IF_MATCH", "IDLE_TIMEOUT", "HTTP2", "STOP_DELAY", "DEVELOPMENT", "STOP_AT_EOF", "LOG_LEVEL", "LOG_FORMAT"}
	names = append(names, "METRICS_ADDR")                                                                             // part:metrics
	names = append(names, "INTROSPECTION", "INTROSPECTION_URL", "INTROSPECTION_CLIENT_SECRET", "INTROSPECTION_CACHE") // part:introspection
	names = append(names, "TOKEN_CLIENT_SECRET")                                                                      // the file, too, is set
	names = append(names, "API_KEY_HEADER")                                                                           // part:keys
	_, err := Read(func(name string) string {
		switch _, number := cutNumber(strings.TrimSuffix(name, "_FILE")); {
		case number != "": // there is one issuer
			return ""
		case name == "OIDC_AUDIENCE":
			return ","
		}
		return "?"
	})
	if err == nil || strings.Count(err.Error(), "\n") != len(names)-1 {
		t.Fatalf("the error is %v, want a line for each of %v", err, names)
	}
	for _, name := range names {
		if !strings.Contains("\n"+err.Error(), "\n"+name+": ") {
			t.Errorf("%s is not named in\n%v", name, err)
		}
	}
}

func TestNoCacheMeansNone(t *testing.T) {
	for size, want := range map[Size]int64{0: -1, 1: 1, 64 << 20: 64 << 20} {
		if got := (&Config{TokenCacheSize: size}).Verification(nil).CacheSize; got != want {
			t.Errorf("%d: got %d, want %d", size, got, want)
		}
	}
}
