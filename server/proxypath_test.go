//go:build proxies

package server_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
)

// below returns an nginx with TLS that has the API below /base, and passes requests on as README says.
func below(name, pass string, config *tls.Config) proxy {
	p := nginxServer(name, `upstream api { server %[2]s; }
	server {
		listen unix:%[1]s/socket ssl; ssl_certificate %[1]s/cert; ssl_certificate_key %[1]s/key;
		location /base/ { proxy_pass `+pass+`; }
		location = /.well-known/oauth-protected-resource/base { proxy_pass http://api; }
	}`)
	p.tls = config
	return p
}

// certificate returns the configuration of a server for example.com, and of clients that trust it.
func certificate(t *testing.T) *tls.Config {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, RootCAs: roots}
}

// writeCertificate writes a certificate and its key as files.
func writeCertificate(t *testing.T, folder string, c tls.Certificate) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert": {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, "key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAPathBehindAProxy follows every address that the API names, as a client does that knows PUBLIC_URL alone.
func TestAPathBehindAProxy(t *testing.T) {
	const origin, publicURL = "https://example.com", "https://example.com/base"
	config := certificate(t)
	for _, test := range []struct{ proxy, pass, setting string }{
		{"which keeps the path", "http://api", ""},
		{"which strips the path", "http://api/", ""},
		{"which keeps the path, as the API knows", "http://api", "kept"},
		{"which strips the path, as the API knows", "http://api/", "stripped"},
	} {
		t.Run(test.proxy, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env("PUBLIC_URL="+publicURL, "PUBLIC_PATH="+test.setting, "DOCS=on"))
			client := below(test.proxy, test.pass, config).start(t, strings.TrimPrefix(api.URL, "http://"))
			call := func(method, url, body string) *apitest.Response {
				t.Helper()
				r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/json")
				if strings.Contains(url, "/items") {
					r.Header.Set("Authorization", "Bearer "+api.Token("alice", "items:read items:write"))
				}
				response, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				text, _ := io.ReadAll(response.Body)
				return &apitest.Response{Status: response.StatusCode, Header: response.Header, Body: string(text)}
			}
			for name, link := range apitest.Decode[handlers.Index](t, call("GET", publicURL, "")).Links {
				if got := call("GET", link, ""); got.Status != 200 {
					t.Errorf("the link %s to %s returns %d", name, link, got.Status)
				}
			}
			_, body := api.Example(t, api.Token("alice", "items:read items:write"), "POST /items")
			created := call("POST", publicURL+"/items", body)
			call("GET", origin+created.Header.Get("Location"), "").WantStatus(t, 200)

			rejected := call("GET", publicURL+"/me", "")
			call("GET", apitest.Decode[struct{ Type string }](t, rejected).Type, "").WantStatus(t, 200)
			named := regexp.MustCompile(`resource_metadata="(.*)"`).FindStringSubmatch(rejected.Header.Get("WWW-Authenticate"))
			if named == nil {
				t.Fatalf("the challenge is %q", rejected.Header)
			}
			metadata := apitest.Decode[handlers.Metadata](t, call("GET", named[1], ""))
			if metadata.Resource != publicURL { // RFC 9728, section 3.3
				t.Errorf("the resource is %s", metadata.Resource)
			}
			var document struct{ Servers []struct{ URL string } }
			if json.Unmarshal([]byte(call("GET", publicURL+"/openapi.json", "").Body), &document); document.Servers[0].URL != publicURL {
				t.Errorf("the servers are %v", document.Servers)
			}
			if page := call("GET", publicURL+"/docs", ""); page.Status != 200 || !strings.Contains(page.Body, `"swagger-ui"`) {
				t.Errorf("the documentation returns %d %s", page.Status, page.Body)
			}
			for _, script := range []string{"init.js", "swagger-ui-bundle.js", "oauth2-redirect.html", "inspect"} {
				call("GET", publicURL+"/docs/"+script, "").WantStatus(t, 200)
			}
		})
	}
}
