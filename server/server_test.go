package server

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/telemetry/logtest"
)

// start serves a handler until the test ends, and returns its URL.
func start(t *testing.T, handler http.HandlerFunc, o Options) string {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.Listener, s.Config = Linger(s.Listener), New(handler, o)
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func TestHTTP2IsServedIfItIsOn(t *testing.T) {
	for _, on := range []bool{false, true} {
		var log logtest.Buffer
		url := start(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }, Options{IdleTimeout: time.Minute, HTTP2: on, Log: log.Logger()})
		for proto, served := range map[string]bool{"HTTP/1.1": true, "HTTP/2.0": on} {
			transport := &http.Transport{Protocols: &http.Protocols{}}
			transport.Protocols.SetHTTP1(proto == "HTTP/1.1")
			transport.Protocols.SetUnencryptedHTTP2(proto == "HTTP/2.0")
			response, err := (&http.Client{Transport: transport}).Get(url)
			if err != nil {
				if served {
					t.Errorf("%s: %v", proto, err)
				}
				continue
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			transport.CloseIdleConnections()
			if !served || string(body) != proto {
				t.Errorf("HTTP/2 is %t: got %q and %v", on, body, err)
			}
		}
	}
}

// TestHTTP2RequestsAreReadToTheirEnd rejects requests before their body, which is larger than what the client may
// send without being read. Clients differ in whether they show a response whose stream was reset by then.
func TestHTTP2RequestsAreReadToTheirEnd(t *testing.T) {
	var log logtest.Buffer
	url := start(t, reject, Options{IdleTimeout: time.Minute, HTTP2: true, Log: log.Logger()})
	transport := &http.Transport{Protocols: &http.Protocols{}}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	for _, path := range []string{"/", "/2"} {
		body := &io.LimitedReader{R: zeros{}, N: 4 << 20}
		response, err := (&http.Client{Transport: transport}).Post(url+path, "text/plain", body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != 401 || string(text) != "rejected" || body.N > 0 {
			t.Errorf("%s: got %s %q and %v, and %d bytes are left", path, response.Status, text, err, body.N)
		}
	}
}

// TestIdleConnectionsStayOpenAsConfigured has a pipe in place of the network, so that time is fake.
func TestIdleConnectionsStayOpenAsConfigured(t *testing.T) {
	for idle, want := range map[time.Duration]time.Duration{10 * time.Minute: 10 * time.Minute, time.Second: time.Second, 0: 0} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			defer near.Close()
			var log logtest.Buffer
			s := New(http.HandlerFunc(reject), Options{IdleTimeout: idle, Log: log.Logger()})
			go s.Serve(&oneConn{conn: far})
			go io.WriteString(near, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			reader := bufio.NewReader(near)
			response, err := http.ReadResponse(reader, nil)
			if err != nil || response.Close != (idle == 0) {
				t.Fatalf("got %+v and %v", response, err)
			}
			io.ReadAll(response.Body)
			begin := time.Now()
			_, err = reader.ReadByte()
			if got := time.Since(begin); err != io.EOF || got != want {
				t.Errorf("IdleTimeout is %s: the connection is closed after %s with %v", idle, got, err)
			}
			s.Close()
		})
	}
}

// A oneConn is a listener that accepts one connection. Then it fails with its errors, one after the other.
type oneConn struct {
	net.Listener
	conn net.Conn
	errs []error
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	if len(l.errs) == 0 {
		return nil, errors.New("closed")
	}
	err := l.errs[0]
	l.errs = l.errs[1:]
	return nil, err
}

func (*oneConn) Close() error   { return nil }
func (*oneConn) Addr() net.Addr { return &net.TCPAddr{} }

func TestFailuresToAcceptAreWarnings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		s := New(http.HandlerFunc(reject), Options{Log: log.Logger()})
		s.Serve(Linger(&oneConn{errs: []error{&net.OpError{Op: "accept", Err: syscall.EMFILE}}}))
		records := log.Records(t, "http: Accept error: accept: too many open files; retrying in 5ms")
		if len(records) != 1 || records[0]["level"] != "WARN" {
			t.Errorf("the log has %s", &log)
		}
	})
}

// TestReportsHaveALevel has what handlers do wrong, and what callers do.
func TestReportsHaveALevel(t *testing.T) {
	var log logtest.Buffer
	url := start(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		if r.URL.Path == "/panic" {
			panic("broken")
		}
		w.WriteHeader(http.StatusOK)
	}, Options{IdleTimeout: time.Minute, Log: log.Logger()})
	http.Get(url + "/panic")
	if response, err := http.Get(url + "/twice"); err == nil {
		response.Body.Close()
	}
	for message, level := range map[string]string{"http: panic serving ": "ERROR", "http: superfluous response.WriteHeader": "WARN"} {
		found := false
		for line := range strings.Lines(log.String()) {
			found = found || strings.Contains(line, `"msg":"`+message) && strings.Contains(line, `"level":"`+level+`"`)
		}
		if !found {
			t.Errorf("%q is not at %s in %s", message, level, &log)
		}
	}
}
