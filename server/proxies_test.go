//go:build proxies

package server_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"golang.org/x/sync/errgroup"
)

// A proxy is a program in front of the API. Its configuration has the folder of its files and the addresses of the
// API, and says that it listens on a socket in that folder.
type proxy struct {
	name    string
	command []string
	config  string
	tls     *tls.Config // with the certificate in the files cert and key of the folder; nil for none
}

// nginx returns an nginx that proxies requests as the lines say.
func nginx(name, upstream, location string) proxy {
	server := "server { listen unix:%[1]s/socket; location / { proxy_pass http://api; " + location + " } }"
	return nginxServer(name, "upstream api { server %[2]s; "+upstream+" }\n"+server)
}

// nginxServer returns an nginx with these lines in its block http.
func nginxServer(name, lines string) proxy {
	return proxy{"nginx, " + name, []string{"nginx", "-c", "%s/config", "-e", "stderr"}, `
user root; daemon off; pid %[1]s/pid;
events {}
http {
	access_log off; client_max_body_size 1m;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	` + lines + `
}`, nil}
}

func haproxy(name, option, server string) proxy {
	return proxy{"haproxy, " + name, []string{"haproxy", "-f", "%s/config"}, `
defaults
	mode http
	timeout connect 10s
	timeout client 30s
	timeout server 30s
	` + option + `
listen api
	bind unix@%[1]s/socket
	server api %[2]s ` + server + `
`, nil}
}

// proxies are in front of the API as their documentation shows it.
var proxies = []proxy{
	nginx("by default", "", ""),
	nginx("unbuffered", "", "proxy_http_version 1.1; proxy_request_buffering off;"),
	nginx("kept alive", "keepalive 8;", `proxy_http_version 1.1; proxy_set_header Connection "";`),
	nginx("kept alive and unbuffered", "keepalive 8;", `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off;`),
	haproxy("by default", "", ""),
	haproxy("httpclose", "option httpclose", ""),
	haproxy("HTTP/2", "", "proto h2"),
}

// start runs the proxy until the test ends, and returns a client of it.
func (p proxy) start(t *testing.T, addresses string) *http.Client {
	t.Helper()
	folder, err := os.MkdirTemp("", "proxy") // the address of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.WriteFile(filepath.Join(folder, "config"), fmt.Appendf(nil, p.config, folder, addresses), 0o600); err != nil {
		t.Fatal(err)
	}
	if p.tls != nil {
		writeCertificate(t, folder, p.tls.Certificates[0])
	}
	command := exec.CommandContext(t.Context(), p.command[0])
	for _, arg := range p.command[1:] {
		command.Args = append(command.Args, strings.ReplaceAll(arg, "%s", folder))
	}
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatalf("this test runs Debian's nginx and haproxy: apt-get install nginx-light haproxy: %v", err)
	}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) } // nginx then stops its workers
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() { <-ended })
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(folder, "socket"))
	}
	for {
		if c, err := dial(t.Context(), "", ""); err == nil {
			c.Close()
			return &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: p.tls, DisableKeepAlives: true}}
		}
		select {
		case err := <-ended:
			t.Fatalf("%s ended with %v: %s", p.name, err, &output)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// A rejection is a request whose body the API does not read before it responds.
type rejection struct {
	client            *http.Client
	status            int
	line, token, kind string
	least             int // bytes of the body
}

// send sends the rejected request with a body, and returns the status of the response.
func (r rejection) send(t *testing.T, bytes int) int {
	method, path, _ := strings.Cut(r.line, " ")
	body := strings.NewReader(`{"name":"` + strings.Repeat("a", max(bytes, r.least)) + `"}`)
	request, err := http.NewRequestWithContext(t.Context(), method, "http://api"+path, body)
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("Content-Type", r.kind)
	if r.token != "" {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	response, err := r.client.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// TestNoRejectionIsLostBehindAProxy sends 500 requests through each proxy. When the API closed their connections at
// once, nginx would respond 502 to a part of them.
func TestNoRejectionIsLostBehindAProxy(t *testing.T) {
	http2 := apitest.Env("HTTP2=on")
	ready, throttled := apitest.Start(t, http2), apitest.Start(t, http2, apitest.Env("FAILURE_LIMIT=1"))
	down := apitest.Start(t, http2, apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
	throttled.Call(t, "forged", "GET /me", "")
	const json = "application/json"
	for _, p := range proxies {
		t.Run(p.name, func(t *testing.T) {
			client := func(api *apitest.API) *http.Client { return p.start(t, strings.TrimPrefix(api.URL, "http://")) }
			toReady := client(ready)
			rejections := []rejection{
				{toReady, 401, "POST /items", "", json, 0},
				{toReady, 403, "POST /items", ready.Token("alice", "items:read"), json, 0},
				{toReady, 404, "POST /nowhere", "", json, 0},
				{toReady, 405, "POST /healthz", "", json, 0},
				{toReady, 413, "POST /items", ready.Token("alice", "items:write"), json, 100 << 10},
				{toReady, 415, "POST /items", ready.Token("alice", "items:write"), "text/plain", 0},
				{client(throttled), 429, "POST /items", "forged", json, 0},
				{client(down), 503, "POST /items", down.Token("alice", "items:write"), json, 0},
			}
			var all errgroup.Group
			all.SetLimit(4)
			for n := range 500 {
				all.Go(func() error {
					r, bytes := rejections[n%len(rejections)], (12+n%245)<<10
					if status := r.send(t, bytes); status != r.status {
						t.Errorf("%s with %d bytes: got %d, want %d", r.line, bytes, status, r.status)
					}
					return nil
				})
			}
			all.Wait()
		})
	}
}
