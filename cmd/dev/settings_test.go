package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// read reads settings in a folder with a .env of its own.
func read(t *testing.T, environment map[string]string, file string) (*settings, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(".env", []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range environment {
		t.Setenv(name, value)
	}
	return readSettings()
}

func mustRead(t *testing.T, environment map[string]string, file string) *settings {
	t.Helper()
	s, err := read(t, environment, file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettingsAreOfEnvironmentAndFile(t *testing.T) {
	for _, test := range []struct {
		name                    string
		environment             map[string]string
		file                    string
		addr, publicURL, issuer string
	}{
		{"nothing", nil, "", "localhost:8080", "http://localhost:8080", "http://localhost:9000"},
		{"another port", map[string]string{"ADDR": ":8081"}, "", "localhost:8081", "http://localhost:8081", "http://localhost:9000"},
		{"every interface", map[string]string{"ADDR": "0.0.0.0:8081"}, "", "0.0.0.0:8081", "http://localhost:8081", "http://localhost:9000"},
		{"an origin", map[string]string{"PUBLIC_URL": "https://api.example.com"}, "", "localhost:8080", "https://api.example.com", "http://localhost:9000"},
		{"a path", map[string]string{"PUBLIC_URL": "http://localhost:8080/base"}, "", "localhost:8080", "http://localhost:8080/base", "http://localhost:9000"},
		{"a provider's port", map[string]string{"DEVIDP_ADDR": ":9001"}, "", "localhost:8080", "http://localhost:8080", "http://localhost:9001"},
		{"a provider's address", map[string]string{"DEVIDP_ADDR": "127.0.0.1:9001"}, "", "localhost:8080", "http://localhost:8080", "http://127.0.0.1:9001"},
		{"the file", nil, "ADDR=:8082\n", "localhost:8082", "http://localhost:8082", "http://localhost:9000"},
		{"the environment over the file", map[string]string{"ADDR": ":8081"}, "ADDR=:8082\nDEVIDP_ADDR=:9001\n", "localhost:8081", "http://localhost:8081", "http://localhost:9001"},
		{"another provider in the file", nil, "OIDC_ISSUER=https://id.example.com\nTOKEN_PROFILE=jwt\nDOCS_CLIENT_ID=mine\n", "localhost:8080", "http://localhost:8080", "http://localhost:9000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mustRead(t, test.environment, test.file)
			if s.Addr != test.addr || s.PublicURL != test.publicURL || s.Issuer != test.issuer {
				t.Errorf("the settings are %+v, want %+v", *s.Config, test)
			}
			if !slices.Equal(s.Audience, []string{s.PublicURL}) || s.TokenProfile != "rfc9068" || s.DocsClientID != "docs" || !s.Development {
				t.Errorf("%+v is not the API of the development provider", *s.Config)
			}
		})
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for _, test := range []struct {
		name        string
		environment map[string]string
		file, want  string
	}{
		{"an address without a port", map[string]string{"ADDR": "8080"}, "", "ADDR: "},
		{"a provider's address without a port", map[string]string{"DEVIDP_ADDR": "localhost"}, "", "DEVIDP_ADDR: "},
		{"another variable", nil, "CLOCK_SKEW=2m\n", "CLOCK_SKEW: "},
		{"a typo beside it", nil, "CLOCK_SKEW=2m\nCORS_ORIGIN=a\n", "CLOCK_SKEW: \"2m\" is not a duration from 0s to 1m0s\nCORS_ORIGIN: "},
		{"a broken file", nil, "DOCS=off\nOIDC_ISSUER&=what", ".env: line 2 is not NAME=value"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if s, err := read(t, test.environment, test.file); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("the settings are %+v with %v, want an error that begins with %s", s, err, test.want)
			}
		})
	}
}

// last returns the value that a program gets for a variable.
func last(variables []string, name string) (value string) {
	for _, variable := range variables {
		if text, found := strings.CutPrefix(variable, name+"="); found {
			value = text
		}
	}
	return value
}

func TestTheAPIGetsTheDevelopmentProvider(t *testing.T) {
	environment := map[string]string{"ADDR": ":8081", "OIDC_ISSUER": "https://login.example.com", "OTEL_TEST": "process"}
	variables := mustRead(t, environment, "DEVIDP_ADDR=:9001\nLOG_FORMAT=json\n").variables()
	for name, want := range map[string]string{
		"ADDR": "localhost:8081", "PUBLIC_URL": "http://localhost:8081", "OIDC_ISSUER": "http://localhost:9001", "OIDC_AUDIENCE": "http://localhost:8081",
		"TOKEN_PROFILE": "rfc9068", "DOCS_CLIENT_ID": "docs", "DEVELOPMENT": "true", "STOP_AT_EOF": "true", "OTEL_TEST": "process",
		"DATABASE_URL": "sqlite:.dev/items.db", // part:sqlite
		"STOP_DELAY":   "0s", "LOG_FORMAT": "", // which the API reads from the file
	} {
		if got := last(variables, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestTheBannerNamesEveryAddress(t *testing.T) {
	s := mustRead(t, map[string]string{"ADDR": ":8081", "DEVIDP_ADDR": "localhost:9001"}, "")
	for system, call := range map[string]string{
		"linux":   `curl -H "Authorization: Bearer $TOKEN" http://localhost:8081/items`,
		"windows": `Invoke-RestMethod -Uri http://localhost:8081/items -Headers @{Authorization="Bearer $token"}`,
	} {
		banner := s.banner(system)
		for _, part := range []string{
			"Gatehouse is ready.", "http://localhost:8081/docs/", "http://localhost:9001/token", "service-secret", call,
			"alice is an admin", "you stay signed in", "Ctrl-C stops both",
		} {
			if !strings.Contains(banner, part) {
				t.Errorf("the banner for %s lacks %q:\n%s", system, part, banner)
			}
		}
		if strings.Contains(banner, "{api}") || strings.Contains(banner, "{issuer}") {
			t.Errorf("the banner has an address that is not filled in:\n%s", banner)
		}
	}
}

func TestTheFileIsReadAgainForARestart(t *testing.T) {
	out := newTerminal()
	l := &loop{api: &api{}, settings: mustRead(t, nil, ""), out: out}
	if err := os.WriteFile(".env", []byte("LOG_FORMAT=json\nADDR=:8082\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.reload()
	out.read(t, "ADDR, PUBLIC_URL and DEVIDP_ADDR take effect at the next make run.")
	for name, want := range map[string]string{"LOG_FORMAT": "", "ADDR": "localhost:8080", "PUBLIC_URL": "http://localhost:8080"} {
		if got := last(l.api.variables, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
