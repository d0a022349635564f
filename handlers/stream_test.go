package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/server"
	"github.com/gin-contrib/sse"
	"github.com/gin-gonic/gin"
)

// A feed is an API with a stream at /events, in a bubble of testing/synctest: a pipe is its network, and hours pass at
// once.
type feed struct {
	*apitest.API
	t      *testing.T
	events chan sse.Event
	caller net.Conn
	stop   context.CancelFunc
	ended  chan error // receives what the server returns
}

func newFeed(t *testing.T) *feed {
	t.Helper()
	f := &feed{API: apitest.New(t), t: t, events: make(chan sse.Event), ended: make(chan error, 1)}
	watch := func(c *gin.Context, caller *auth.Principal) error { return f.Stream(c, caller, f.events) }
	f.Router().Require("items:read").Hidden().GET("/event-stream", watch)
	f.Router().Optional().Hidden().GET("/news-stream", watch)
	ctx, stop := context.WithCancel(t.Context())
	f.stop = stop
	listener := &pipes{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
	near, far := net.Pipe()
	f.caller = near
	listener.conns <- far
	go func() {
		defer close(f.ended)
		f.ended <- server.Serve(ctx, listener, server.New(f.API, server.Options{IdleTimeout: time.Minute, Log: f.Log.Logger()}))
	}()
	t.Cleanup(func() {
		near.Close()
		stop()
		for range f.ended {
		}
	})
	return f
}

// pipes is a listener that accepts the ends of pipes.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.UnixAddr{} }

// open sends a request as in "GET /event-stream", and returns the response without its body.
func (f *feed) open(line, token string) *http.Response {
	f.t.Helper()
	header := "Host: a\r\n"
	if token != "" {
		header += "Authorization: Bearer " + token + "\r\n"
	}
	go fmt.Fprintf(f.caller, "%s HTTP/1.1\r\n%s\r\n", line, header)
	method, _, _ := strings.Cut(line, " ")
	response, err := http.ReadResponse(bufio.NewReader(f.caller), &http.Request{Method: method})
	if err != nil {
		f.t.Fatal(err)
	}
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream;charset=utf-8" {
		f.t.Fatalf("got %+v", response)
	}
	return response
}

// token returns a token of alice that lives that long.
func (f *feed) token(life time.Duration) string {
	return f.Issuer.Token(authtest.Claims{"scope": "items:read", "exp": time.Now().Add(life).Unix()})
}

// wantEnd reads the stream to its end, which must be in order and after a time, and returns what came.
func (f *feed) wantEnd(response *http.Response, after time.Duration) string {
	f.t.Helper()
	begin := time.Now()
	text, err := io.ReadAll(response.Body)
	if took := time.Since(begin); err != nil || took < after || took > after+time.Millisecond {
		f.t.Errorf("the stream ends after %s with %v, want %s", took, err, after)
	}
	return string(text)
}

// wantLogged compares the cut and the code of the request in the log.
func (f *feed) wantLogged(cut string, code any) {
	f.t.Helper()
	synctest.Wait()
	records := f.Log.Records(f.t, "request")
	if len(records) != 1 {
		f.t.Fatalf("the log has %d requests", len(records))
	}
	if got, _ := records[0]["cut"].(string); (cut == "") != (got == "") || !strings.Contains(got, cut) || records[0]["code"] != code || records[0]["status"] != 200.0 {
		f.t.Errorf("the log has %v, want the cut %q and the code %v", records[0], cut, code)
	}
}

func TestStreamsOutliveTheWriteTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		response := f.open("GET /event-stream", f.token(24*time.Hour))
		var want strings.Builder
		want.WriteString(":\n\n")
		go func() {
			defer close(f.events)
			for n := range 100 {
				time.Sleep(10 * time.Second)
				f.events <- sse.Event{Event: "item", Data: map[string]int{"n": n}}
			}
		}()
		for n := range 100 {
			fmt.Fprintf(&want, "event:item\ndata:{\"n\":%d}\n\n", n)
		}
		if got := f.wantEnd(response, 1000*time.Second); got != want.String() {
			t.Errorf("got %s, want %s", got, &want)
		}
		f.wantLogged("", nil)
	})
}

// TestAStreamWithoutEventsStaysOpen has an anonymous caller, whose credentials do not expire.
func TestAStreamWithoutEventsStaysOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		response := f.open("GET /news-stream", "")
		time.AfterFunc(time.Hour+time.Second, func() { close(f.events) })
		if got, want := f.wantEnd(response, time.Hour+time.Second), strings.Repeat(":\n\n", 1+240); got != want {
			t.Errorf("got %d bytes, want %d", len(got), len(want))
		}
	})
}

func TestAStreamEndsWithItsCredentials(t *testing.T) {
	for _, test := range []struct {
		name       string
		life       time.Duration
		change     func(*authtest.Issuer)
		after, max time.Duration
		cut        string
		code       any
	}{
		{"a token that expires", 70 * time.Second, func(*authtest.Issuer) {}, 100 * time.Second, 0, "token-expired: exp", "token-expired"},
		{"a token whose key is withdrawn", time.Hour, func(i *authtest.Issuer) { i.Swap(authtest.NewKey("ES256")) }, 4 * time.Minute, 6 * time.Minute, "key-unknown", "key-unknown"},
		{"a token that expires in an outage", 3 * time.Hour, func(i *authtest.Issuer) { i.Break(authtest.Down) }, 3*time.Hour + 30*time.Second, 0, "auth-unavailable", "auth-unavailable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFeed(t)
				response := f.open("GET /event-stream", f.token(test.life))
				test.change(f.Issuer)
				begin := time.Now()
				if _, err := io.ReadAll(response.Body); err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took < test.after || took > max(test.after+time.Second, test.max) {
					t.Errorf("the stream ends after %s", took)
				}
				f.wantLogged(test.cut, test.code)
			})
		})
	}
}

// TestNoEventFollowsAnExpiredToken has an event that comes as soon as the token expired.
func TestNoEventFollowsAnExpiredToken(t *testing.T) {
	for range 20 { // there are two reasons to go on
		synctest.Test(t, func(t *testing.T) {
			f := newFeed(t)
			response := f.open("GET /event-stream", f.token(time.Minute))
			time.AfterFunc(90*time.Second, func() {
				select {
				case f.events <- sse.Event{Data: "secret"}:
				case <-t.Context().Done():
				}
			})
			if got := f.wantEnd(response, 90*time.Second); strings.Contains(got, "secret") {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestStreamsEndInOrderWhenTheAPIStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		response := f.open("GET /event-stream", f.token(time.Hour))
		time.AfterFunc(10*time.Second, f.stop)
		f.wantEnd(response, 10*time.Second)
		if err := <-f.ended; err != nil {
			t.Errorf("the server returns %v", err)
		}
		f.wantLogged("the API stops", nil)
	})
}

func TestAStreamEndsWithItsConnection(t *testing.T) {
	for _, test := range []struct {
		name, cut string
		hangUp    bool
	}{{"a caller that goes", "the caller closed the connection", true}, {"a caller that does not read", "i/o timeout", false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFeed(t)
				f.open("GET /event-stream", f.token(time.Hour))
				if test.hangUp {
					f.caller.Close()
				}
				time.Sleep(heartbeatAndTimeout)
				f.wantLogged(test.cut, nil)
			})
		})
	}
}

// heartbeatAndTimeout is when a comment is sent, and when it must have been received.
const heartbeatAndTimeout = 15*time.Second + server.WriteTimeout

func TestHEADOfAStreamHasNoEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		if got := f.wantEnd(f.open("HEAD /event-stream", f.token(time.Hour)), 0); got != "" {
			t.Errorf("got %q", got)
		}
		f.wantLogged("", nil)
	})
}
