package cli

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Health is the command that asks the API that listens on this machine whether it lives: the image has no other
// program that could. It needs no configuration but ADDR.
type Health struct{}

// Run returns an error unless /healthz answers with 200 within two seconds.
func (Health) Run(ctx context.Context, c *Console) error {
	address, err := reachable(cmp.Or(strings.TrimSpace(c.Getenv("ADDR")), ":8080"))
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	client := c.HTTPClient()
	client.Transport = &http.Transport{DisableKeepAlives: true} // without the environment's proxy
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", request.URL, response.Status)
	}
	return nil
}

// reachable returns where something that listens on addr is reached from the same machine: where it
// listens on every address, on loopback.
func reachable(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port), nil
}
