package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestWithoutPostgresTheReportSaysSo(t *testing.T) {
	r := &report{}
	if err := measureInstances(t.Context(), &bench{}, r); err != nil {
		t.Fatal(err)
	}
	if want := "## Several instances\n\nPostgreSQL: not measured: TEST_DATABASE_URL names no server.\n\n"; r.String() != want {
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
	c, err := startCluster(t.Context(), program, i, "DATABASE_URL=memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	if good, err := c.share(t.Context(), 10); good > 0 || err != nil {
		t.Errorf("%d items are shared, error %v", good, err)
	}
	if good, err := c.changeAtOnce(t.Context(), 1); good > 0 || err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%d items are changed once, error %v", good, err)
	}
	if once, err := c.listWhileWriting(t.Context(), 20); once == 20 || err != nil {
		t.Errorf("%d of 20 items are listed once, error %v", once, err)
	}
	if _, err := c.revokeKey(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a key of another database got the error %v", err)
	}
	if took, err := c.revokeSubject(t.Context(), 100*time.Millisecond); took <= 100*time.Millisecond || err != nil {
		t.Errorf("a subject is rejected within %s, error %v", took, err)
	}
	if created, err := c.createToTheLimit(t.Context()); created <= itemLimit || err != nil {
		t.Errorf("%d items are created, error %v", created, err)
	}
	if accepted, err := acceptedRequests(t.Context(), program, i); accepted != 4*requestLimit || err != nil {
		t.Errorf("%d requests of a caller are accepted, error %v", accepted, err)
	}
	if k, err := c.kill(t.Context(), 100); k.lost == 0 || k.lost >= k.acknowledged || err != nil {
		t.Errorf("got %+v, error %v", k, err)
	}
}

// TestInstancesTakeTurns is for nginx as well where it is installed.
func TestInstancesTakeTurns(t *testing.T) {
	var addresses []string
	var backends []*httptest.Server
	for _, name := range []string{"a", "b", "c", "d"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name) }))
		t.Cleanup(s.Close)
		backends, addresses = append(backends, s), append(addresses, s.Listener.Addr().String())
	}
	balancers := []balancer{startPlainProxies(addresses)}
	if _, err := exec.LookPath("nginx"); err == nil {
		n, err := startNginx(t.Context(), addresses)
		if err != nil {
			t.Fatal(err)
		}
		balancers = append(balancers, n)
	}
	eight := func(b balancer, instances int) (all string) {
		for range 8 {
			response, err := http.Get("http://" + b.address(instances))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				all += string(body)
			}
		}
		return all
	}
	for _, b := range balancers {
		t.Cleanup(b.close)
		for n, want := range map[int]int{1: 8, 2: 4, 4: 2} {
			if got := eight(b, n); strings.Count(got, "a") != want || strings.Count(got, "b") != (8-want)/max(1, n-1) {
				t.Errorf("%s: of %d instances, got %s", b.name(), n, got)
			}
		}
	}
	backends[0].Close()
	for _, b := range balancers {
		if got := eight(b, 2); strings.Contains(got, "a") || strings.Count(got, "b") < 7 {
			t.Errorf("%s: without one of them, got %s", b.name(), got)
		}
		if got := eight(b, 1); got != "" {
			t.Errorf("%s: without the only one, got %s", b.name(), got)
		}
	}
}
