package e2e

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestSignInBelowAPath signs in and calls through an nginx with TLS that has the API below a path, which it keeps and
// then strips.
func TestSignInBelowAPath(t *testing.T) {
	port := freePort(t)
	origin := "https://localhost:" + port
	s := start(t, "PUBLIC_URL="+origin+"/base")
	b := open(t, 1200, 900, chromedp.Flag("ignore-certificate-errors", true))
	for _, pass := range []string{s.api, s.api + "/"} {
		stop := startNginx(t, port, `location /base/ { proxy_pass `+pass+`; }`)
		b.do(chromedp.Navigate(origin+"/base/docs"), chromedp.WaitVisible(operation("items", "listItems")))
		if ask(b, chromedp.Evaluate[bool](`!document.getElementById("elsewhere").hidden`)) {
			t.Errorf("the page is at another address than %s/base/docs/", origin)
		}
		b.logIn("alice")
		b.execute("items", "createItem")
		created := b.mustRespond(t, "items", "createItem", "201", `"created_at"`)
		var item struct{ ID string }
		if err := json.Unmarshal([]byte(created), &item); err != nil {
			t.Errorf("created %q: %v", created, err)
		}
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "200", item.ID)
		b.logOut()
		b.execute("me", "getMe")
		b.mustRespond(t, "me", "getMe", "401", origin+"/base/problems/credentials-missing")

		b.click(".rejection a + a") // the inspector
		b.do(chromedp.WaitVisible(chromedp.CSS("#result")))
		if got := b.text("#result"); !strings.Contains(got, "credentials-missing") {
			t.Errorf("the inspector says %q", got)
		}
		b.click("#result a")
		b.do(chromedp.WaitVisible(chromedp.CSS(".fix")))
		stop()
	}
	b.mustStayOn(strings.Replace(origin, "https", "http", 1), s.provider)
}

// startNginx starts an nginx with TLS on a port of localhost, and returns what stops it.
func startNginx(t *testing.T, port, location string) (stop func()) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	folder, certificate := t.TempDir(), server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"cert": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}),
		"key":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"config": fmt.Appendf(nil, `user root; daemon off; master_process off; pid %[1]s/pid;
events {}
http {
	access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	server {
		listen 127.0.0.1:%[2]s ssl; ssl_certificate %[1]s/cert; ssl_certificate_key %[1]s/key;
		%[3]s
	}
}`, folder, port, location),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &output{}
	command := exec.Command("nginx", "-c", filepath.Join(folder, "config"), "-e", "stderr")
	command.Stdout, command.Stderr = out, out
	if err := command.Start(); err != nil {
		t.Fatalf("this test runs nginx: apt-get install nginx-light: %v", err)
	}
	ended := make(chan struct{})
	go func() { command.Wait(); close(ended) }()
	stop = func() { command.Process.Kill(); <-ended }
	t.Cleanup(stop)
	for {
		if c, err := net.Dial("tcp", "localhost:"+port); err == nil {
			c.Close()
			return stop
		}
		select {
		case <-ended:
			t.Fatalf("nginx ended: %s", out)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
