package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWithoutPostgresThePageSaysSo(t *testing.T) {
	b := &bench{progress: log.New(io.Discard, "", 0), postgres: func(context.Context) (*postgres, error) { return nil, errNoPostgres }}
	p := &page{}
	if err := instances(t.Context(), b, p); err != nil {
		t.Fatal(err)
	}
	if want := "## Two instances\n\nPostgreSQL: not measured: no PostgreSQL on this machine.\n\n"; p.String() != want {
		t.Errorf("the page is %q, want %q", p, want)
	}
}

// Two instances that share nothing fail every check that is made of two that share a database.
func TestInstancesThatKeepItemsInTheProcessAreFoundOut(t *testing.T) {
	program, err := build(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(program.remove)
	i := startIssuer("ES256")
	t.Cleanup(i.close)
	f, err := startFleet(t.Context(), program, i, "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	if held, err := f.cross(t.Context(), 10); held > 0 || err != nil {
		t.Errorf("%d items of one instance are seen by the other, with the error %v", held, err)
	}
	if held, err := f.compete(t.Context(), 1); held > 0 || err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%d changes were made once, with the error %v", held, err)
	}
	if once, err := f.browse(t.Context(), 20); once == 20 || err != nil {
		t.Errorf("%d of 20 items are seen once, with the error %v", once, err)
	}
	if l, err := f.kill(t.Context(), 100); l.lost == 0 || l.lost >= l.acknowledged || err != nil {
		t.Errorf("the loss is %+v with the error %v", l, err)
	}
}

func TestABalancerGivesInstancesTurns(t *testing.T) {
	b := startBalancer()
	t.Cleanup(b.close)
	var servers []*server
	var backends []*httptest.Server
	for _, name := range []string{"a", "b"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name) }))
		t.Cleanup(s.Close)
		backends = append(backends, s)
		servers = append(servers, &server{address: s.Listener.Addr().String()})
	}
	get := func() string {
		response, err := http.Get("http://" + b.address())
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.Status[:3] + string(body)
	}
	b.use(servers...)
	if got := get() + get() + get() + get(); got != "200b200a200b200a" {
		t.Errorf("the answers are %s", got)
	}
	backends[0].Close()
	got := get() + get() + get() + get()
	if strings.Count(got, "502") != 1 || strings.Count(got, "200b") != 3 {
		t.Errorf("when one is gone, the answers are %s", got)
	}
	b.use()
	if got := get(); got != "502" {
		t.Errorf("when none is left, the answer is %s", got)
	}
}
