package auth

import (
	"strings"
	"testing"
	"time"
)

func TestAllMistakesOfAConfigurationAreReported(t *testing.T) {
	_, err := Connect(t.Context(), Config{
		Issuer: "http://login.example.com", Audience: []string{""}, Algorithms: []string{"HS256", "none", "ES256"},
		Leeway: time.Hour, Refresh: time.Hour, Stale: time.Minute,
	})
	if err == nil {
		t.Fatal("it is accepted")
	}
	for _, mistake := range []string{"auth: ", "issuer: ", "audience: ", `algorithms: there is no "HS256"`, `algorithms: there is no "none"`, "leeway: ", "refresh: "} {
		if !strings.Contains(err.Error(), mistake) {
			t.Errorf("%q is not in %v", mistake, err)
		}
	}
	if strings.Contains(err.Error(), `there is no "ES256"`) {
		t.Errorf("got %v", err)
	}
}

func mustProfile(name string) Profile {
	p, err := ProfileByName(name)
	if err != nil {
		panic(err)
	}
	return p
}

func TestConfigurationsAreStrict(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(*Config)
		mistake string // empty when there is none
	}{
		{"issuer and audience are enough", func(*Config) {}, ""},
		{"several audiences", func(c *Config) { c.Audience = append(c.Audience, "b") }, ""},
		{"no issuer", func(c *Config) { c.Issuer = "" }, "issuer"},
		{"no audience", func(c *Config) { c.Audience = nil }, "audience"},
		{"no audience in the list", func(c *Config) { c.Audience = []string{} }, "audience"},
		{"an audience that is empty", func(c *Config) { c.Audience = []string{"a", ""} }, "audience"},
		{"clients in place of an audience", func(c *Config) { c.Audience, c.Clients, c.Profile = nil, []string{"a"}, mustProfile("cognito") }, ""},
		{"clients where an audience is written", func(c *Config) { c.Audience, c.Clients, c.Profile = nil, []string{"a"}, mustProfile("auth0") }, "audience"},
		{"dex without clients", func(c *Config) { c.Profile = mustProfile("dex") }, "clients"},
		{"github without claims", func(c *Config) { c.Profile = mustProfile("github") }, "required claims"},
		{"gitlab without claims", func(c *Config) { c.Profile = mustProfile("gitlab") }, "required claims"},
		{"a template without tenants", func(c *Config) { c.Issuer += "/{tenantid}" }, "tenants"},
		{"a template with a tenant", func(c *Config) { c.Issuer, c.Tenants = c.Issuer+"/{tenantid}", []string{"a"} }, ""},
		{"tenants without a template", func(c *Config) { c.Tenants = []string{"a"} }, "tenants"},
		{"an issuer that is no URL", func(c *Config) { c.Issuer = "acme.com" }, "issuer"},
		{"an issuer with a query", func(c *Config) { c.Issuer += "?a=b" }, "issuer"},
		{"an issuer with a query, and its metadata", func(c *Config) { c.Issuer, c.DiscoveryURL = c.Issuer+"?a=b", "https://id.example.com?p=policy" }, ""},
		{"an issuer that is no URL, and its metadata", func(c *Config) { c.Issuer, c.DiscoveryURL = "acme.com", "https://id.example.com" }, ""},
		{"metadata by http", func(c *Config) { c.DiscoveryURL = "http://id.example.com" }, "discovery"},
		{"the largest token", func(c *Config) { c.MaxTokenSize = MaxTokenSize }, ""},
		{"a larger token", func(c *Config) { c.MaxTokenSize = MaxTokenSize + 1 }, "token size"},
		{"the largest leeway", func(c *Config) { c.Leeway = MaxLeeway }, ""},
		{"a larger leeway", func(c *Config) { c.Leeway = MaxLeeway + 1 }, "leeway"},
		{"a leeway below zero", func(c *Config) { c.Leeway = -1 }, "leeway"},
		{"every algorithm", func(c *Config) { c.Algorithms = Algorithms() }, ""},
		{"an algorithm in lower case", func(c *Config) { c.Algorithms = []string{"es256"} }, "algorithms"},
		{"a refresh below zero", func(c *Config) { c.Refresh = -1 }, "refresh"},
		{"a refresh beyond the fetch budget", func(c *Config) { c.Refresh = fetchInterval - 1 }, "refresh"},
		{"the shortest refresh", func(c *Config) { c.Refresh = fetchInterval }, ""},
		{"keys that are too old before the next fetch", func(c *Config) { c.Stale = 5 * time.Minute }, "refresh"},
		{"keys that are usable a little longer", func(c *Config) { c.Stale = 6 * time.Minute }, ""},
		{"keys that are never usable", func(c *Config) { c.Stale = -1 }, "refresh"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Config{Issuer: "https://login.example.com", Audience: []string{"a"}}
			test.change(&c)
			err := c.check()
			if test.mistake == "" && err != nil || test.mistake != "" && (err == nil || !strings.HasPrefix(err.Error(), test.mistake+": ")) {
				t.Errorf("got %v, want %q", err, test.mistake)
			}
		})
	}
}
