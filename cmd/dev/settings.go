package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"strings"

	"example.com/gatehouse/config"
)

// settings are the configuration of the API with the development provider.
type settings struct {
	*config.Config
	environment *config.Environment
	fixed       map[string]string // what the API gets, whatever the environment says
}

// readSettings reads the environment and .env. The variables that name the provider have the values of the
// development provider, whatever the environment says.
func readSettings() (*settings, error) {
	environment, err := config.Load(".env")
	if err != nil {
		return nil, err
	}
	fixed := config.Development()
	maps.Copy(fixed, map[string]string{
		"OIDC_ISSUER": "http://localhost", "OIDC_AUDIENCE": "unset", // set below
		"TOKEN_PROFILE": "rfc9068", "DOCS_CLIENT_ID": "docs", "DEVELOPMENT": "true", "STOP_AT_EOF": "true",
	})
	cfg, err := config.Read(func(name string) string {
		if value, found := fixed[name]; found {
			return value
		}
		return environment.Get(name)
	})
	err = environment.WithTypos(err)
	if strings.HasPrefix(cfg.Addr, ":") { // every interface, which is for others than developers
		cfg.Addr = "localhost" + cfg.Addr
	}
	host, port, wrong := net.SplitHostPort(cfg.ProviderAddr)
	if wrong != nil {
		wrong = fmt.Errorf("DEVIDP_ADDR: %w", wrong)
	}
	cfg.Issuer = "http://" + net.JoinHostPort(cmp.Or(host, "localhost"), port)
	cfg.Audience = []string{cfg.PublicURL}
	maps.Copy(fixed, map[string]string{
		"ADDR": cfg.Addr, "PUBLIC_URL": cfg.PublicURL, "OIDC_ISSUER": cfg.Issuer, "OIDC_AUDIENCE": cfg.PublicURL,
	})
	return &settings{cfg, environment, fixed}, errors.Join(err, wrong)
}

// addresses returns what cannot change while make run runs: the provider was started with them.
func (s *settings) addresses() [3]string { return [3]string{s.Addr, s.PublicURL, s.ProviderAddr} }

// variables returns the environment of the API. Of two values of a name, the later counts, so that it is
// always the development provider's API; the first are defaults for development, unless .env has others.
func (s *settings) variables() (all []string) {
	defaults := []string{"LOG_FORMAT=text", "STOP_DELAY=0s"}
	defaults = append(defaults, "DATABASE_URL=sqlite:"+state+"/items.db") // part:sqlite
	for _, variable := range defaults {
		if name, _, _ := strings.Cut(variable, "="); s.environment.Get(name) == "" && s.environment.Get(name+"_FILE") == "" {
			all = append(all, variable)
		}
	}
	all = append(all, os.Environ()...)
	for name, value := range s.fixed {
		all = append(all, name+"="+value)
	}
	return all
}

// banner says where to click, and what to type instead in the shell of an operating system.
func (s *settings) banner(system string) string {
	call := shCall
	if system == "windows" {
		call = powerShellCall
	}
	return strings.NewReplacer("{api}", s.PublicURL, "{docs}", s.DocsURL(), "{issuer}", s.Issuer).Replace(`
  Gatehouse is ready.

    Try it      {docs}
                press Authorize, pick alice or bob, and execute an operation
    API         {api}/
    Provider    {issuer}/  (for development: alice is an admin, bob is not)

  From a terminal, as the client called service:
` + call + `
  Save a file, and the API is rebuilt and restarted: you stay signed in, and the items stay.
  Ctrl-C stops both.

`)
}

// Calls of the API with a token of the client called service.
const (
	shCall = `
    TOKEN=$(curl -s -u service:service-secret -d grant_type=client_credentials \
      -d 'scope=items:read items:write' {issuer}/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
    curl -H "Authorization: Bearer $TOKEN" {api}/items
`
	powerShellCall = `
    $form = @{grant_type='client_credentials'; scope='items:read items:write'; client_id='service'; client_secret='service-secret'}
    $token = (Invoke-RestMethod -Method Post -Uri {issuer}/token -Body $form).access_token
    Invoke-RestMethod -Uri {api}/items -Headers @{Authorization="Bearer $token"}
`
)
