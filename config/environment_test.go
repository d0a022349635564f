package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write returns a new file with a text.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func load(t *testing.T, file string) *Environment {
	t.Helper()
	e, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheProcessOverridesTheFile(t *testing.T) {
	t.Setenv("TEST_BOTH", "process")
	t.Setenv("TEST_EMPTY", "")
	t.Setenv("TEST_PROCESS", "process")
	e := load(t, write(t, "# a comment\nTEST_BOTH=file\nTEST_EMPTY=file\nTEST_FILE=\"file # 1\"\n"))
	for name, want := range map[string]string{
		"TEST_BOTH": "process", "TEST_EMPTY": "", "TEST_FILE": "file # 1", "TEST_PROCESS": "process", "TEST_NEITHER": "",
	} {
		if got := e.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, found := os.LookupEnv("TEST_FILE"); found {
		t.Error("the file changed the environment of the process")
	}
}

func TestOnlyAPrefixIsExported(t *testing.T) {
	for _, name := range []string{"TEST_EXPORT_NEW", "TEST_KEPT"} {
		t.Setenv(name, "") // so that the test's end restores it
		os.Unsetenv(name)
	}
	t.Setenv("TEST_EXPORT_SET", "process")
	e := load(t, write(t, "TEST_EXPORT_NEW=file\nTEST_EXPORT_SET=file\nTEST_KEPT=file\n"))
	if err := e.Export("TEST_EXPORT_"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"TEST_EXPORT_NEW": "file", "TEST_EXPORT_SET": "process", "TEST_KEPT": ""} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestTheFileIsOptional(t *testing.T) {
	if got := load(t, filepath.Join(t.TempDir(), "missing")).Get("TEST_FILE"); got != "" {
		t.Errorf("TEST_FILE is %q", got)
	}
	dir := t.TempDir()
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a folder is read with %v", err)
	}
}

func TestBrokenLinesAreNumberedAndNotShown(t *testing.T) {
	for _, test := range []struct {
		name, text string
		line       string // empty: none is broken
	}{
		{"a line without =", "GOOD=1\n\nwithout a secret\nPASSWORD=secret\n", "line 3"},
		{"the last line without =, and without an end", "GOOD=1\nsecret", "line 2"},
		{"a name with another letter", "SECRET&=secret\n", "line 1"},
		{"a value without a name", "GOOD=1\n=secret\n", "line 2"},
		{"a quote that does not end", "# a comment\nPASSWORD=\"secret\nGOOD=1\n", "line 2"},
		{"a quote that ends on another line", "KEY=\"one\ntwo\"\nsecret\n", "line 3"},
		{"an unnumbered good file", "export GOOD=1\r\nOTHER: 'two'\r\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := write(t, test.text)
			_, err := Load(file)
			if test.line == "" {
				if err != nil {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if want := file + ": " + test.line + " is not NAME=value"; err == nil || err.Error() != want {
				t.Errorf("the error is %v, want %s", err, want)
			}
		})
	}
}

func TestTyposOfVariablesAreFound(t *testing.T) {
	for name, meant := range map[string]string{
		"REQUIRE_IFMATCH": "REQUIRE_IF_MATCH", "REQUIREIFMATCH": "REQUIRE_IF_MATCH", "CORS_ORIGIN": "CORS_ORIGINS",
		"OIDC_AUDIENCES": "OIDC_AUDIENCE", "OIDC_AUDIENEC": "OIDC_AUDIENCE", "OIDC_ISUER": "OIDC_ISSUER", "OICD_ISSUER": "OIDC_ISSUER",
		"oidc_issuer": "OIDC_ISSUER", "CLOCK_SCEW": "CLOCK_SKEW", "DATABASE_URI": "DATABASE_URL",
		"LOGLEVEL": "LOG_LEVEL", "METRIC_ADDR": "METRICS_ADDR", "TOKEN_CLIENTID": "TOKEN_CLIENT_ID",
	} {
		if got := meantBy(name); got != meant {
			t.Errorf("%s is taken for %q, want %q", name, got, meant)
		}
	}
}

func TestOtherVariablesAreNoTypos(t *testing.T) {
	names := []string{
		"PATH", "HOME", "HOSTNAME", "LOGNAME", "LANG", "TERM", "PWD", "SHLVL", "_", "", "DOC", "DOCS_URL", "ADDRS", "ADDRESS", "addr", "docs",
		"LOG_FILE", "LOG_DIR", "OTEL_LOG_LEVEL", "OTEL_SERVICE_NAME", "PUBLIC_KEY", "PUBLIC_HOST", "DATABASE", "DATABASE_USER",
		"TEST_DATABASE_URL", "METRICS_PORT", "METRICS_PORT_9464_TCP_ADDR", "TOKEN", "TOKEN_CLIENT", "GITHUB_TOKEN", "AZURE_CLIENT_ID",
		"OKTA_CLIENT_ID", "AUTH_CLIENT_ID", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "DEPLOYMENT", "ENVIRONMENT", "CORS_HEADERS", "STOP_SIGNAL",
	}
	for _, v := range Variables() {
		names = append(names, v.Name)
	}
	for _, name := range names {
		if meant := meantBy(name); meant != "" {
			t.Errorf("%s is taken for %s", name, meant)
		}
	}
}

func TestTyposSayWhereTheyAre(t *testing.T) {
	t.Setenv("CORS_ORIGIN", "https://app.example.com")
	t.Setenv("CORS_ORIGINS", "https://app.example.com")
	file := write(t, "# REQUIRE_IFMATCH=false\nDOCS=off\nOTHER=\"\n\"\n export REQUIRE_IFMATCH = true\nPATHS=1\n")
	want := []Typo{
		{"CORS_ORIGIN", "the environment", "CORS_ORIGINS"},
		{"REQUIRE_IFMATCH", file + ", line 5", "REQUIRE_IF_MATCH"},
	}
	if got := load(t, file).Typos(); !slices.Equal(got, want) {
		t.Errorf("the typos are %+v, want %+v", got, want)
	}
}
