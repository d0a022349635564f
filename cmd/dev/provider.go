package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"example.com/gatehouse/devidp"
	"example.com/gatehouse/server"
)

// state is the folder of what outlives a run. It is not committed.
const state = ".dev"

// A provider is the development provider, listening.
type provider struct {
	listener net.Listener
	server   *http.Server
}

// newProvider listens at once, so that the API finds its issuer when it starts.
func newProvider(s *settings, log *slog.Logger) (*provider, error) {
	key, err := devidp.LoadKey(filepath.Join(state, "devidp.pem"))
	if err != nil {
		return nil, err
	}
	development := devidp.Development(s.Issuer, s.PublicURL, s.DocsURL(), key)
	development.Log = log
	handler, err := devidp.New(development)
	if err != nil {
		return nil, err
	}
	listener, err := devidp.Listen(s.ProviderAddr)
	if err != nil {
		return nil, fmt.Errorf("DEVIDP_ADDR: %w", err)
	}
	return &provider{listener, server.New(handler, server.Options{IdleTimeout: 2 * time.Minute, Log: log})}, nil
}

// run serves until ctx is done.
func (p *provider) run(ctx context.Context) error { return server.Serve(ctx, p.listener, p.server) }
