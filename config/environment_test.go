package config

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
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

func TestValuesAreReadAsInAShell(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a $ in a password", "VALUE=postgres://app:pa$Word1@db/app?sslmode=disable", "postgres://app:pa$Word1@db/app?sslmode=disable"},
		{"a $ before braces", "VALUE=a${HOME}b", "a${HOME}b"},
		{"a $ before parentheses", "VALUE=a$(date)b", "a$(date)b"},
		{"two $ and one at the end", "VALUE=$$a$", "$$a$"},
		{"a backslash before a $", `VALUE=a\$B\c`, `a\$B\c`},
		{"single quotes", `VALUE='a$B \n # "b" '`, `a$B \n # "b" `},
		{"double quotes", `VALUE="a$B \n # 'b' "`, `a$B \n # 'b' `},
		{"escapes in double quotes", "VALUE=\"a\\$B \\\\ \\\" \\`\"", "a$B \\ \" `"},
		{"a folder of Windows in double quotes", `VALUE="sqlite:C:\new\data.db"`, `sqlite:C:\new\data.db`},
		{"nothing in quotes", `VALUE=""`, ""},
		{"nothing", "VALUE=", ""},
		{"nothing, and another line", "VALUE=\nOTHER=1", ""},
		{"nothing but a comment", "VALUE= # a", ""},
		{"a comment", "VALUE=a # b # c", "a"},
		{"a comment after quotes", "VALUE='a # b' # c", "a # b"},
		{"a # within a word", "VALUE=a#b", "a#b"},
		{"a # at the start", "VALUE=#b", "#b"},
		{"quotes within a word", `VALUE=a"b"'c'`, `a"b"'c'`},
		{"an equals sign", "VALUE=a=b==", "a=b=="},
		{"spaces", " \tVALUE =  a b \t", "a b"},
		{"export", "export\tVALUE=a", "a"},
		{"a colon", "VALUE: 'a:b'", "a:b"},
		{"several lines in quotes", "VALUE='a\n#b\n'\n", "a\n#b\n"},
		{"the last of two", "VALUE=a\nVALUE=b", "b"},
		{"line ends of Windows", "OTHER=1\r\nVALUE=a\r\n", "a"},
		{"line ends of Windows within quotes", "VALUE=\"a\r\nb\"\r\n", "a\nb"},
		{"line ends of old editors", "OTHER=1\rVALUE=a\r", "a"},
		{"a byte order mark", "\ufeffVALUE=a", "a"},
		{"a byte order mark before a comment", "\ufeff# comment\r\nVALUE=a", "a"},
		{"letters beyond ASCII", "VALUE=päß€", "päß€"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HOME", "expanded")
			if got := load(t, write(t, test.text)).Get("VALUE"); got != test.want {
				t.Errorf("the value is %q, want %q", got, test.want)
			}
		})
	}
}

func TestBrokenFilesAreRejectedAndNotShown(t *testing.T) {
	encode := func(order binary.AppendByteOrder, text string) (data string) {
		for _, unit := range utf16.Encode([]rune(text)) {
			data = string(order.AppendUint16([]byte(data), unit))
		}
		return data
	}
	const isUTF16 = "it is UTF-16, which Windows PowerShell writes with >: save it as UTF-8"
	for _, test := range []struct{ name, text, want string }{
		{"a line without =", "GOOD=1\n\nwithout a secret\nPASSWORD=secret\n", "line 3 is not NAME=value"},
		{"the last line without =, and without an end", "GOOD=1\nsecret", "line 2 is not NAME=value"},
		{"a name with another letter", "SECRET&=secret\n", "line 1 is not NAME=value"},
		{"a name of two words", "MY SECRET=secret\n", "line 1 is not NAME=value"},
		{"a line of PowerShell", "GOOD=1\r\n$env:PASSWORD=\"secret\"\r\n", "line 2 is not NAME=value"},
		{"a value without a name", "GOOD=1\n=secret\n", "line 2 is not NAME=value"},
		{"a quote that does not end", "# a comment\nPASSWORD=\"secret\nGOOD=1\n", "line 2 has a quote that does not end"},
		{"a quote that ends on another line", "KEY=\"one\ntwo\"\nsecret\n", "line 3 is not NAME=value"},
		{"a quote that an escape does not end", `PASSWORD="secret\"`, "line 1 has a quote that does not end"},
		{"text after a quote", "GOOD=1\nPASSWORD='sec'ret\n", "line 2 has text after the quote"},
		{"a second quote that ends within another", "PASSWORD=\"secret\nOTHER=\"1\"\n", "line 1 has text after the quote"},
		{"UTF-16 of Windows", encode(binary.LittleEndian, "\ufeffPASSWORD=secret\r\n"), isUTF16},
		{"UTF-16 in network order", encode(binary.BigEndian, "\ufeffPASSWORD=secret\n"), isUTF16},
		{"UTF-16 without a mark", encode(binary.LittleEndian, "PASSWORD=secret\n"), isUTF16},
		{"Latin-1", "PASSWORD=secret\xe4\n", "it is not UTF-8: save it as UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := write(t, test.text)
			if _, err := Load(file); err == nil || err.Error() != file+": "+test.want {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}

func TestTyposOfVariablesAreFound(t *testing.T) {
	for name, meant := range map[string]string{
		"REQUIRE_IFMATCH": "REQUIRE_IF_MATCH", "REQUIREIFMATCH": "REQUIRE_IF_MATCH", "CORS_ORIGIN": "CORS_ORIGINS",
		"OIDC_AUDIENCES": "OIDC_AUDIENCE", "OIDC_AUDIENEC": "OIDC_AUDIENCE", "OIDC_ISUER": "OIDC_ISSUER", "OICD_ISSUER": "OIDC_ISSUER",
		"oidc_issuer": "OIDC_ISSUER", "CLOCK_SCEW": "CLOCK_SKEW", "DATABASE_URI": "DATABASE_URL",
		"LOGLEVEL": "LOG_LEVEL", "TOKEN_CLIENTID": "TOKEN_CLIENT_ID",
		"TRUSTED_PROXY": "TRUSTED_PROXIES", "CORS-ORIGINS": "CORS_ORIGINS", "OIDC_ISSUER_URL": "OIDC_ISSUER", "OIDC_ISSUER_URI": "OIDC_ISSUER",
		"\ufeffOIDC_ISSUER": "OIDC_ISSUER",
		"OTEL_SERVICENAME":  "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPONT": "OTEL_EXPORTER_OTLP_ENDPOINT", // part:tracing
		"ROLE_CLAIMS": "ROLES_CLAIM", "SCOPE_CLAIM": "SCOPES_CLAIM", "SCOPES_PREFIX": "SCOPE_PREFIX", "OIDC_CLIENT": "OIDC_CLIENTS",
		"OIDC_TENANT": "OIDC_TENANTS", "REQUIRED_CLAIM": "REQUIRED_CLAIMS", "REQUIRE_CLAIMS": "REQUIRED_CLAIMS", "OIDC_DISCOVERY": "OIDC_DISCOVERY_URL",
		"OIDC_AUTHORIZE_PARAM": "OIDC_AUTHORIZE_PARAMS", "OIDC_AUTHORISE_PARAMS": "OIDC_AUTHORIZE_PARAMS", "TOKEN_PROFILES": "TOKEN_PROFILE",
		"MAXTOKENSIZE": "MAX_TOKEN_SIZE", "OIDC_ISUER_2": "OIDC_ISSUER_2", "ROLE_CLAIMS_9": "ROLES_CLAIM_9", "OIDC_ISSUER_1": "OIDC_ISSUER",
		"OIDC_ISSUER_10": "OIDC_ISSUER", "TOKEN_PROFILE_0": "TOKEN_PROFILE", "OIDC_AUDIENCE_02": "OIDC_AUDIENCE", "DATABASE_URL_2": "DATABASE_URL",
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
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_SAMPLER_ARG", "OTEL_TRACES_EXPORTER", "LOG_LEVEL_ROOT",
	}
	for _, v := range Variables() {
		names = append(names, v.Name)
	}
	for _, name := range issuerNames() {
		names = append(names, name+"_2", name+"_9")
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

func TestErrorsNameTyposWhichMayBeTheirCause(t *testing.T) {
	t.Setenv("CLOCK_SCEW", "1s")
	file := write(t, "OIDC_AUDIENCE=a\nOIDC_ISUER=https://id.example.com\n")
	_, err := load(t, file).Read()
	want := "OIDC_ISSUER: not set: "
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("the error is %v, want %s", err, want)
	}
	_, typos, _ := strings.Cut(err.Error(), "\n")
	if want := "CLOCK_SCEW: there is no such variable (the environment): did you mean CLOCK_SKEW?\n" +
		"OIDC_ISUER: there is no such variable (" + file + ", line 2): did you mean OIDC_ISSUER?"; typos != want {
		t.Errorf("after that the error is\n%s\nwant\n%s", typos, want)
	}
	file = write(t, "OIDC_AUDIENCE=a\nOIDC_ISSUER=https://id.example.com\n")
	if c, err := load(t, file).Read(); err != nil || c.ClockSkew != 30*time.Second {
		t.Errorf("the error is %v: a typo alone is none", err)
	}
}
