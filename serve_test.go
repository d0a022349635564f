package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry/logtest"
)

// getenv returns a look-up of variables, each written as in "ADDR=:8080".
func getenv(variables ...string) func(string) string {
	env := map[string]string{}
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	return func(name string) string { return env[name] }
}

// A program is a run of the API.
type program struct {
	url     string
	issuer  *authtest.Issuer
	log     *logtest.Buffer
	stop    context.CancelFunc
	stopped chan error // receives what run returns
}

// start runs the API on a free port, with further variables, until it is stopped or the test ends.
func start(t *testing.T, variables ...string) *program {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	p := &program{issuer: authtest.Start(t, "https://api.example.com"), log: &logtest.Buffer{}, stop: stop, stopped: make(chan error, 1)}
	variables = append([]string{"OIDC_ISSUER=" + p.issuer.URL, "OIDC_AUDIENCE=https://api.example.com", "ADDR=127.0.0.1:0",
		"PUBLIC_URL=https://api.example.com", "DATABASE_URL=" + storetest.Quick(t), "STOP_DELAY=0s"}, variables...)
	go func() { p.stopped <- run(ctx, getenv(variables...), p.log) }()
	p.url = "http://" + p.log.Await(t, "listening")["addr"].(string)
	return p
}

// end stops the program and waits for it.
func (p *program) end(t *testing.T) {
	t.Helper()
	p.stop()
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
}

func get(url string, header http.Header) (int, string, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func (p *program) bearer(scope string) http.Header {
	return http.Header{"Authorization": {"Bearer " + p.issuer.Token(authtest.Claims{"scope": scope})}}
}

func TestTheProgramServesUntilItIsStopped(t *testing.T) {
	p := start(t)
	for _, test := range []struct {
		name, path string
		header     http.Header
		status     int
		want       string
	}{
		{"a public route", "/healthz", nil, 200, `"ok"`},
		{"a caller", "/me", p.bearer("items:read"), 200, `"subject":"alice"`},
		{"an anonymous caller", "/me", nil, 401, `"type":"https://api.example.com/problems/credentials-missing"`},
		{"a forged token", "/me", http.Header{"Authorization": {"Bearer " + authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, p.issuer.Claims())}}, 401, `"code":"key-unknown"`},
		{"a header of 40 KB", "/healthz", http.Header{"X-Large": {strings.Repeat("a", 40<<10)}}, 431, "431"},
	} {
		status, body, err := get(p.url+test.path, test.header)
		if err != nil || status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s: got %d %s and %v, want %d and %s", test.name, status, body, err, test.status, test.want)
		}
	}
	p.end(t)
}

// TestConnectionsAreAsConfigured has a client of HTTP/2 without TLS, and one that would keep its connection.
func TestConnectionsAreAsConfigured(t *testing.T) {
	p := start(t, "HTTP2=on", "IDLE_TIMEOUT=0s")
	for _, test := range []struct {
		proto  string
		closed bool
	}{{"HTTP/1.1", true}, {"HTTP/2.0", false}} {
		transport := &http.Transport{Protocols: &http.Protocols{}}
		transport.Protocols.SetHTTP1(test.proto == "HTTP/1.1")
		transport.Protocols.SetUnencryptedHTTP2(test.proto == "HTTP/2.0")
		response, err := (&http.Client{Transport: transport}).Get(p.url + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		transport.CloseIdleConnections()
		if response.StatusCode != 200 || response.Proto != test.proto || response.Close != test.closed {
			t.Errorf("%s: got %+v", test.proto, response)
		}
	}
	p.end(t)
}

func TestRequestsInFlightAreServedBeforeTheEnd(t *testing.T) {
	p := start(t)
	entered, release := make(chan bool), make(chan bool)
	p.issuer.Break(p.issuer.On("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		select {
		case <-release:
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"sub":"alice"}`)
		case <-r.Context().Done():
		}
	}))
	served := make(chan string, 1)
	go func() {
		status, body, err := get(p.url+"/me/profile", p.bearer("openid"))
		served <- fmt.Sprint(status, body, err)
	}()
	<-entered
	_, idle := p.idleConnection(t)
	p.stop()
	if _, err := idle.ReadByte(); err != io.EOF {
		t.Fatalf("the program stops, and an idle connection reads %v", err)
	}
	for range 100 { // turns, in which a program that does not wait would end
		select {
		case err := <-p.stopped:
			t.Fatalf("the program ended with %v before it responded", err)
		default:
			runtime.Gosched()
		}
	}
	close(release)
	if got := <-served; got != `200{"sub":"alice"}<nil>` {
		t.Errorf("the request in flight gets %s", got)
	}
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
}

// TestReadinessFailsBeforeTheEnd observes the program as a load balancer does.
func TestReadinessFailsBeforeTheEnd(t *testing.T) {
	p := start(t, "STOP_DELAY=300ms")
	get(p.url+"/me", p.bearer("")) // waits for the keys
	if status, body, err := get(p.url+"/readyz", nil); status != 200 {
		t.Fatalf("before the stop: got %d %s %v", status, body, err)
	}
	conn, idle := p.idleConnection(t)
	p.stop()
	fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
	if response, err := http.ReadResponse(idle, nil); err != nil || response.StatusCode != 200 || !response.Close {
		t.Errorf("an idle connection gets %+v and %v, want a response with Connection: close", response, err)
	}
	status, body, err := get(p.url+"/readyz", nil)
	if status != 503 || !strings.Contains(body, `"status":"down"`) || !strings.Contains(body, `"process":"it is about to stop"`) {
		t.Errorf("during the delay: got %d %s %v", status, body, err)
	}
	if status, body, err := get(p.url+"/me", p.bearer("")); status != 200 {
		t.Errorf("during the delay a caller gets %d %s %v", status, body, err)
	}
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
	if status, _, err := get(p.url+"/healthz", nil); err == nil {
		t.Errorf("after the end: got %d", status)
	}
}

// TestHTTP2StaysOpenDuringTheDelay sends several requests on one connection. A GOAWAY would lose those that a proxy has
// sent by then and cannot repeat.
func TestHTTP2StaysOpenDuringTheDelay(t *testing.T) {
	stopping := make(chan struct{})
	close(stopping)
	connections := 0
	s := httptest.NewUnstartedServer(closeWhenStopping(stopping, http.NotFoundHandler()))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections++
		}
	}
	s.Config.Protocols = &http.Protocols{}
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	transport := &http.Transport{Protocols: s.Config.Protocols}
	for range 20 {
		response, err := (&http.Client{Transport: transport}).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	transport.CloseIdleConnections()
	s.Close()
	if connections != 1 {
		t.Errorf("20 requests used %d connections", connections)
	}
}

// idleConnection returns a connection that received a response and waits for a request.
func (p *program) idleConnection(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprint(conn, "HEAD /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
	reader := bufio.NewReader(conn)
	if _, err := http.ReadResponse(reader, &http.Request{Method: http.MethodHead}); err != nil {
		t.Fatal(err)
	}
	return conn, reader
}

func TestTheProgramReportsWhyItDoesNotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct{ name, variable, want string }{
		{"a port in use", "ADDR=" + taken.Addr().String(), "ADDR: listen tcp"},
		{"an address of another machine", "ADDR=192.0.2.1:80", "ADDR: listen tcp"},
		{"no issuer", "OIDC_ISSUER=", "OIDC_ISSUER: not set"},
		{"no audience", "OIDC_AUDIENCE=", "OIDC_AUDIENCE: not set"},
		{"a port in use for metrics", "METRICS_ADDR=" + taken.Addr().String(), "METRICS_ADDR: listen tcp"},               // part:metrics
		{"an invalid address for metrics", "METRICS_ADDR=9464", "METRICS_ADDR: address 9464: missing port"},              // part:metrics
		{"an invalid collector", "OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318", "OTEL_EXPORTER_OTLP_ENDPOINT: not a URL"}, // part:tracing
		{"a path like that of a route", "PUBLIC_URL=https://example.com/me/v2", "PUBLIC_PATH: not set: the path of PUBLIC_URL begins like the route GET /me."},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := run(t.Context(), getenv("OIDC_ISSUER=http://127.0.0.1:1", "OIDC_AUDIENCE=a", "ADDR=127.0.0.1:0", "DATABASE_URL="+storetest.Quick(t), test.variable), io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("run returned %v, want %s", err, test.want)
			}
		})
	}
}

// part:metrics:begin

func TestMetricsHaveTheirOwnListener(t *testing.T) {
	p := start(t, "METRICS_ADDR=127.0.0.1:0")
	metrics := p.log.Await(t, "metrics")["addr"].(string)
	get(p.url+"/me", p.bearer("")) // waits for the keys
	for _, test := range []struct {
		url    string
		status int
		want   string
	}{
		{"http://" + metrics + "/metrics", 200, `auth_issuer_state{state="ready"} 1`},
		{"http://" + metrics + "/metrics", 200, "auth_verification_seconds_count 1"},
		{"http://" + metrics + "/healthz", 404, ""},
		{p.url + "/metrics", 404, "not-found"},
		{p.url + "/healthz", 200, "ok"},
	} {
		status, body, err := get(test.url, nil)
		if err != nil || status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s: got %d %.100s and %v, want %d and %s", test.url, status, body, err, test.status, test.want)
		}
	}
	p.end(t)
	for _, address := range []string{metrics, strings.TrimPrefix(p.url, "http://")} {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			t.Errorf("%s still accepts connections", address)
		}
	}
}

// part:metrics:end
// part:tracing:begin

// TestSpansAreSentBeforeTheEnd has a collector, and a provider that the API asks for a profile.
func TestSpansAreSentBeforeTheEnd(t *testing.T) {
	exported := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { exported <- r.URL.Path }))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL) // which the SDK of OpenTelemetry reads
	p := start(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL)
	parents := make(chan string, 1)
	p.issuer.Break(p.issuer.On("/userinfo", func(_ http.ResponseWriter, r *http.Request) { parents <- r.Header.Get("Traceparent") }))
	header := p.bearer("openid")
	header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	get(p.url+"/me/profile", header)
	p.end(t)
	if parent := <-parents; !strings.HasPrefix(parent, "00-0af7651916cd43dd8448eb211c80319c-") {
		t.Errorf("the provider gets the parent %q, want the trace of the caller", parent)
	}
	select {
	case path := <-exported:
		if path != "/v1/traces" {
			t.Errorf("spans are sent to %s", path)
		}
	default:
		t.Error("the program ended without sending its spans")
	}
}

// part:tracing:end
