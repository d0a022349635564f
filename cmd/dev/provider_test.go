package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/config"
)

// newTestProvider returns a provider that listens at addr.
func newTestProvider(t *testing.T, addr string) (*provider, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	s := &settings{Config: &config.Config{ProviderAddr: addr, Issuer: "http://localhost:9000", PublicURL: "http://localhost:8080"}}
	return newProvider(s, slog.New(slog.DiscardHandler))
}

func TestTheProviderServesUntilStopped(t *testing.T) {
	p, err := newTestProvider(t, "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.run(ctx) }()
	response, err := http.Get("http://" + p.listener.Addr().String() + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), `"issuer":"http://localhost:9000"`) {
		t.Errorf("the metadata is %s and %v", body, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run returned %v", err)
	}
}

func TestListenErrorsNameTheVariable(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct{ name, addr, want string }{
		{"an address that other machines reach", "0.0.0.0:0", "not loopback"},
		{"a port in use", taken.Addr().String(), "in use"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := newTestProvider(t, test.addr)
			if err == nil || !strings.HasPrefix(err.Error(), "DEVIDP_ADDR: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want DEVIDP_ADDR and %q", err, test.want)
			}
		})
	}
	if err := free(taken.Addr().String()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("the API's address is free: %v", err)
	}
}

func TestTheProvidersServerHasLimits(t *testing.T) {
	p, err := newTestProvider(t, "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.listener.Close()
	s := p.server
	for name, limit := range map[string]int64{
		"header time": int64(s.ReadHeaderTimeout), "read time": int64(s.ReadTimeout), "write time": int64(s.WriteTimeout),
		"idle time": int64(s.IdleTimeout), "header size": int64(s.MaxHeaderBytes),
	} {
		if limit <= 0 {
			t.Errorf("there is no limit on the %s", name)
		}
	}
}
