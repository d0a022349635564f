package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

// TestMetricsHaveAListenerOfTheirOwn looks for them at both addresses, and stops the program.
func TestMetricsHaveAListenerOfTheirOwn(t *testing.T) {
	issuer := authtest.Start(t, "https://api.example.com")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, out := io.Pipe()
	stopped := make(chan error, 1)
	go func() {
		stopped <- run(ctx, env("OIDC_ISSUER", issuer.URL, "ADDR", "127.0.0.1:0", "METRICS_ADDR", "127.0.0.1:0", "DATABASE_URL", "memory:", "STOP_DELAY", "0s"), out)
		out.Close()
	}()
	addresses := map[string]string{} // by message
	lines := bufio.NewScanner(log)
	for (addresses["listening"] == "" || addresses["metrics"] == "") && lines.Scan() {
		var record struct{ Msg, Addr string }
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			t.Fatalf("%v in the line %s", err, lines.Bytes())
		}
		addresses[record.Msg] = record.Addr
	}
	go io.Copy(io.Discard, log)
	for _, test := range []struct {
		at, path string
		status   int
		says     string
	}{
		{"metrics", "/metrics", 200, `auth_issuer_state{state="ready"}`},
		{"metrics", "/healthz", 404, ""},
		{"listening", "/metrics", 404, "not-found"},
		{"listening", "/healthz", 200, "ok"},
	} {
		p := &program{url: "http://" + addresses[test.at]}
		status, body, err := p.get(test.path, http.Header{})
		if err != nil || status != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s%s is answered with %d %.100s and %v", test.at, test.path, status, body, err)
		}
	}
	stop()
	if err := <-stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
	for at, address := range addresses {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			t.Errorf("%s still answers at %s", at, address)
		}
	}
}

// TestTheProgramEndsWithoutItsMetrics names addresses that nobody can listen on.
func TestTheProgramEndsWithoutItsMetrics(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, says := range map[string]string{
		taken.Addr().String(): "METRICS_ADDR: listen tcp",
		"9464":                "METRICS_ADDR: address 9464: missing port",
	} {
		err := run(t.Context(), env("OIDC_ISSUER", "http://127.0.0.1:1", "OIDC_AUDIENCE", "a", "ADDR", "127.0.0.1:0",
			"METRICS_ADDR", address, "DATABASE_URL", "memory:"), io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("with %s run returned %v, want %s", address, err, says)
		}
	}
}

// TestTheEndOfTheLogCountsWhatWasLeftOut floods the program within the minute in which it is stopped.
func TestTheEndOfTheLogCountsWhatWasLeftOut(t *testing.T) {
	issuer := authtest.Start(t, "https://api.example.com")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	listening, out := make(chan string, 1), &screen{}
	out.watch = func(line string) {
		var record struct{ Msg, Addr string }
		if json.Unmarshal([]byte(line), &record) == nil && record.Msg == "listening" {
			listening <- record.Addr
		}
	}
	stopped := make(chan error, 1)
	go func() {
		stopped <- run(ctx, env("OIDC_ISSUER", issuer.URL, "ADDR", "127.0.0.1:0", "DATABASE_URL", "memory:", "STOP_DELAY", "0s"), out)
	}()
	p := &program{url: "http://" + <-listening}
	for range 15 {
		p.get("/me", nil)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
	if !strings.Contains(out.String(), `"msg":"requests refused repeatedly","code":"credentials-missing","client":"127.0.0.1","more":5`) {
		t.Errorf("the log ends without the count: %s", out)
	}
}
