package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
)

func TestAClosedConnectionIsNoError(t *testing.T) {
	entered := make(chan bool)
	api := apitest.Start(t, onGet(func(ctx context.Context) error {
		close(entered)
		<-ctx.Done()
		return fmt.Errorf("get: %w", ctx.Err())
	}))
	ctx, hangUp := context.WithCancel(t.Context())
	go func() { <-entered; hangUp() }()
	if response, err := http.DefaultTransport.RoundTrip(api.Request(t, api.Token("alice", "items:read"), "GET /items/1", nil).WithContext(ctx)); err == nil {
		response.Body.Close()
		t.Errorf("got %s", response.Status)
	}
	api.Close()
	if records := api.Log.Records(t, "request rejected"); len(records) != 0 {
		t.Errorf("the log has %v", records)
	}
	requests := api.Log.Records(t, "request")
	if len(requests) != 1 || requests[0]["status"] != 499.0 || requests[0]["code"] != nil {
		t.Errorf("the request log has %v", requests)
	}
}

func TestAnAbortedHandlerClosesTheConnection(t *testing.T) {
	api := apitest.Start(t, onGet(func(context.Context) error { panic(http.ErrAbortHandler) }))
	response, err := http.DefaultTransport.RoundTrip(api.Request(t, api.Token("alice", "items:read"), "GET /items/1", nil))
	if err == nil {
		response.Body.Close()
		t.Errorf("got %s, want the connection closed", response.Status)
	}
	if api.Close(); strings.Contains(api.Log.String(), "panic") {
		t.Errorf("the log has %s", api.Log)
	}
}

// A fakeWriter writes a part of a response's body, and runs a function in place of the rest.
type fakeWriter struct {
	http.ResponseWriter
	rest func() error
}

func (w fakeWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p[:len(p)/2])
	if err != nil {
		return n, err
	}
	http.NewResponseController(w.ResponseWriter).Flush()
	return n, w.rest()
}

// fakeWrites serves an API whose responses are written by a fakeWriter. It returns the address.
func fakeWrites(t *testing.T, api *apitest.API, rest func() error) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.ServeHTTP(fakeWriter{w, rest}, r)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestAPanicInAPartialResponseClosesIt(t *testing.T) {
	api := apitest.New(t)
	server := fakeWrites(t, api, func() error { panic("the disk is full") })
	response, err := http.Get(server.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("%q is taken for the whole response", body)
	}
	server.Close()
	if n := strings.Count(api.Log.String(), "the disk is full"); n != 1 {
		t.Errorf("it is logged %d times: %s", n, api.Log)
	}
	requests := api.Log.Records(t, "request")
	if len(requests) != 1 || requests[0]["status"] != 200.0 || requests[0]["code"] != "internal" {
		t.Errorf("the request log has %v", requests)
	}
}

// TestAFailedWriteIsNoRejection has a connection that fails while the response is written.
func TestAFailedWriteIsNoRejection(t *testing.T) {
	for _, test := range []struct {
		path string
		code any
	}{{"/healthz", nil}, {"/me", "credentials-missing"}} {
		api := apitest.New(t)
		server := fakeWrites(t, api, func() error { return errors.New("broken pipe") })
		response, err := http.Get(server.URL + test.path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		server.Close()
		if requests := api.Log.Records(t, "request"); len(requests) != 1 || requests[0]["code"] != test.code || requests[0]["cut"] != "broken pipe" {
			t.Errorf("%s: the request log has %v", test.path, requests)
		}
		for _, record := range api.Log.Records(t, "request rejected") {
			if record["code"] != test.code {
				t.Errorf("%s: the rejection log has %v", test.path, record)
			}
		}
	}
}
