package main

import (
	"bytes"
	"database/sql"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry/logtest"
)

const module = "example.com/gatehouse"

// packages returns the import paths that go list prints for its arguments.
func packages(t *testing.T, args ...string) []string {
	t.Helper()
	var stderr bytes.Buffer
	list := exec.Command("go", append([]string{"list", "-tags", "nomsgpack"}, args...)...)
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, &stderr)
	}
	return strings.Fields(string(out))
}

// TestPackageBoundaries compares what packages depend on with the layers of docs/architecture.md.
func TestPackageBoundaries(t *testing.T) {
	const gin = "github.com/gin-gonic/gin"
	for _, test := range []struct {
		name, of string
		never    []string
	}{
		{"auth has no router and no API", "./auth", []string{gin, module + "/auth/ginauth", module + "/handlers", module + "/store", module + "/docs"}},
		{"auth/outgoing has no router and no API", "./auth/outgoing", []string{gin, module + "/auth/ginauth", module + "/handlers", module + "/store", module + "/docs"}}, // part:outgoing
		{"auth/apikey has no router and no API", "./auth/apikey", []string{gin, module + "/auth/ginauth", module + "/handlers", module + "/store", module + "/docs"}},     // part:keys
		{"auth/ginauth has no API", "./auth/ginauth", []string{module + "/handlers", module + "/store", module + "/docs"}},
		{"store has no router, no API and no callers", "./store",
			[]string{gin, module + "/handlers", module + "/auth", module + "/config", module + "/telemetry", module + "/docs"}},
		{"telemetry has no API", "./telemetry", []string{module + "/handlers", module + "/store", module + "/docs"}},
		{"docs/openapi has no site and no API", "./docs/openapi", []string{module + "/docs", module + "/handlers"}},
		{"config has no API", "./config", []string{gin, module + "/handlers", module + "/telemetry"}},
		{"the program has neither the development provider nor test packages", ".",
			[]string{module + "/devidp", module + "/auth/authtest", module + "/handlers/apitest", module + "/telemetry/logtest", "testing", "net/http/httptest"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			deps := packages(t, "-deps", test.of)
			if len(deps) < 50 {
				t.Fatalf("it depends on %q", deps)
			}
			for _, name := range test.never {
				if slices.Contains(deps, name) {
					t.Errorf("%s depends on %s", test.of, name)
				}
			}
		})
	}
	for _, name := range []string{"problem", "server", "devidp", "telemetry/logtest"} {
		t.Run(name+" uses the standard library alone", func(t *testing.T) {
			others := packages(t, "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./"+name)
			if !slices.Equal(others, []string{module + "/" + name}) {
				t.Errorf("it depends on %q", others)
			}
		})
	}
	t.Run("gin is imported by handlers, auth/ginauth and telemetry alone", func(t *testing.T) {
		importers := packages(t, "-f", `{{range .Imports}}{{if eq . "`+gin+`"}}{{$.ImportPath}}{{end}}{{end}}`, "./...")
		importers = slices.DeleteFunc(importers, func(name string) bool { return strings.HasPrefix(name, module+"/telemetry/") })
		if want := []string{module + "/auth/ginauth", module + "/handlers", module + "/telemetry"}; !slices.Equal(importers, want) {
			t.Errorf("gin is imported by %q, want %q", importers, want)
		}
	})
}

func TestEveryCommandIsReached(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, 1, "OIDC_ISSUER: not set"},
		{[]string{"serve"}, 1, "OIDC_ISSUER: not set"},
		{[]string{"explain"}, 1, "there is no token"},
		{[]string{"token"}, 1, "With the provider of make run:"},
		{[]string{"doctor"}, 1, "failure  OIDC_ISSUER"},
		{[]string{"routes"}, 0, "/items/{id}"},
		{[]string{"health", "-h"}, 0, "is alive"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var out bytes.Buffer
			console := cli.NewConsole()
			console.In, console.Out, console.Err = strings.NewReader(""), &out, &out
			console.File, console.Routes = filepath.Join(t.TempDir(), ".env"), handlers.Table
			if status := cli.Execute(t.Context(), &commandLine{}, test.args, console); status != test.status || !strings.Contains(out.String(), test.want) {
				t.Errorf("the status is %d, want %d, with\n%s", status, test.status, &out)
			}
		})
	}
}

func TestTyposOfVariablesAreLogged(t *testing.T) {
	var log logtest.Buffer
	typo := config.Typo{Name: "CORS_ORIGIN", Where: ".env, line 3", Meant: "CORS_ORIGINS"}
	env := getenv("OIDC_ISSUER=https://id.example.com", "OIDC_AUDIENCE=api", "ADDR=192.0.2.1:80", "DATABASE_URL="+storetest.Quick(t))
	if err := run(t.Context(), env, &log, typo); err == nil {
		t.Error("the program listens on the address of another machine")
	}
	records := log.Records(t, "unknown variable")
	if len(records) != 1 || records[0]["level"] != "WARN" || records[0]["name"] != "CORS_ORIGIN" ||
		records[0]["where"] != ".env, line 3" || records[0]["similar"] != "CORS_ORIGINS" {
		t.Errorf("the log has %s", &log)
	}
}

// TestTheStartLogSaysWhichProfileIsUsed has profiles that the issuer names, and those that an operator must know more of.
func TestTheStartLogSaysWhichProfileIsUsed(t *testing.T) {
	for _, test := range []struct {
		env                   []string
		profile, why, warning string
	}{
		{[]string{"OIDC_ISSUER=https://acme.auth0.com/"}, "auth0", "OIDC_ISSUER names this provider", ""},
		{[]string{"OIDC_ISSUER=https://id.example.com"}, "rfc9068", "OIDC_ISSUER names no provider that is known; TOKEN_PROFILE can name it", ""},
		{[]string{"OIDC_ISSUER=https://id.example.com", "TOKEN_PROFILE=keycloak"}, "keycloak", "TOKEN_PROFILE says so", ""},
		{[]string{"OIDC_ISSUER=https://accounts.google.com"}, "google", "OIDC_ISSUER names this provider", "Google's access tokens are opaque"},
		{[]string{"OIDC_ISSUER=https://id.example.com/dex", "TOKEN_PROFILE=dex", "OIDC_CLIENTS=spa"}, "dex", "TOKEN_PROFILE says so", "the ID tokens of these clients are accepted as well"},
		{[]string{"OIDC_ISSUER=https://securetoken.google.com/acme", "TOKEN_PROFILE=firebase"}, "firebase", "TOKEN_PROFILE says so", "Firebase has ID tokens alone"},
	} {
		var log logtest.Buffer
		env := append([]string{"OIDC_AUDIENCE=api", "ADDR=192.0.2.1:80", "DATABASE_URL=" + storetest.Quick(t)}, test.env...)
		if err := run(t.Context(), getenv(env...), &log); err == nil {
			t.Error("the program listens on the address of another machine")
		}
		records := log.Records(t, "token profile")
		if len(records) != 1 || records[0]["profile"] != test.profile || records[0]["why"] != test.why {
			t.Errorf("%q: the log has %v", test.env, records)
		}
		warned := strings.Contains(log.String(), `"level":"WARN","msg":"`) && strings.Contains(log.String(), test.warning)
		if test.warning != "" && !warned {
			t.Errorf("%q: the log has %s, want %s", test.env, &log, test.warning)
		}
	}
}

// Clients that read the metadata ask for tokens for PUBLIC_URL (RFC 9728, section 3.3).
func TestAnAudienceThatIsNotTheResourceIsLogged(t *testing.T) {
	for audience, warned := range map[string]bool{"api://orders": true, "api://orders,https://api.example.com": false} {
		p := start(t, "OIDC_AUDIENCE="+audience, "OIDC_ISSUER_2=http://127.0.0.1:1", "OIDC_AUDIENCE_2=api://second")
		_, metadata, err := get(p.url+"/.well-known/oauth-protected-resource", nil)
		if err != nil || !strings.Contains(metadata, `"resource":"https://api.example.com"`) {
			t.Errorf("the metadata is %s, %v", metadata, err)
		}
		p.end(t)
		var fix string
		for _, record := range p.log.Records(t, "clients that read the metadata ask for tokens for the resource https://api.example.com (PUBLIC_URL), which is not in OIDC_AUDIENCE") {
			fix = record["level"].(string) + ": " + record["fix"].(string)
		}
		if !strings.Contains(p.log.String(), "which is not in OIDC_AUDIENCE_2") {
			t.Errorf("the log has nothing of the second issuer: %s", p.log)
		}
		if warned != strings.HasPrefix(fix, "WARN: At the provider, map the resource https://api.example.com to the audience api://orders; or ") {
			t.Errorf("with OIDC_AUDIENCE=%s the log has %q", audience, fix)
		}
	}
}

// TestSuppressedRejectionsAreSummarizedAtTheEnd stops the program within the minute of a flood.
func TestSuppressedRejectionsAreSummarizedAtTheEnd(t *testing.T) {
	p := start(t)
	for range 15 {
		get(p.url+"/me", nil)
	}
	p.end(t)
	records := p.log.Records(t, "requests rejected repeatedly")
	if len(records) != 1 || records[0]["code"] != "credentials-missing" || records[0]["client"] != "127.0.0.1" || records[0]["more"] != 5.0 {
		t.Errorf("the summaries are %v", records)
	}
}

// part:sqlite:begin
// make reset deletes only what make run stores.
func TestAChangedMigrationOffersReset(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".dev", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file        string
		development bool
		offered     bool
	}{
		{".dev/items.db", true, true}, {".dev/items.db", false, false}, {"items.db", true, false},
	} {
		cfg := &config.Config{DatabaseURL: "sqlite:" + test.file, Development: test.development}
		if _, err := os.Stat(test.file); err != nil {
			db, err := store.Open(t.Context(), cfg.DatabaseURL, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			db.Close()
			changed, err := sql.Open("sqlite", test.file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := changed.ExecContext(t.Context(), "UPDATE migration_checksums SET checksum = 'other'"); err != nil {
				t.Fatal(err)
			}
			changed.Close()
		}
		_, err := store.Open(t.Context(), cfg.DatabaseURL, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Fatal("the database is used")
		}
		text := databaseError(err, cfg).Error()
		if !strings.Contains(text, "was changed after the database applied it") || strings.Contains(text, "make reset") != test.offered {
			t.Errorf("%+v: %s", test, text)
		}
	}
}

// part:sqlite:end
