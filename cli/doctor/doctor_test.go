package doctor

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

const (
	idURL  = "https://id.example.com"
	docURL = idURL + "/.well-known/openid-configuration"
)

// noon is when an examination takes place.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A ward is a configuration with nothing wrong, a provider and an API, until a test spoils them.
type ward struct {
	env      map[string]string
	metadata map[string]any
	keys     []any
	fault    map[string]http.HandlerFunc // answers at a path in the provider's place
	network  network
}

func newWard() *ward {
	w := &ward{
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
	w.network = network{idURL: w, "https://api.example.com": alive}
	return w
}

func (w *ward) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Date", noon.Format(http.TimeFormat))
	switch fault := w.fault[r.URL.Path]; {
	case fault != nil:
		fault(rw, r)
	case r.URL.Path == "/.well-known/openid-configuration":
		json.NewEncoder(rw).Encode(w.metadata)
	case r.URL.Path == "/keys":
		json.NewEncoder(rw).Encode(map[string]any{"keys": w.keys})
	default:
		http.NotFound(rw, r)
	}
}

// examine returns the exit status and the findings of doctor, by the name of the check.
func (w *ward) examine(t *testing.T) (int, []finding) {
	t.Helper()
	var pairs []string
	for name, value := range w.env {
		pairs = append(pairs, name, value)
	}
	s := newShell(t, pairs...)
	s.transport, s.now = w.network, func() time.Time { return noon }
	status := s.run(t, "doctor", "-json")
	var findings []finding
	if err := json.Unmarshal([]byte(s.stdout.String()), &findings); err != nil {
		t.Fatalf("%v in %s, after %s", err, s.stdout, s.stderr)
	}
	return status, findings
}

// dated answers with a Date that is off by d, and an Age.
func (w *ward) dated(d time.Duration, age string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Date", noon.Add(d).Format(http.TimeFormat))
		if age != "" {
			rw.Header().Set("Age", age)
		}
		json.NewEncoder(rw).Encode(w.metadata)
	}
}

func redirect(rw http.ResponseWriter, r *http.Request) {
	http.Redirect(rw, r, "https://other.example.com/", http.StatusMovedPermanently)
}

// move lets the provider be at another address, which is configured, and call itself as it likes.
func (w *ward) move(address, calls string) {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	w.env["OIDC_ISSUER"], w.metadata["issuer"] = address, calls
	w.network[u.Scheme+"://"+u.Host] = http.StripPrefix(strings.TrimSuffix(u.Path, "/"), w)
}

func TestDoctorFindsNothingWrongWhereNothingIs(t *testing.T) {
	status, findings := newWard().examine(t)
	var checks []string
	for _, f := range findings {
		checks = append(checks, f.Check)
		if f.Mark != healthy || f.Detail == "" || f.Remedy != "" {
			t.Errorf("it finds %+v", f)
		}
	}
	want := "configuration OIDC_ISSUER clock jwks_uri keys algorithms sign-in OIDC_AUDIENCE PUBLIC_URL redirect URI"
	if got := strings.Join(checks, " "); status != 0 || got != want {
		t.Errorf("the status is %d after the checks %s, want %s", status, got, want)
	}
}

func TestDoctorPrintsALineForEachFinding(t *testing.T) {
	findings := []finding{
		{"clock", healthy, "it is right", ""},
		{"keys", warning, "one is weak", "Replace it."},
		{"OIDC_ISSUER", failure, "nobody answers", "Start it."},
	}
	const plain = "" +
		"ok       clock            it is right\n" +
		"warning  keys             one is weak. Replace it.\n" +
		"failure  OIDC_ISSUER      nobody answers. Start it.\n"
	coloured := strings.NewReplacer("ok     ", "\x1b[32mok     \x1b[0m", "warning", "\x1b[33mwarning\x1b[0m", "failure", "\x1b[31mfailure\x1b[0m").Replace(plain)
	for color, want := range map[bool]string{false: plain, true: coloured} {
		var out strings.Builder
		e := &examination{console: &console{color: color}, findings: findings}
		if err := e.print(&out); err != nil || out.String() != want {
			t.Errorf("it prints\n%s and %v, want\n%s", out.String(), err, want)
		}
	}
}

func TestDoctorLooksAtTheFileOfSecrets(t *testing.T) {
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0: false} {
		s := newShell(t)
		if mode == 0 {
			os.Remove(s.file)
		} else if err := os.Chmod(s.file, mode); err != nil {
			t.Fatal(err)
		}
		s.run(t, "doctor")
		if got := strings.Contains(s.stdout.String(), "Run chmod 600 "+s.file); got != warned {
			t.Errorf("with %v it says\n%s", mode, s.stdout)
		}
	}
}
