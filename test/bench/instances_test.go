package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWithoutPostgresTheReportSaysSo(t *testing.T) {
	r := &report{}
	if err := measureInstances(t.Context(), &bench{}, r); err != nil {
		t.Fatal(err)
	}
	if want := "## Two instances\n\nPostgreSQL: not measured: TEST_DATABASE_URL names no server.\n\n"; r.String() != want {
		t.Errorf("got %q, want %q", r, want)
	}
}

// TestInstancesWithoutASharedDatabaseFail proves that every check of a cluster can fail.
func TestInstancesWithoutASharedDatabaseFail(t *testing.T) {
	program, err := build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(program.remove)
	i := startIssuer("ES256")
	t.Cleanup(i.close)
	c, err := startCluster(t.Context(), program, i, "memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	if good, err := c.useBoth(t.Context(), 10); good > 0 || err != nil {
		t.Errorf("%d items are shared, error %v", good, err)
	}
	if good, err := c.changeAtOnce(t.Context(), 1); good > 0 || err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%d items are changed once, error %v", good, err)
	}
	if once, err := c.listWhileWriting(t.Context(), 20); once == 20 || err != nil {
		t.Errorf("%d of 20 items are listed once, error %v", once, err)
	}
	if k, err := c.kill(t.Context(), 100); k.lost == 0 || k.lost >= k.acknowledged || err != nil {
		t.Errorf("got %+v, error %v", k, err)
	}
}

func TestInstancesTakeTurns(t *testing.T) {
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
		t.Errorf("got %s", got)
	}
	backends[0].Close()
	got := get() + get() + get() + get()
	if strings.Count(got, "502") != 1 || strings.Count(got, "200b") != 3 {
		t.Errorf("without one of them, got %s", got)
	}
	b.use()
	if got := get(); got != "502" {
		t.Errorf("without both, got %s", got)
	}
}
