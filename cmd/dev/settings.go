package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"

	"github.com/joho/godotenv"
)

// settings are where the two programs are. Whatever else the API's environment says, it says to the
// API itself.
type settings struct {
	addr         string // where the API listens
	origin       string // of the API, as callers see it
	providerAddr string
	issuer       string
}

// readSettings reads ADDR, PUBLIC_URL and DEVIDP_ADDR from the environment and, behind it, from .env.
func readSettings(getenv func(string) string) (*settings, error) {
	file, err := godotenv.Read(".env")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New(".env: not a file of lines NAME=value") // godotenv would print the rest of it
	}
	get := func(name, fallback string) string { return cmp.Or(getenv(name), file[name], fallback) }
	s := &settings{addr: get("ADDR", ":8080"), providerAddr: get("DEVIDP_ADDR", "localhost:9000")}
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return nil, fmt.Errorf("ADDR: %w", err)
	}
	s.origin = get("PUBLIC_URL", strings.TrimSuffix("http://localhost:"+port, ":80"))
	host, port, err := net.SplitHostPort(s.providerAddr)
	if err != nil {
		return nil, fmt.Errorf("DEVIDP_ADDR: %w", err)
	}
	s.issuer = "http://" + net.JoinHostPort(cmp.Or(host, "localhost"), port)
	return s, nil
}

// local returns where the API answers on this machine.
func (s *settings) local() string {
	host, port, _ := net.SplitHostPort(s.addr)
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// environment returns what the API is told of the provider. It comes after the process's own
// variables, and the last of a name counts: make run is always the development provider.
func (s *settings) environment() []string {
	return []string{
		"ADDR=" + s.addr,
		"PUBLIC_URL=" + s.origin,
		"OIDC_ISSUER=" + s.issuer,
		"OIDC_AUDIENCE=" + s.origin,
		"TOKEN_PROFILE=rfc9068",
		"DOCS_CLIENT_ID=docs",
		"DEVELOPMENT=true",
	}
}

// banner says where to click, and what to type instead.
func (s *settings) banner() string {
	return strings.NewReplacer("{api}", s.origin, "{issuer}", s.issuer).Replace(`
  Gatehouse is ready.

    Try it      {api}/docs/
                press Authorize, pick alice or bob, and execute an operation
    API         {api}/
    Provider    {issuer}/  (for development: alice is an admin, bob is not)

  From a terminal, as the client called service:

    TOKEN=$(curl -s -u service:service-secret -d grant_type=client_credentials \
      -d 'scope=items:read items:write' {issuer}/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
    curl -H "Authorization: Bearer $TOKEN" {api}/items

  Save a file, and the API is built and started anew: you stay signed in, and the items stay (in
  .dev/items.db). Ctrl-C stops both.

`)
}
