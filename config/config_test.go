package config

import (
	"bytes"
	"cmp"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
)

// env returns a look-up of variables: the required ones, and pairs of further names and values.
func env(pairs ...string) func(string) string {
	values := map[string]string{"OIDC_ISSUER": "https://id.example.com", "OIDC_AUDIENCE": "https://api.example.com"}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

// defaults is what the required variables alone make.
func defaults() *config {
	return &config{
		issuer: "https://id.example.com", audience: []string{"https://api.example.com"},
		addr: ":8080", origin: "http://localhost:8080", profile: auth.RFC9068(), skew: 30 * time.Second,
		docs: handlers.DocsOn, clientID: "docs", database: "sqlite:items.db", failures: 600, logLevel: slog.LevelInfo, logFormat: "json",
		stopDelay: 3 * time.Second,
	}
}

func TestAVariableChangesWhatItNames(t *testing.T) {
	for _, test := range []struct {
		name, value string
		change      func(*config)
	}{
		{"NONE", "", func(*config) {}},
		{"OIDC_ISSUER", "http://localhost:9000", func(c *config) { c.issuer = "http://localhost:9000" }},
		{"OIDC_ISSUER", " https://id.example.com/realms/a/ ", func(c *config) { c.issuer = "https://id.example.com/realms/a/" }},
		{"OIDC_AUDIENCE", "a, b,,c ", func(c *config) { c.audience = []string{"a", "b", "c"} }},
		{"ADDR", "127.0.0.1:9090", func(c *config) { c.addr, c.origin = "127.0.0.1:9090", "http://localhost:9090" }},
		{"ADDR", ":80", func(c *config) { c.addr, c.origin = ":80", "http://localhost" }},
		{"ADDR", "[::1]:8443", func(c *config) { c.addr, c.origin = "[::1]:8443", "http://localhost:8443" }},
		{"PUBLIC_URL", "https://api.example.com", func(c *config) { c.origin = "https://api.example.com" }},
		{"TOKEN_PROFILE", "rfc9068", func(*config) {}},
		{"TOKEN_PROFILE", "jwt", func(c *config) { c.profile = auth.PlainJWT() }},
		{"CLOCK_SKEW", "0s", func(c *config) { c.skew = 0 }},
		{"CLOCK_SKEW", "1m", func(c *config) { c.skew = time.Minute }},
		{"STOP_DELAY", "0s", func(c *config) { c.stopDelay = 0 }},
		{"ERROR_DETAIL", "standard", func(*config) {}},
		{"ERROR_DETAIL", "minimal", func(c *config) { c.minimal = true }},
		{"DOCS", "off", func(c *config) { c.docs = handlers.DocsOff }},
		{"DOCS", "protected", func(c *config) { c.docs = handlers.DocsProtected }},
		{"DOCS_CLIENT_ID", "swagger", func(c *config) { c.clientID = "swagger" }},
		{"CORS_ORIGINS", "https://a.example.com, http://localhost:3000", func(c *config) {
			c.origins = []string{"https://a.example.com", "http://localhost:3000"}
		}},
		{"FAILURE_LIMIT", "0", func(c *config) { c.failures = 0 }},
		{"TRUSTED_PROXIES", "10.0.0.0/8, ::1", func(c *config) { c.proxies = []string{"10.0.0.0/8", "::1"} }},
		{"DATABASE_URL", "memory:", func(c *config) { c.database = "memory:" }},
		{"DATABASE_URL", "sqlite:/var/lib/orders/items.db", func(c *config) { c.database = "sqlite:/var/lib/orders/items.db" }},
		{"DATABASE_URL", "postgres://u:p@db/orders", func(c *config) { c.database = "postgres://u:p@db/orders" }},
		{"REQUIRE_IF_MATCH", "true", func(c *config) { c.ifMatch = true }},
		{"DEVELOPMENT", "true", func(c *config) { c.developer = true }},
		{"LOG_LEVEL", "debug", func(c *config) { c.logLevel = slog.LevelDebug }},
		{"LOG_LEVEL", "WARN", func(c *config) { c.logLevel = slog.LevelWarn }},
		{"LOG_FORMAT", "text", func(c *config) { c.logFormat = "text" }},
	} {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			want := defaults()
			test.change(want)
			got, err := readConfig(env(test.name, test.value))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("reads %+v and %v, want %+v", got, err, want)
			}
		})
	}
}

func TestAVariableThatIsWrongIsNamed(t *testing.T) {
	for _, test := range []struct{ name, value, says string }{
		{"OIDC_ISSUER", "", "not set: the issuer, exactly as your provider writes it; to try the API without one, use make run"},
		{"OIDC_ISSUER", " ", "not set"},
		{"OIDC_ISSUER", "id.example.com", "not an absolute URL"},
		{"OIDC_ISSUER", "http://id.example.com", "must be https"},
		{"OIDC_ISSUER", "https://id.example.com?tenant=a", "without user, query and fragment"},
		{"OIDC_AUDIENCE", "", "not set: what your provider writes into the aud of tokens for this API"},
		{"OIDC_AUDIENCE", " , ", "not set"},
		{"ADDR", "8080", "missing port"},
		{"ADDR", "localhost", "missing port"},
		{"PUBLIC_URL", "api.example.com", "is not an origin such as https://api.example.com"},
		{"PUBLIC_URL", "https://api.example.com/", "is not an origin"},
		{"PUBLIC_URL", "https://api.example.com/v1", "is not an origin"},
		{"PUBLIC_URL", "https://me@api.example.com", "is not an origin"},
		{"PUBLIC_URL", "https://API.example.com", "is not an origin"},
		{"PUBLIC_URL", "https://api.example.com:443", "is not an origin"},
		{"PUBLIC_URL", "ftp://api.example.com", "is not an origin"},
		{"TOKEN_PROFILE", "RFC9068", `there is no token profile "RFC9068": use rfc9068`},
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
		{"FAILURE_LIMIT", "-1", `"-1" is not a whole number`},
		{"FAILURE_LIMIT", "many", "is not a whole number"},
		{"TRUSTED_PROXIES", "proxy.example.com", "is neither an address nor a network"},
		{"DATABASE_URL", "items.db", "it is none of memory:, sqlite:FILE and postgres://USER:PASSWORD@HOST/DATABASE"},
		{"REQUIRE_IF_MATCH", "1", `"1" is none of false, true`},
		{"DEVELOPMENT", "1", `"1" is none of false, true`},
		{"LOG_LEVEL", "loud", "unknown name"},
		{"LOG_FORMAT", "xml", `"xml" is none of json, text`},
	} {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			_, err := readConfig(env(test.name, test.value))
			if err == nil || !strings.HasPrefix(err.Error(), test.name+": ") || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("says %v, want %s: %s and nothing else", err, test.name, test.says)
			}
		})
	}
}

func TestEverythingThatIsWrongIsNamedAtOnce(t *testing.T) {
	names := []string{"OIDC_ISSUER", "OIDC_AUDIENCE", "ADDR", "PUBLIC_URL", "TOKEN_PROFILE", "CLOCK_SKEW",
		"ERROR_DETAIL", "DOCS", "CORS_ORIGINS", "FAILURE_LIMIT", "TRUSTED_PROXIES",
		"DATABASE_URL", "REQUIRE_IF_MATCH", "METRICS_ADDR", "STOP_DELAY", "DEVELOPMENT", "LOG_LEVEL", "LOG_FORMAT"}
	_, err := readConfig(func(name string) string {
		if name == "OIDC_AUDIENCE" {
			return ","
		}
		return "?"
	})
	if err == nil || strings.Count(err.Error(), "\n") != len(names)-1 {
		t.Fatalf("says %v, want a line for each of %v", err, names)
	}
	for _, name := range names {
		if !strings.Contains("\n"+err.Error(), "\n"+name+": ") {
			t.Errorf("%s is not named in\n%v", name, err)
		}
	}
}

func TestAFileStandsBehindTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env")
	write(t, file, "# a comment\nTEST_BOTH=file\nTEST_EMPTY=file\nTEST_FILE=\"file # 1\"\n")
	t.Setenv("TEST_BOTH", "process")
	t.Setenv("TEST_EMPTY", "")
	t.Setenv("TEST_PROCESS", "process")
	getenv, err := environment(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"TEST_BOTH": "process", "TEST_EMPTY": "", "TEST_FILE": "file # 1", "TEST_PROCESS": "process", "TEST_NEITHER": "",
	} {
		if got := getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, found := os.LookupEnv("TEST_FILE"); found {
		t.Error("the file changed the environment of the process")
	}
}

func TestAFileNeedNotBeThereButMustBeReadable(t *testing.T) {
	dir := t.TempDir()
	malformed := filepath.Join(dir, "malformed")
	write(t, malformed, "GOOD=1\nwithout a value\nPASSWORD=secret\n")
	unterminated := filepath.Join(dir, "unterminated")
	write(t, unterminated, "PASSWORD=\"secret\n")
	for file, good := range map[string]bool{filepath.Join(dir, "missing"): true, dir: false, malformed: false, unterminated: false} {
		_, err := environment(file)
		if good != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), file+": ") {
			t.Errorf("%s is answered with %v", file, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error prints what is in the file: %v", err)
		}
	}
}

// The example names every variable, with its default.
func TestTheExampleIsComplete(t *testing.T) {
	text, err := os.ReadFile(".env.example")
	if err != nil {
		t.Fatal(err)
	}
	example := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^#?([A-Z_]+)=(.*)$`).FindAllStringSubmatch(string(text), -1) {
		example[found[1]] = found[2]
	}
	known := env()
	got, err := readConfig(func(name string) string {
		value, named := example[name]
		if !named {
			t.Errorf("%s is not in .env.example", name)
		}
		delete(example, name)
		return cmp.Or(known(name), value)
	})
	if err != nil || !reflect.DeepEqual(got, defaults()) {
		t.Errorf("the example makes %+v and %v, want %+v", got, err, defaults())
	}
	for _, elsewhere := range []string{"DEVIDP_ADDR", "TOKEN_CLIENT_ID", "TOKEN_CLIENT_SECRET",
		"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_RESOURCE_ATTRIBUTES"} {
		delete(example, elsewhere) // read by cmd/dev, the command token, tracing.go and OpenTelemetry
	}
	if len(example) > 0 {
		t.Errorf("nothing reads %v", example)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestALogIsJSONOrText(t *testing.T) {
	for format, want := range map[string]string{"json": `"msg":"hello"`, "text": "msg=hello"} {
		var out bytes.Buffer
		c := &config{logFormat: format, logLevel: slog.LevelInfo}
		log := c.logger(&out)
		log.Debug("quiet")
		log.Info("hello")
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "quiet") {
			t.Errorf("as %s the log has %s", format, out.String())
		}
	}
}
