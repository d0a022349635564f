package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestSettingsComeFromTheEnvironmentAndTheFile(t *testing.T) {
	for _, test := range []struct {
		name        string
		environment map[string]string
		file        string
		want        settings
		local       string
	}{
		{"nothing is set", nil, "", settings{":8080", "http://localhost:8080", "localhost:9000", "http://localhost:9000"}, "localhost:8080"},
		{"another port", map[string]string{"ADDR": ":8081"}, "", settings{":8081", "http://localhost:8081", "localhost:9000", "http://localhost:9000"}, "localhost:8081"},
		{"every interface", map[string]string{"ADDR": "0.0.0.0:8081"}, "", settings{"0.0.0.0:8081", "http://localhost:8081", "localhost:9000", "http://localhost:9000"}, "localhost:8081"},
		{"one interface", map[string]string{"ADDR": "[::1]:8081"}, "", settings{"[::1]:8081", "http://localhost:8081", "localhost:9000", "http://localhost:9000"}, "[::1]:8081"},
		{"an origin of its own", map[string]string{"PUBLIC_URL": "https://api.example.com"}, "", settings{":8080", "https://api.example.com", "localhost:9000", "http://localhost:9000"}, "localhost:8080"},
		{"a provider's port alone", map[string]string{"DEVIDP_ADDR": ":9001"}, "", settings{":8080", "http://localhost:8080", ":9001", "http://localhost:9001"}, "localhost:8080"},
		{"a provider's address", map[string]string{"DEVIDP_ADDR": "127.0.0.1:9001"}, "", settings{":8080", "http://localhost:8080", "127.0.0.1:9001", "http://127.0.0.1:9001"}, "localhost:8080"},
		{"the file", nil, "ADDR=:8082\n", settings{":8082", "http://localhost:8082", "localhost:9000", "http://localhost:9000"}, "localhost:8082"},
		{"the environment before the file", map[string]string{"ADDR": ":8081"}, "ADDR=:8082\nDEVIDP_ADDR=:9001\n", settings{":8081", "http://localhost:8081", ":9001", "http://localhost:9001"}, "localhost:8081"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := read(t, test.environment, test.file)
			if err != nil {
				t.Fatal(err)
			}
			if *s != test.want || s.local() != test.local {
				t.Errorf("got %+v at %s, want %+v at %s", *s, s.local(), test.want, test.local)
			}
		})
	}
}

func TestSettingsThatAreWrongAreNamed(t *testing.T) {
	for _, test := range []struct {
		name        string
		environment map[string]string
		file, want  string
	}{
		{"an address without a port", map[string]string{"ADDR": "8080"}, "", "ADDR: "},
		{"a provider's address without a port", map[string]string{"DEVIDP_ADDR": "localhost"}, "", "DEVIDP_ADDR: "},
		{"a file that is none", nil, "OIDC_ISSUER&=what", ".env: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if s, err := read(t, test.environment, test.file); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %+v and %v, want an error that begins with %s", s, err, test.want)
			}
		})
	}
}

// read reads settings in a folder with a .env of its own.
func read(t *testing.T, environment map[string]string, file string) (*settings, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if file != "" {
		if err := os.WriteFile(".env", []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return readSettings(func(name string) string { return environment[name] })
}

func TestTheAPIIsToldOfTheDevelopmentProvider(t *testing.T) {
	s := &settings{":8081", "http://localhost:8081", "localhost:9001", "http://localhost:9001"}
	want := []string{
		"ADDR=:8081", "PUBLIC_URL=http://localhost:8081", "OIDC_ISSUER=http://localhost:9001", "OIDC_AUDIENCE=http://localhost:8081",
		"TOKEN_PROFILE=rfc9068", "DOCS_CLIENT_ID=docs", "DEVELOPMENT=true",
	}
	if got := s.environment(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Setenv("OIDC_ISSUER", "https://login.example.com")
	api, err := newAPI(&settings{addr: "127.0.0.1:0", issuer: "http://localhost:9001"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	after := slices.Index(api.environment, "OIDC_ISSUER=http://localhost:9001")
	if before := slices.Index(api.environment, "OIDC_ISSUER=https://login.example.com"); before < 0 || before > after {
		t.Errorf("the process's issuer is at %d, the development provider's at %d: the last counts", before, after)
	}
}

func TestTheBannerSaysWhereToClick(t *testing.T) {
	banner := (&settings{":8081", "http://localhost:8081", "localhost:9001", "http://localhost:9001"}).banner()
	for _, part := range []string{
		"Gatehouse is ready.", "http://localhost:8081/docs/", "http://localhost:9001/token", "http://localhost:8081/items",
		"alice is an admin", "service:service-secret", "you stay signed in", "Ctrl-C stops both",
	} {
		if !strings.Contains(banner, part) {
			t.Errorf("the banner lacks %q:\n%s", part, banner)
		}
	}
	if strings.ContainsAny(banner, "{}") {
		t.Errorf("the banner has an address that is not filled in:\n%s", banner)
	}
}
