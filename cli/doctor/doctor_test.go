package doctor

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/test/clitest"
)

const (
	idURL  = "https://id.example.com"
	docURL = idURL + "/.well-known/openid-configuration"
)

// noon is the time of this machine.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A fixture is a configuration, a provider and an API without faults, until a test makes one.
type fixture struct {
	env      map[string]string
	metadata map[string]any
	keys     []any
	fault    map[string]http.HandlerFunc // replaces the provider at a path
	network  clitest.Network
	token    string     // on standard input
	asked    url.Values // the query of the authorization request
}

func newFixture() *fixture {
	f := &fixture{
		env: map[string]string{"OIDC_ISSUER": idURL, "OIDC_AUDIENCE": "https://api.example.com", "PUBLIC_URL": "https://api.example.com", "DOCS": "protected"},
		metadata: map[string]any{
			"issuer": idURL, "jwks_uri": idURL + "/keys?v=1", "authorization_endpoint": idURL + "/authorize",
			"id_token_signing_alg_values_supported": []string{"RS256", "ES256"}, "code_challenge_methods_supported": []string{"plain", "S256"},
		},
		keys:  []any{authtest.NewKey("ES256").JWK()},
		fault: map[string]http.HandlerFunc{},
	}
	alive := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			http.NotFound(w, r)
		}
	})
	f.network = clitest.Network{idURL: f, "https://api.example.com": alive}
	return f
}

func (f *fixture) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Date", noon.Format(http.TimeFormat))
	switch fault := f.fault[r.URL.Path]; {
	case fault != nil:
		fault(rw, r)
	case r.URL.Path == "/.well-known/openid-configuration":
		json.NewEncoder(rw).Encode(f.metadata)
	case r.URL.Path == "/authorize":
		f.asked = r.URL.Query()
		io.WriteString(rw, "<title>Sign in</title>")
	case r.URL.Path == "/keys":
		json.NewEncoder(rw).Encode(map[string]any{"keys": f.keys})
	default:
		http.NotFound(rw, r)
	}
}

// run returns the exit status and the results of doctor.
func (f *fixture) run(t *testing.T) (int, []result) {
	t.Helper()
	var pairs []string
	for name, value := range f.env {
		pairs = append(pairs, name, value)
	}
	terminal := newTerminal(t, pairs...)
	terminal.In = strings.NewReader(f.token)
	terminal.Transport, terminal.Now = f.network, func() time.Time { return noon }
	status := terminal.Run(t, "doctor", "-json")
	var results []result
	if err := json.Unmarshal([]byte(terminal.Stdout.String()), &results); err != nil {
		t.Fatalf("%v in %s, after %s", err, terminal.Stdout, terminal.Stderr)
	}
	return status, results
}

// newTerminal returns a terminal whose .env has pairs of names and values.
func newTerminal(t *testing.T, pairs ...string) *clitest.Terminal {
	t.Helper()
	type commands struct {
		Doctor Command `cmd:""`
	}
	return clitest.New(t, func() any { return &commands{} }, pairs...)
}

// dated returns the metadata with a Date that is off by d, and an Age.
func (f *fixture) dated(d time.Duration, age string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Date", noon.Add(d).Format(http.TimeFormat))
		if age != "" {
			rw.Header().Set("Age", age)
		}
		json.NewEncoder(rw).Encode(f.metadata)
	}
}

func redirect(rw http.ResponseWriter, r *http.Request) {
	http.Redirect(rw, r, "https://other.example.com/", http.StatusMovedPermanently)
}

// move moves the provider to another address, which is configured, and sets the issuer of its metadata.
func (f *fixture) move(address, issuer string) {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	f.env["OIDC_ISSUER"], f.metadata["issuer"] = address, issuer
	f.network[u.Scheme+"://"+u.Host] = http.StripPrefix(strings.TrimSuffix(u.Path, "/"), f)
}

func TestDoctorPassesAGoodConfiguration(t *testing.T) {
	status, results := newFixture().run(t)
	var checks []string
	for _, r := range results {
		checks = append(checks, r.Check)
		if r.Status != passed || r.Detail == "" || r.Remedy != "" {
			t.Errorf("the result is %+v", r)
		}
	}
	want := "configuration OIDC_ISSUER clock jwks_uri keys algorithms sign-in authorization TOKEN_PROFILE OIDC_AUDIENCE PUBLIC_URL redirect URI"
	if got := strings.Join(checks, " "); status != 0 || got != want {
		t.Errorf("the status is %d after the checks %s, want %s", status, got, want)
	}
}

func TestDoctorPrintsALineForEachResult(t *testing.T) {
	results := []result{
		{"clock", passed, "it is right", ""},
		{"keys", warning, "one is weak", "Replace it."},
		{"OIDC_ISSUER", failure, "it does not respond", "Start it."},
	}
	const plain = "" +
		"ok       clock            it is right\n" +
		"warning  keys             one is weak. Replace it.\n" +
		"failure  OIDC_ISSUER      it does not respond. Start it.\n"
	coloured := strings.NewReplacer("ok     ", "\x1b[32mok     \x1b[0m", "warning", "\x1b[33mwarning\x1b[0m", "failure", "\x1b[31mfailure\x1b[0m").Replace(plain)
	for color, want := range map[bool]string{false: plain, true: coloured} {
		var out strings.Builder
		r := &report{console: &cli.Console{Color: color}, results: results}
		if err := r.print(&out); err != nil || out.String() != want {
			t.Errorf("it prints\n%s and %v, want\n%s", out.String(), err, want)
		}
	}
}

func TestDoctorChecksTheModeOfTheFile(t *testing.T) {
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0: false} {
		f := newTerminal(t)
		if mode == 0 {
			os.Remove(f.File)
		} else if err := os.Chmod(f.File, mode); err != nil {
			t.Fatal(err)
		}
		f.Run(t, "doctor")
		if got := strings.Contains(f.Stdout.String(), "Run chmod 600 "+f.File); got != warned {
			t.Errorf("with %v the report is\n%s", mode, f.Stdout)
		}
	}
}

func TestDoctorWarnsOfTypos(t *testing.T) {
	f := newTerminal(t, "DOCS", "off", "REQUIRE_IFMATCH", "true")
	f.Run(t, "doctor")
	want := "warning  REQUIRE_IFMATCH  there is no such variable (" + f.File + ", line 2). Did you mean REQUIRE_IF_MATCH?\n"
	if !strings.Contains(f.Stdout.String(), want) {
		t.Errorf("the report is\n%s, want %s", f.Stdout, want)
	}
}
